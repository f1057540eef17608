"""Mail by Microsoft Graph: a draft is kept, then sent, and what became of it is looked up."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from runner.errors import BadMailAccount
from tests.fix_database import Database
from tests.peers.graph_outbox import SENDER, GraphOutbox, graph_outbox

from .mail_parts import ROOT, claim, lose_runners, run, services, work
from .test_outbox import Outbox

LARGE = 7 * 1024 * 1024 + 17


class Office(Outbox):
    """An instance whose mail leaves by the Graph in tests/peers."""

    def __init__(self, database: Database, home: Path, graph: GraphOutbox) -> None:
        super().__init__(database, home)
        self.graph = graph
        self.secret = home / "secret"
        self.secret.write_text("secret\n")

    def account(self, **more: Any) -> None:
        definition = {
            "transport": "graph",
            "url": self.graph.url,
            "token_url": f"http://127.0.0.1:{self.graph.port}/token",
            "client_id": "pgears",
            "client_secret": f"file:{self.secret}",
            "from_address": SENDER,
            "is_default": True,
            "timeout_seconds": 5,
            **more,
        }
        self.conn.execute("select mail.set_account('office', %s)", (Jsonb(definition),))

    def work(self, turns: int = 1) -> None:
        """Let a runner work; what waits is due."""
        for _ in range(turns):
            self.conn.execute("update queue.task set due = now() where state = 'delayed'")
            run(self.database, self.home)

    def kill_at(self, point: str) -> None:
        """Another process sends, and is killed when Graph comes to a point of its work."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.runner.mail_parts", self.database.url, str(self.home)],
            cwd=ROOT,
        )

        def at(reached: str) -> None:
            if reached == point:
                process.kill()
                process.wait()

        self.graph.at = at
        assert process.wait(60) == -signal.SIGKILL
        self.graph.at = lambda reached: None
        lose_runners(self.conn)

    def file(self, name: str, content: bytes) -> int:
        """A stored file."""
        row = self.conn.execute(
            "select core.store_file(%s, 'application/x-test', %b)", (name, content)
        ).fetchone()
        assert row is not None
        return int(row[0])

    def one(self, query: str) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode()).fetchone()
        return None if row is None else row[0]


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    """An instance that may send by Graph."""
    with graph_outbox() as graph:
        found = Office(database, tmp_path, graph)
        found.account()
        found.conn.execute("select mail.set_guard('deliver')")
        yield found
        found.conn.close()


def test_mail_leaves_as_it_was_stored(office: Office) -> None:
    """The id of the draft is committed before it is sent, and stays."""
    (id,) = office.send(
        '"Doe, Ann" <ann@a.example>',
        cc="Jörg <joerg@c.example>",
        subject="Žluťoučký kůň",
        html="<p>První</p>",
        priority="high",
        files=[office.file("účet.csv", b"a;b\r\n.\r\n")],
    )
    known: list[tuple[Any, ...] | None] = []

    def at(point: str) -> None:
        if point == "sending asked":
            with office.database.connect() as other:
                query = "select state, draft, draft_asked is not null from mail.message"
                known.append(other.execute(query).fetchone())

    office.graph.at = at
    office.work()
    assert office.state(id) == ("sent", None)
    (item,) = office.graph.sent
    assert known == [("sending", item.id, True)]
    assert item.recipients == {"to": ["ann@a.example"], "cc": ["joerg@c.example"], "bcc": []}
    message = item.message
    assert str(message["to"]) == '"Doe, Ann" <ann@a.example>'
    assert (str(message["subject"]), message["importance"]) == ("Žluťoučký kůň", "high")
    assert message["message-id"] == office.one("select message_id from mail.message")
    assert item.attachments == {"účet.csv": b"a;b\r\n.\r\n"}
    assert office.recipients(id)["ann@a.example"] == ("sent", 202, "Accepted")
    assert office.one("select draft from mail.message") == item.id
    assert [call[0] for call in office.graph.asked] == ["POST", "POST"]


@pytest.mark.parametrize("reads_bcc", [True, False])
def test_blind_copies_and_audit_are_in_no_header(office: Office, reads_bcc: bool) -> None:
    """Whether the server takes them from the message, or has to be told."""
    office.graph.reads_bcc = reads_bcc
    office.conn.execute("select mail.set_audit('audit@audit.example')")
    (id,) = office.send(bcc="hidden@d.example")
    office.work()
    (item,) = office.graph.sent
    assert item.recipients["to"] == ["ann@a.example"]
    assert sorted(item.recipients["bcc"]) == ["audit@audit.example", "hidden@d.example"]
    assert office.state(id) == ("sent", None)
    assert office.recipients(id)["audit@audit.example"][0] == "sent"
    patched = [method for method, _, _ in office.graph.asked].count("PATCH")
    assert patched == (0 if reads_bcc else 1)


