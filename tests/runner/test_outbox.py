"""Mail leaves by a real SMTP conversation, and what the server said is recorded."""

from __future__ import annotations

import asyncio
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Literal, cast

import psycopg
import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from runner.errors import NoSuchMail, WrongMailState
from runner.mail.batch import Batch
from runner.mail.connections import Connections, Server
from runner.mail.message import content_of
from runner.mail.sink import serve
from runner.mail.smtp import Result, hand_over
from tests.fix_database import Database

from .mail_parts import ACCOUNT, ROOT, Script, lose_runners, services, smtp_server, work


class Outbox:
    """An instance with one account at the scripted server."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.conn = database.connect()

    def account(self, **more: Any) -> None:
        """Make the account."""
        self.conn.execute("select mail.set_account('office', %s)", (Jsonb({**ACCOUNT, **more}),))

    def send(self, to: str | None = "ann@a.example", **more: Any) -> list[int]:
        """Store a mail."""
        values = {"to": to, "subject": "Hello", "body": "Text", **more}
        names = ", ".join(f"p_{name} => %s" for name in values)
        row = self.conn.execute(f"select mail.send({names})".encode(), tuple(values.values()))
        found = row.fetchone()
        assert found is not None
        return list(found[0])

    def state(self, id: int) -> tuple[Any, ...]:
        """State and error of a mail."""
        row = self.conn.execute(
            "select state, error from mail.message_status where id = %s", (id,)
        ).fetchone()
        assert row is not None
        return row

    def recipients(self, id: int) -> dict[str, tuple[Any, ...]]:
        """State, code and answer by address."""
        found = self.conn.execute(
            "select address, state, code, answer from mail.recipient_status where message_id = %s",
            (id,),
        )
        return {row[0]: row[1:] for row in found.fetchall()}

    def serve(self, script: Script, *, turns: int = 1, later: bool = False, **account: Any) -> None:
        """Let a runner work against the scripted server; `later` makes delayed tasks due."""

        async def main() -> None:
            options = account.pop("options", {})
            async with (
                smtp_server(script, **options) as port,
                services(self.database, self.home) as given,
            ):
                self.account(port=port, **account)
                for _ in range(turns):
                    if later:
                        self.conn.execute(
                            "update queue.task set due = now() where state = 'delayed'"
                        )
                    await work(given)

        asyncio.run(main())

    def run(self, **account: Any) -> None:
        """Let a runner work against a server that is there."""

        async def main() -> None:
            async with services(self.database, self.home) as given:
                self.account(**account)
                await work(given)

        asyncio.run(main())

    def delivered(self, folder: Path, number: int) -> list[EmailMessage]:
        """So many messages in a Maildir, waited for."""
        for _ in range(200):
            files = list((folder / "new").glob("*"))
            if len(files) >= number:
                break
            time.sleep(0.05)
        assert len(files) == number
        return [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]


@pytest.fixture
def outbox(database: Database, tmp_path: Path) -> Iterator[Outbox]:
    """An instance that may send."""
    found = Outbox(database, tmp_path)
    found.account()
    found.conn.execute("select mail.set_guard('deliver')")
    yield found
    found.conn.close()


def test_message_arrives_as_it_was_stored(outbox: Outbox) -> None:
    file = outbox.conn.execute(
        "select core.store_file('Účet č. 1.csv', 'text/csv', %s)", (b"a;b\r\n1;2\r\n",)
    ).fetchone()
    assert file is not None
    (id,) = outbox.send(
        '"Doe, Ann" <ann@a.example>; bob@b.example',
        cc="Jörg <joerg@c.example>",
        bcc="hidden@d.example",
        reply_to="Help <help@helpdesk.example>",
        subject="Žluťoučký kůň",
        body="První řádek\nsecond line",
        html="<p>První</p>",
        files=[file[0]],
        priority="high",
    )
    script = Script()
    outbox.serve(script)
    assert outbox.state(id) == ("sent", None)
    ((envelope, message),) = script.got
    assert envelope == ["ann@a.example", "bob@b.example", "hidden@d.example", "joerg@c.example"]
    assert [str(message[name]) for name in ("from", "to", "cc", "reply-to", "subject")] == [
        '"Support, first line" <support@helpdesk.example>',
        '"Doe, Ann" <ann@a.example>, bob@b.example',
        "Jörg <joerg@c.example>",
        "Help <help@helpdesk.example>",
        "Žluťoučký kůň",
    ]
    assert "hidden" not in message.as_string()
    assert message["auto-submitted"] == "auto-generated"
    assert message["importance"] == "high"
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == ["První řádek", "second line"]
    assert html.get_content().strip() == "<p>První</p>"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "Účet č. 1.csv"
    assert attached.get_payload(decode=True) == b"a;b\r\n1;2\r\n"
    stored = outbox.conn.execute("select message_id from mail.message_status").fetchone()
    assert stored == (message["message-id"],)


def test_each_recipient_has_an_outcome_and_a_retry_goes_to_the_one_alone(outbox: Outbox) -> None:
    (id,) = outbox.send("ann@a.example; bad@b.example; busy@c.example")
    script = Script(
        {
            "bad@b.example": ["550 5.1.1 no such user"],
            "busy@c.example": ["451 4.3.0 try later", "250 ok"],
        }
    )
    outbox.serve(script)
    assert outbox.state(id)[0] == "retrying"
    assert outbox.recipients(id) == {
        "ann@a.example": ("sent", 250, "2.0.0 ok"),
        "bad@b.example": ("refused", 550, "5.1.1 no such user"),
        "busy@c.example": ("retrying", 451, "4.3.0 try later"),
    }
    outbox.serve(script, later=True)
    assert [envelope for envelope, _ in script.got] == [["ann@a.example"], ["busy@c.example"]]
    assert script.got[0][1]["message-id"] == script.got[1][1]["message-id"]
    assert outbox.state(id) == ("refused", "bad@b.example: 550 5.1.1 no such user")
    assert outbox.recipients(id)["busy@c.example"] == ("sent", 250, "2.0.0 ok")

    script.answers = {}
    outbox.conn.execute("select mail.resend(%s)", (id,))
    outbox.serve(script)
    assert script.got[2][0] == ["bad@b.example"]
    assert outbox.state(id) == ("sent", None)


def test_refusal_of_the_content_is_final_and_a_deferral_is_not(outbox: Outbox) -> None:
    (refused,) = outbox.send()
    outbox.serve(Script(data=["554 5.7.1 looks like spam"]))
    assert outbox.state(refused) == ("refused", "ann@a.example: 554 5.7.1 looks like spam")
    (deferred,) = outbox.send()
    script = Script(data=["452 4.3.1 disk full"])
    outbox.serve(script)
    assert outbox.state(deferred)[0] == "retrying"
    outbox.serve(script, later=True)
    assert outbox.state(deferred) == ("sent", None)


def test_mail_is_stored_before_and_stays_while_no_server_answers(outbox: Outbox) -> None:
    outbox.account(port=1)
    (id,) = outbox.send()

    async def main() -> None:
        async with services(outbox.database, outbox.home) as given:
            await work(given)

    asyncio.run(main())
    state, error = outbox.state(id)
    assert state == "retrying"
    assert "SMTPConnectError" in error
    script = Script()
    outbox.serve(script, later=True)
    assert outbox.state(id) == ("sent", None)


def test_connection_lost_before_the_content_is_tried_again(outbox: Outbox) -> None:
    (id,) = outbox.send()
    script = Script({"ann@a.example": ["drop", "250 ok"]})
    outbox.serve(script)
    assert outbox.state(id)[0] == "retrying"
    outbox.serve(script, later=True)
    assert (outbox.state(id)[0], len(script.got)) == ("sent", 1)


@pytest.mark.parametrize("answer", ["drop-kept", "slow"])
def test_no_answer_after_the_content_is_unknown(outbox: Outbox, answer: str) -> None:
    (id,) = outbox.send()
    script = Script(data=[answer])
    outbox.serve(script, turns=2, later=True, timeout_seconds=1)
    state, error = outbox.state(id)
    assert state == "unknown"
    assert "no answer after the content" in error
    outbox.conn.execute("select mail.resolve(%s, 'sent')", (id,))
    assert outbox.state(id) == ("sent", None)


@pytest.mark.parametrize(
    ("script", "state"),
    [(Script({"ann@a.example": ["slow"]}), "retrying"), (Script(data=["slow"]), "unknown")],
    ids=["before the content", "after the content"],
)
def test_attempt_ended_by_a_stopping_runner(outbox: Outbox, script: Script, state: str) -> None:
    (id,) = outbox.send()

    async def main() -> None:
        async with smtp_server(script) as port, services(outbox.database, outbox.home) as given:
            outbox.account(port=port, timeout_seconds=60)
            working = asyncio.create_task(work(given))
            await script.reached.wait()
            working.cancel()
            assert await working == 1

    asyncio.run(main())
    assert outbox.state(id)[0] == state
    assert "the runner ended the attempt" in outbox.state(id)[1]


def test_kill_between_acceptance_and_record_asks(outbox: Outbox) -> None:
    (id,), script = outbox.send(), Script()
    kill_sender(outbox, script)
    outbox.serve(script)
    assert outbox.state(id)[0] == "unknown"
    assert len(script.got) == 1
    outbox.conn.execute("select mail.resolve(%s, 'resend')", (id,))
    outbox.serve(script)
    assert outbox.state(id)[0] == "sent"
    assert len({message["message-id"] for _, message in script.got}) == 1


def test_kill_between_acceptance_and_record_resends_where_the_account_says(outbox: Outbox) -> None:
    (id,), script = outbox.send(), Script()
    kill_sender(outbox, script, on_unknown="resend")
    outbox.serve(script, on_unknown="resend")
    assert outbox.state(id) == ("sent", None)
    assert len(script.got) == 2
    assert script.got[0][1]["message-id"] == script.got[1][1]["message-id"]


def kill_sender(outbox: Outbox, script: Script, **account: Any) -> None:
    """Another process sends, and is killed when the server has the mail."""

    async def main() -> None:
        async with smtp_server(script) as port:
            outbox.account(port=port, **account)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.runner.mail_parts",
                outbox.database.url, str(outbox.home),
                cwd=ROOT,
            )  # fmt: skip
            script.on_data = process.kill
            assert await process.wait() == -signal.SIGKILL

    asyncio.run(main())
    script.on_data = lambda: None
    assert len(script.got) == 1
    assert outbox.conn.execute("select state from mail.message_status").fetchone() == ("sending",)
    lose_runners(outbox.conn)


def test_outcome_of_an_attempt_that_lost_its_lease_is_not_recorded(outbox: Outbox) -> None:
    (id,), script = outbox.send(), Script()
    script.on_data = lambda: lose_runners(outbox.conn)
    outbox.serve(script)
    assert outbox.state(id)[0] == "sending"
    outbox.serve(script)
    assert (outbox.state(id)[0], len(script.got)) == ("unknown", 1)


def test_blind_copies_and_audit_are_in_no_header(outbox: Outbox) -> None:
    outbox.conn.execute("select mail.set_audit('audit@audit.example')")
    (id,) = outbox.send(bcc="hidden@d.example")
    (blind,) = outbox.send(None, bcc="hidden@d.example")
    script = Script()
    outbox.serve(script)
    assert [envelope for envelope, _ in script.got] == [
        ["ann@a.example", "audit@audit.example", "hidden@d.example"],
        ["audit@audit.example", "hidden@d.example"],
    ]
    for envelope in script.envelopes:
        content = envelope.original_content
        assert isinstance(content, bytes)
        assert b"audit" not in content
        assert b"hidden" not in content
        assert b"\nTo: " in content
    assert outbox.recipients(id)["audit@audit.example"][0] == "sent"
    assert outbox.state(blind)[0] == "sent"


def test_one_message_for_all_or_one_each(outbox: Outbox) -> None:
    outbox.send("ann@a.example; bob@b.example", cc="cid@c.example")
    assert len(outbox.send("ann@a.example; bob@b.example", cc="cid@c.example", as_one=False)) == 3
    script = Script()
    outbox.serve(script)
    assert [len(envelope) for envelope, _ in script.got] == [3, 1, 1, 1]
    assert [str(message["to"]) for _, message in script.got[1:]] == [
        "ann@a.example", "bob@b.example", "cid@c.example",
    ]  # fmt: skip
    assert [message["cc"] for _, message in script.got[1:]] == [None, None, None]


def test_copy_of_production_mails_nobody(outbox: Outbox) -> None:
    outbox.conn.execute("select core.set_environment('production')")
    outbox.conn.execute("select mail.set_guard('deliver')")
    outbox.conn.execute("select mail.set_audit('audit@audit.example')")
    (id,) = outbox.send(bcc="hidden@d.example")
    outbox.conn.execute("select core.set_environment('test')")
    script = Script()
    outbox.serve(script)
    assert outbox.state(id) == ("held", "held by the guard of the test environment")
    assert script.got == []

    outbox.conn.execute("select mail.set_guard('redirect', 'tests@here.example')")
    outbox.conn.execute("select mail.resend(%s)", (id,))
    outbox.serve(script)
    assert outbox.state(id)[0] == "sent"
    assert [envelope for envelope, _ in script.got] == [["tests@here.example"]]
    assert set(outbox.recipients(id)) == {
        "ann@a.example", "audit@audit.example", "hidden@d.example",
    }  # fmt: skip


def test_sink_is_not_guarded_and_keeps_the_envelope(outbox: Outbox) -> None:
    outbox.conn.execute("delete from core.setting where code like 'mail.guard%'")
    (id,) = outbox.send(account="sink", bcc="hidden@d.example")

    async def main() -> None:
        async with (
            serve(outbox.home / "sink", "127.0.0.1:0") as port,
            services(outbox.database, outbox.home, port) as given,
        ):
            await work(given)

    asyncio.run(main())
    assert outbox.state(id)[0] == "sent"
    (file,) = (outbox.home / "sink" / "new").iterdir()
    lines = file.read_text().splitlines()
    assert lines[:3] == [
        "X-Envelope-From: pgears@localhost",
        "X-Envelope-To: ann@a.example",
        "X-Envelope-To: hidden@d.example",
    ]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_account_logs_in_with_a_secret_kept_elsewhere(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"s3cret", handled=False)

    options = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    account: dict[str, Any] = {"login": "office", "secret": "env:PGEARS_TEST_MAIL_PASSWORD"}
    (id,), script = outbox.send(), Script()
    outbox.serve(script, options=options, **account)
    assert outbox.state(id)[1].endswith("PGEARS_TEST_MAIL_PASSWORD is not set")
    monkeypatch.setenv("PGEARS_TEST_MAIL_PASSWORD", "wrong")
    outbox.serve(script, later=True, options=options, **account)
    assert outbox.state(id)[0] == "retrying"
    assert "535" in outbox.state(id)[1]
    monkeypatch.setenv("PGEARS_TEST_MAIL_PASSWORD", "s3cret")
    outbox.serve(script, later=True, options=options, **account)
    assert outbox.state(id) == ("sent", None)


def test_international_addresses(outbox: Outbox) -> None:
    (domain,) = outbox.send("jana@žluťoučký.example")
    (local,) = outbox.send("jožko@b.example; ann@a.example")
    script = Script()
    outbox.serve(script, options={"enable_SMTPUTF8": True})
    assert [outbox.state(id) for id in (domain, local)] == [("sent", None)] * 2
    assert script.got[0][0] == ["jana@" + "žluťoučký".encode("idna").decode() + ".example"]
    assert script.got[1][0] == ["ann@a.example", "jožko@b.example"]

    (id,) = outbox.send("jožko@b.example")
    outbox.serve(Script(), options={"enable_SMTPUTF8": False})
    assert outbox.state(id)[0] == "refused"
    assert "SMTPUTF8" in outbox.state(id)[1]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a\nBcc: evil@e.example.txt", "text/plain"), ("a.txt", "text/plain\nBcc: evil@e.example")],
)
def test_attachments_cannot_add_headers(outbox: Outbox, name: str, media_type: str) -> None:
    file = outbox.conn.execute("select core.store_file(%s, %s, 'x')", (name, media_type)).fetchone()
    assert file is not None
    (id,), script = outbox.send(files=[file[0]]), Script()
    outbox.serve(script)
    for _, message in script.got:
        assert message["bcc"] is None
        assert all(part["bcc"] is None for part in message.walk())
    assert outbox.state(id)[0] == ("refused" if not script.got else "sent")


def test_message_cannot_be_stuck(outbox: Outbox) -> None:
    """What the queue gives up or loses is settled by the sweep."""
    (dead,), (gone,), (lost,) = outbox.send(), outbox.send(), outbox.send()
    task = "select task_id from mail.message where id = %s"
    ids = [outbox.conn.execute(task, (id,)).fetchone() for id in (dead, gone, lost)]
    tasks = [row[0] for row in ids if row is not None]
    outbox.conn.execute(
        "insert into queue.dead (id, kind, payload, lane, attempts, error, created)"
        " values (%s, 'mail.send', '{}', 1, 3, 'the runner was lost', now())", (tasks[0],),
    )  # fmt: skip
    outbox.conn.execute("update mail.message set state = 'sending' where id = %s", (lost,))
    outbox.conn.execute("delete from queue.task")
    assert outbox.conn.execute("select mail.sweep()").fetchone() == (3,)
    assert outbox.state(dead) == ("refused", "the runner was lost")
    assert outbox.state(gone)[0] == "cancelled"
    assert outbox.state(lost)[0] == "unknown"


def test_last_attempt_gives_up(outbox: Outbox) -> None:
    outbox.conn.execute("select queue.register_kind('mail.send', p_max_attempts => 1)")
    (id,) = outbox.send()
    outbox.serve(Script({"ann@a.example": ["450 4.2.0 greylisted"]}))
    assert outbox.state(id) == ("refused", "ann@a.example: 450 gave up: 4.2.0 greylisted")


def test_waiting_mail_is_cancelled(outbox: Outbox) -> None:
    (id,), script = outbox.send(), Script()
    outbox.conn.execute("select mail.cancel(%s)", (id,))
    outbox.serve(script)
    assert (outbox.state(id)[0], script.got) == ("cancelled", [])
    with pytest.raises(WrongMailState):
        outbox.conn.execute("select mail.cancel(%s)", (id,))
    with pytest.raises(NoSuchMail):
        outbox.conn.execute("select mail.resend(0)")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody trusts, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", "key.pem", "-out", "cert.pem",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_connection_is_encrypted_and_certificates_are_checked(
    outbox: Outbox, certificate: tuple[Path, Path], tls: Literal["starttls", "tls"]
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    options: dict[str, Any] = (
        {"ssl": context} if tls == "tls" else {"tls_context": context, "require_starttls": True}
    )
    (id,), script = outbox.send(), Script()
    outbox.serve(script, options=options, tls=tls)
    assert outbox.state(id)[0] == "retrying"
    assert "certificate" in outbox.state(id)[1].lower()
    assert script.got == []

    async def main() -> list[Result]:
        async with smtp_server(script, **options) as port:
            trust = ssl.create_default_context(cafile=certificate[0])
            server = Server("127.0.0.1", port, tls, context=trust)
            message = EmailMessage()
            message["From"] = "a@b.example"
            connections = Connections()
            try:
                return await hand_over(
                    connections, server, "a@b.example", ["ann@a.example"], content_of(message)
                )
            finally:
                await connections.close()

    assert [result.outcome for result in asyncio.run(main())] == ["sent"]


def break_pool(outbox: Outbox) -> None:
    """The server ends all connections of the runner, as a restart does."""
    outbox.conn.execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """
    )


