"""Mail leaves by a real SMTP conversation, and what the server said is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.fix_database import Database

from .mail_parts import ACCOUNT, Script, services, smtp_server, work

SECRET = "s3cret"


class Outbox:
    """An instance with one account at the scripted server."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.conn = database.connect()

    def account(self, **more: Any) -> None:
        """Make the account."""
        self.conn.execute("select mail.set_account('office', %s)", (Jsonb({**ACCOUNT, **more}),))

    def send(self, to: str = "ann@a.example", **more: Any) -> list[int]:
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