SMALL_POINTS = ["draft asked", "draft made", "sending asked", "sent"]
LARGE_POINTS = ["attachment made", "upload asked", "uploaded", "sending asked", "sent"]


@pytest.mark.parametrize(
    ("point", "large"),
    [
        *((point, False) for point in SMALL_POINTS),
        *((point, True) for point in LARGE_POINTS),
    ],
)
def test_kill_at_each_step_sends_one_mail(office: Office, point: str, large: bool) -> None:
    """kill -9 when the server has just come so far: it sends one mail, and no draft is left."""
    files = [office.file("l.bin", b"\n." * (LARGE // 2)), office.file("s.bin", b"s" * 99)]
    (id,) = office.send(files=files if large else None)
    office.kill_at(point)
    assert office.state(id)[0] == "sending"
    office.work()
    assert office.state(id) == ("sent", None)
    assert len(office.graph.sent) == 1
    assert office.graph.drafts() == []
    if large:
        sizes = {name: len(content) for name, content in office.graph.sent[0].attachments.items()}
        assert sizes == {"l.bin": LARGE // 2 * 2, "s.bin": 99}
    office.work()
    assert len(office.graph.sent) == 1


@pytest.mark.parametrize("point", ["sending asked", "sent"])
def test_unclear_answer_is_unknown_until_it_was_looked_up(office: Office, point: str) -> None:
    """The connection ends before, or after, the server has sent it: one mail in both cases."""
    (id,) = office.send()
    office.graph.lose[point] = 1
    office.work()
    state, error = office.state(id)
    assert state == "unknown"
    assert "gave no answer" in error
    office.work()
    assert office.state(id) == ("sent", None)
    assert len(office.graph.sent) == 1
    assert office.graph.drafts() == []
    assert office.one("select count(*) from queue.task") == 0


def test_looking_that_fails_leaves_it_unknown(office: Office) -> None:
    """A busy server says nothing about the mail that it may have sent."""
    (id,) = office.send()
    office.graph.lose["sent"] = 1
    office.work()
    office.graph.refuse["looked"] = [
        (429, "TooManyRequests", {"Retry_After": "7"}), (403, "ErrorAccessDenied", {}),
    ]  # fmt: skip
    office.work()
    assert office.state(id)[0] == "unknown"
    assert office.one("select due - now() > '6 seconds' from queue.task") is True
    office.work()
    assert office.state(id) == (
        "unknown",
        "ann@a.example: 403 ErrorAccessDenied: because of ErrorAccessDenied",
    )
    office.work()
    assert (office.state(id)[0], len(office.graph.sent)) == ("sent", 1)


@pytest.mark.parametrize("policy", ["ask", "resend"])
def test_item_that_stays_away_is_for_the_policy(office: Office, policy: str) -> None:
    """Under way for some time it is not found; after an hour nobody can know any more."""
    office.account(on_unknown=policy)
    (id,) = office.send()
    office.graph.in_transit = True
    office.graph.lose["sent"] = 1
    office.work(3)
    assert office.state(id) == (
        "unknown", "ann@a.example: taken for sending, not among the sent yet",
    )  # fmt: skip
    office.conn.execute("select core.set_clock(now() + interval '2 hours')")
    office.graph.in_transit = False
    office.work()
    if policy == "ask":
        words = "ann@a.example: neither a draft nor among the sent mails"
        assert office.state(id) == ("unknown", words)
        assert office.one("select count(*) from queue.task") == 0
        office.conn.execute("select mail.resolve(%s, 'resend')", (id,))
    office.work()
    assert office.state(id) == ("sent", None)
    assert len({item.id for item in office.graph.sent}) == 2


def test_item_that_comes_late_was_sent(office: Office) -> None:
    (id,) = office.send()
    office.graph.in_transit = True
    office.graph.lose["sent"] = 1
    office.work(2)
    office.graph.sent[0].shown = True
    office.work()
    assert office.state(id) == ("sent", None)
    assert office.recipients(id)["ann@a.example"] == ("sent", None, "found as sent by its id")


def test_last_attempt_leaves_it_to_a_person_who_can_let_it_be_looked_up(office: Office) -> None:
    """The queue gives up; sending again still looks first."""
    office.conn.execute("select queue.register_kind('mail.send', p_max_attempts => 1)")
    (id,) = office.send()
    office.graph.lose["sent"] = 1
    office.work()
    assert office.state(id)[0] == "unknown"
    assert office.one("select count(*) from queue.task") == 0
    office.conn.execute("select mail.resolve(%s, 'resend')", (id,))
    office.work()
    assert (office.state(id)[0], len(office.graph.sent)) == ("sent", 1)


def test_days_until_a_secret_ends(office: Office) -> None:
    day = office.one("select (core.now()::date + 12)::text")
    office.account(secret_expires=day)
    assert (
        office.one("select secret_days_left from mail.account_status where code = 'office'") == 12
    )


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("point", ["draft asked", "sending asked"])
def test_busy_server_is_left_alone_as_long_as_it_says(
    office: Office, point: str, status: int
) -> None:
    (id,) = office.send()
    office.graph.refuse[point] = [(status, "TooManyRequests", {"Retry_After": "700"})]
    office.work()
    state, error = office.state(id)
    assert (state, error) == (
        "retrying", f"ann@a.example: {status} TooManyRequests: because of TooManyRequests",
    )  # fmt: skip
    assert office.one("select due - now() between '690 s' and '701 s' from queue.task") is True
    office.work()
    assert office.state(id) == ("sent", None)
    assert (len(office.graph.sent), office.graph.drafts()) == (1, [])


@pytest.mark.parametrize("point", ["draft asked", "sending asked"])
def test_refusal_is_final_and_keeps_the_words(office: Office, point: str) -> None:
    (id,) = office.send()
    office.graph.refuse[point] = [(400, "ErrorInvalidRecipients", {})]
    office.work()
    assert office.recipients(id) == {
        "ann@a.example": (
            "refused",
            400,
            "ErrorInvalidRecipients: because of ErrorInvalidRecipients",
        )
    }
    assert office.state(id)[0] == "refused"
    assert office.graph.drafts() == []
    office.conn.execute("select mail.resend(%s)", (id,))
    office.work()
    assert (office.state(id), len(office.graph.sent)) == (("sent", None), 1)


def test_large_attachments_go_in_pieces(office: Office) -> None:
    """No request is larger than Graph takes, and what arrives is what was stored."""
    content = bytes(range(256)) * (LARGE // 256)
    (id,) = office.send(
        files=[office.file("large.bin", content), office.file("mean.bin", content[: 2 << 20])]
    )
    office.work()
    assert office.state(id) == ("sent", None)
    (item,) = office.graph.sent
    assert item.attachments == {"large.bin": content, "mean.bin": content[: 2 << 20]}
    assert office.graph.largest < 4 * 1024 * 1024
    assert len(office.graph.sessions) == 1


def test_broken_upload_is_begun_again(office: Office) -> None:
    (id,) = office.send(files=[office.file("large.bin", b"x" * LARGE)])
    office.graph.refuse["upload asked"] = [(500, "InternalServerError", {})]
    office.work()
    assert office.state(id)[0] == "retrying"
    office.work()
    assert (office.state(id)[0], len(office.graph.sent)) == ("sent", 1)
    assert office.graph.drafts() == []


def test_token_is_renewed_once_and_a_refused_one_waits(office: Office) -> None:
    office.send()
    office.work()
    office.graph.epoch += 1  # the token that is in memory was revoked
    (second,) = office.send()
    office.work()
    assert (office.state(second)[0], office.graph.tokens) == ("sent", 2)
    office.graph.epoch += 1
    office.secret.write_text("hunter-22")
    (third,) = office.send()
    office.work()
    state, error = office.state(third)
    assert state == "retrying"
    assert "bad secret" in error
    assert "hunter" not in error
    office.secret.write_text("secret")
    office.work()
    assert office.state(third)[0] == "sent"


def test_copy_of_production_mails_nobody(office: Office) -> None:
    """Held or redirected; a mail that may have left is not even looked up from there."""
    office.conn.execute("select mail.set_audit('audit@audit.example')")
    (lost,) = office.send()
    office.graph.lose["sent"] = 1
    office.work()
    (queued,) = office.send("bob@b.example")
    office.conn.execute("select core.set_environment('acceptance')")
    before = len(office.graph.asked)
    office.work()
    assert (office.state(lost)[0], office.state(queued)[0]) == ("unknown", "held")
    assert len(office.graph.asked) == before
    office.conn.execute("select mail.set_guard('redirect', 'tests@here.example')")
    office.conn.execute("select mail.release()")
    office.work()
    assert office.state(queued)[0] == "sent"
    item = office.graph.sent[-1]
    assert item.recipients == {"to": ["tests@here.example"], "cc": [], "bcc": []}
    assert "bob@" not in item.message.as_string()


def test_resend_to_one_recipient_is_another_draft(office: Office) -> None:
    (id,) = office.send("ann@a.example; bob@b.example")
    office.work()
    office.conn.execute(
        "update mail.recipient set state = 'bounced' where address = 'bob@b.example'"
    )
    office.conn.execute("update mail.message set state = 'bounced'")
    office.conn.execute("select mail.resend(%s)", (id,))
    office.work()
    assert [item.recipients["to"] for item in office.graph.sent] == [
        ["ann@a.example", "bob@b.example"], ["bob@b.example"],
    ]  # fmt: skip
    assert office.state(id) == ("sent", None)


@pytest.mark.parametrize("deed", ["resolve", "cancel", "resend"])
def test_person_may_decide_before_the_look(office: Office, deed: str) -> None:
    (id,) = office.send()
    office.graph.lose["sent"] = 1
    office.work()
    query = {
        "resolve": "select mail.resolve(%s, 'sent')",
        "cancel": "select mail.cancel(%s)",
        "resend": "select mail.resend(%s)",
    }[deed]
    office.conn.execute(query.encode(), (id,))
    office.work(2)
    state = {"resolve": "sent", "cancel": "cancelled", "resend": "sent"}[deed]
    assert (office.state(id)[0], len(office.graph.sent)) == (state, 1)
    assert office.one("select count(*) from queue.task") == 0


def test_attempt_that_lost_its_lease_sends_nothing(office: Office) -> None:
    """Between its draft and the record of it another runner has taken the mail over."""
    (id,) = office.send()
    lost: list[str] = []

    def at(point: str) -> None:
        if point == "draft made" and not lost:
            lost.append(point)
            with office.database.connect() as other:
                lose_runners(other)

    office.graph.at = at
    office.work()
    assert (lost, office.graph.sent) == (["draft made"], [])
    office.work()
    assert (office.state(id)[0], len(office.graph.sent), office.graph.drafts()) == ("sent", 1, [])


def test_attempt_that_is_slow_and_lost_sends_no_second_mail(office: Office) -> None:
    """Both ask to send the same draft: the server does it once."""
    (id,) = office.send()
    done: list[str] = []

    def at(point: str) -> None:
        if point == "sending asked" and not done:
            done.append(point)
            with office.database.connect() as other:
                lose_runners(other)
            office.work()

    office.graph.at = at
    office.work()
    assert (office.state(id)[0], len(office.graph.sent)) == ("sent", 1)


def test_runner_that_stops_while_it_sends(office: Office) -> None:
    (id,) = office.send()

    async def main() -> None:
        async with services(office.database, office.home) as given:
            loop, reached = asyncio.get_running_loop(), asyncio.Event()
            office.graph.at = _hold("sent", lambda: loop.call_soon_threadsafe(reached.set))
            working = asyncio.create_task(work(given))
            await reached.wait()
            working.cancel()
            assert await working == 1

    asyncio.run(main())
    assert office.state(id)[0] == "unknown"
    office.graph.at = lambda point: None
    office.work()
    assert (office.state(id)[0], len(office.graph.sent)) == ("sent", 1)


def _hold(point: str, say: Callable[[], Any]) -> Callable[[str], None]:
    def at(reached: str) -> None:
        if reached == point:
            say()
            time.sleep(1)

    return at


def test_limits_of_the_account_hold(office: Office) -> None:
    office.account(per_minute=1)
    office.send()
    office.send()
    run(office.database, office.home)
    assert len(office.graph.sent) == 1

    async def main() -> int:
        async with services(office.database, office.home) as given:
            return len(await claim(given))

    assert asyncio.run(main()) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": "mx"}, "no \"host\""),
        ({"login": "a", "secret": "env:X"}, "takes tokens"),
        ({"token_url": None}, "needs \"token_url\""),
        ({"client_id": None}, "client_id"),
        ({"client_secret": None}, "client_secret"),
        ({"client_secret": "hunter"}, "holds a secret"),
        ({"refresh_token": "env:X"}, "needs a file"),
        ({"transport": "smtp", "host": "mx"}, "no \"url\""),
        ({"transport": "smtp", "host": "mx", "url": None}, "not xoauth2"),
        ({"transport": "smtp", "host": "mx", "url": None, "auth": "xoauth2"}, "login"),
        ({"is_sink": True}, "local sink"),
    ],
)  # fmt: skip
def test_keys_that_do_not_go_together(office: Office, change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadMailAccount, match=words):
        office.account(**change)