def test_outcome_outlasts_a_lost_connection(outbox: Outbox) -> None:
    """What the server said is recorded over the next connection: nobody has to ask what became."""
    (id,) = outbox.send()
    script = Script(on_data=lambda: break_pool(outbox))
    outbox.serve(script)
    assert outbox.state(id) == ("sent", None)
    assert len(script.got) == 1


@pytest.mark.parametrize(
    ("answer", "kept"), [(b"f\xfcr Sie", "f\ufffdr Sie"), (b"a\0b", "ab")], ids=["latin-1", "nul"]
)
def test_answers_that_are_no_text(outbox: Outbox, answer: bytes, kept: str) -> None:
    """A mail that was taken is sent, and so are those that are recorded together with it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx.test\r\n")
        content = False
        while line := await reader.readline():
            if content and line != b".\r\n":
                continue
            begins = line.upper().startswith(b"DATA")
            ends = content or not line.upper().startswith((b"DATA", b"QUIT"))
            writer.write(b"354 go\r\n" if begins else b"250 " + answer + b"\r\n" if ends else b"")
            content = begins
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        outbox.account(port=server.sockets[0].getsockname()[1])
        async with server, services(outbox.database, outbox.home) as given:
            await work(given)

    ids = outbox.send() + outbox.send("bob@b.example")
    asyncio.run(main())
    assert [outbox.state(id) for id in ids] == [("sent", None)] * 2
    assert outbox.recipients(ids[0]) == {"ann@a.example": ("sent", 250, kept)}


def test_one_that_cannot_be_recorded_takes_no_other_along(outbox: Outbox) -> None:
    """Attempts are recorded together; each alone where the database refuses."""

    async def main() -> list[str]:
        done: list[list[str]] = []

        async def record(pool: object, items: Sequence[str]) -> Sequence[str]:
            done.append(list(items))
            if "bad" in items:
                raise psycopg.DataError("no")
            return [item.upper() for item in items]

        batch = Batch(record)
        pool = cast(AsyncConnectionPool, None)
        ended = await asyncio.gather(
            *(batch.add(pool, item) for item in ("a", "bad", "b")), return_exceptions=True
        )
        assert done == [["a", "bad", "b"], ["a"], ["bad"], ["b"]]
        return [str(end) for end in ended]

    assert asyncio.run(main()) == ["A", "no", "B"]
