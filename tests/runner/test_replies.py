"""An answer lands on the record that it belongs to; a delivery report marks its mail."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from runner.errors import BadReply, InTheWay
from runner.mail.maildir import deliver, make
from runner.mail.reading import read_mailbox
from runner.mail.reports import read_report
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions

from .mail_parts import ACCOUNT, Script, helpdesk, mailbox, services, smtp_server, work

REPLIES = {
    "reply_class": "note",
    "reply_column": "ticket",
    "reply_mapping": {"text": "text", "author": "from_address", "files": "attachments"},
    "reply_sets": {"subject": "reopened"},
}
BOUNCE = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@mx.example>
To: support@helpdesk.example
Auto-Submitted: auto-replied
Message-ID: <bounce-{number}@mx.example>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{fields}
--x
Content-Type: {kind}

From: support@helpdesk.example
Message-ID: {message_id}

text
--x--
"""


class Desk:
    """The helpdesk with notes, a mailbox, and an account at a scripted server."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.conn = database.connect()
        self.ticket = helpdesk(self.conn)
        self.note: ClassTable = Definitions(self.conn).create_class(
            "helpdesk.note",
            {
                "ticket": {"type": "reference", "class": "ticket", "mandatory": True},
                "text": {"type": "long_text"},
                "author": {"type": "text"},
                "files": {"type": "file", "multiple": True},
            },
        )
        self.inbox = make(home / "support")
        self.script = Script()

    def box(self, **more: Any) -> int:
        """The mailbox with what it says about answers."""
        return mailbox(self.conn, self.inbox, **{**REPLIES, **more})

    def come(self, id: int, *messages: EmailMessage | str) -> None:
        """Messages arrive and are read."""
        for message in messages:
            deliver(self.inbox, str(message).encode())

        async def main() -> None:
            async with services(self.database, self.home) as given:
                turn = await read_mailbox(given.pool, id, self.home)
                assert (turn.error, turn.quarantined) == (None, 0)

        asyncio.run(main())

    def leave(self, row: int, to: str = "ann@a.example") -> str:
        """A mail about a ticket leaves; gives its Message-ID."""

        async def main() -> None:
            async with (
                smtp_server(self.script) as port,
                services(self.database, self.home) as given,
            ):
                definition = Jsonb({**ACCOUNT, "port": port})
                self.conn.execute("select mail.set_account('office', %s)", (definition,))
                self.conn.execute("select mail.set_guard('deliver')")
                self.conn.execute(
                    "select mail.send(%s, p_subject => 'x', p_class => %s, p_row => %s)",
                    (to, self.ticket.id, row),
                )
                await work(given)

        asyncio.run(main())
        return str(self.script.got[-1][1]["message-id"])

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.conn.execute(query.encode(), arguments).fetchall()

    def notes(self) -> list[tuple[Any, ...]]:
        """Ticket, text, author and number of files of each note."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(
                psycopg.sql.SQL("select * from {} order by id").format(self.note.table)
            ).fetchall()
        codes = ("ticket", "text", "author")
        return [
            (
                *(row[self.note.physical(code)] for code in codes),
                len(row[self.note.physical("files")] or []),
            )
            for row in found
        ]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A helpdesk."""
    found = Desk(database, tmp_path)
    yield found
    found.conn.close()


def message(number: int, *, answers: str | None = None, before: str | None = None) -> EmailMessage:
    """A message of a customer."""
    found = EmailMessage()
    found["From"] = "Ann <ann@a.example>"
    found["To"] = "support@helpdesk.example"
    found["Subject"] = f"Message {number}"
    found["Message-ID"] = f"<m{number}@a.example>"
    if answers is not None:
        found["In-Reply-To"] = answers
    if before is not None:
        found["References"] = before
    found.set_content(f"text {number}\n")
    return found


def test_answers_land_on_their_ticket(desk: Desk) -> None:
    box = desk.box()
    desk.come(box, message(1))
    ((ticket,),) = desk.rows("select row_id from mail.received")
    acknowledgement = desk.leave(ticket)

    by_header = message(2, answers=acknowledgement)
    by_header.add_attachment(b"x", maintype="image", subtype="png", filename="x.png")
    desk.come(box, by_header)
    desk.come(box, message(3, before=f"<unknown@x.example> {acknowledgement} <other@x.example>"))
    desk.come(box, message(4, answers="<m3@a.example>"))  # to a note
    desk.come(box, message(5, before="<m1@a.example>"))  # to the first message
    desk.come(box, message(6, answers="<unknown@x.example>"))  # to nothing we know
    assert [note[0] for note in desk.notes()] == [ticket] * 4
    assert desk.notes()[0][1:] == ("text 2", "ann@a.example", 1)

    assert len(desk.rows("select from mail.received where class_id = %s", desk.ticket.id)) == 2
    assert desk.rows(
        "select mail_id is not null, about_row_id from mail.received"
        " where about_row_id is not null order by id"
    ) == [(True, ticket), (True, ticket), (False, ticket), (False, ticket)]
    row = desk.ticket.row(ticket)
    assert row[desk.ticket.physical("subject")] == "reopened"
    assert row["modified_source"] == "mailbox"
    listed = desk.rows(
        "select direction, subject from mail.of_record('helpdesk.ticket', %s)", ticket
    )
    assert listed == [
        ("in", "Message 1"), ("out", "x"),
        *(("in", f"Message {number}") for number in range(2, 6)),
    ]  # fmt: skip


def test_answer_to_a_deleted_ticket_or_of_a_mailbox_without_answers_is_a_ticket(desk: Desk) -> None:
    box = desk.box()
    desk.come(box, message(1))
    ((ticket,),) = desk.rows("select row_id from mail.received")
    desk.ticket.delete(ticket)
    desk.come(box, message(2, answers="<m1@a.example>"))
    assert desk.notes() == []
    plain = mailbox(desk.conn, desk.inbox)
    assert plain == box
    desk.come(box, message(3, answers="<m2@a.example>"))
    assert desk.notes() == []
    found = desk.rows("select count(*) from mail.received where class_id = %s", desk.ticket.id)
    assert found == [(3,)]


def test_automatic_answer_makes_no_note(desk: Desk) -> None:
    box = desk.box()
    desk.come(box, message(1))
    ((ticket,),) = desk.rows("select row_id from mail.received")
    away = message(2, answers=desk.leave(ticket))
    away["Auto-Submitted"] = "auto-replied"
    desk.come(box, away)
    assert desk.notes() == []
    found = desk.rows(
        "select state, reason, mail_id is not null from mail.received where row_id is null"
    )
    assert found == [("skipped", "auto-reply", True)]


def bounce(message_id: str, fields: str, kind: str = "message/rfc822", number: int = 1) -> str:
    """A delivery report."""
    return BOUNCE.format(message_id=message_id, fields=fields, kind=kind, number=number)


FAILED = (
    "Final-Recipient: rfc822; Ann@a.example\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 User unknown"
)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_report_marks_its_mail_and_recipient(desk: Desk, kind: str) -> None:
    box = desk.box()
    ticket = desk.ticket.insert(subject="x")
    first = desk.leave(ticket, "ann@a.example; bob@b.example")
    second = desk.leave(ticket, "bob@b.example")
    desk.come(box, bounce(first, FAILED, kind))
    assert desk.rows("select state from mail.message order by id") == [("bounced",), ("sent",)]
    states = desk.rows(
        "select address, state from mail.recipient_status order by message_id, position"
    )
    assert states == [
        ("ann@a.example", "bounced"), ("bob@b.example", "sent"), ("bob@b.example", "sent"),
    ]  # fmt: skip
    ((error,),) = desk.rows("select error from mail.message where message_id = %s", first)
    assert error == "ann@a.example: 250 delivery report: 5.1.1 550 5.1.1 User unknown"
    assert desk.rows("select state, reason, row_id from mail.received") == [
        ("skipped", "delivery report", None)
    ]
    assert desk.rows("select state from mail.message where message_id = %s", second) == [("sent",)]

    desk.conn.execute("select mail.resend(id) from mail.message where state = 'bounced'")
    states = desk.rows("select address, state from mail.recipient order by message_id, position")
    assert states[:2] == [("ann@a.example", "queued"), ("bob@b.example", "sent")]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        (FAILED.replace("Action: failed", "Action: delayed"), "sent"),
        (FAILED.replace("Action: failed", "Action: delivered"), "sent"),
        (FAILED.replace("Ann@a.example", "forwarded@elsewhere.example"), "bounced"),
        (FAILED.replace("Ann@", "x@") + "\nOriginal-Recipient: rfc822;ann@a.example", "bounced"),
    ],
    ids=["delayed", "delivered", "forwarded", "original recipient"],
)
def test_what_a_report_says_counts(desk: Desk, fields: str, state: str) -> None:
    box = desk.box()
    message_id = desk.leave(desk.ticket.insert(subject="x"))
    desk.come(box, bounce(message_id, fields))
    assert desk.rows("select state from mail.message") == [(state,)]
    ((answer,),) = desk.rows("select answer from mail.recipient")
    assert answer.startswith("delivery report: ")


def test_report_about_a_mail_of_others_marks_nothing(desk: Desk) -> None:
    box = desk.box()
    desk.leave(desk.ticket.insert(subject="x"))
    desk.come(box, bounce("<not-ours@a.example>", FAILED))
    assert desk.rows("select state from mail.message") == [("sent",)]


def test_report_settles_an_unknown_mail(desk: Desk) -> None:
    box = desk.box()
    desk.script.data = ["drop-kept"]
    message_id = desk.leave(desk.ticket.insert(subject="x"))
    assert desk.rows("select state from mail.message") == [("unknown",)]
    desk.come(box, bounce(message_id, FAILED))
    assert desk.rows("select state from mail.message") == [("bounced",)]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: x\n\ny",
        b"Content-Type: multipart/report; boundary=x\n\n--x\n\n--x--\n",
        bounce("", FAILED).encode(),
        bounce("<a@b.example>", "Action: failed").encode(),
        bounce("<a@b.example>", FAILED).encode()[:-200],
        b"Content-Type: multipart/report\n\nno boundary",
    ],
)
def test_what_is_no_report(raw: bytes) -> None:
    assert read_report(raw) is None


@pytest.mark.parametrize(
    "change",
    [
        {"reply_column": None},
        {"reply_column": "text"},
        {"reply_column": "nothing"},
        {"reply_class": None},
        {"reply_sets": {"nothing": "x"}},
        {"reply_class": "customer"},
    ],
    ids=str,
)
def test_what_a_mailbox_says_about_answers_must_fit(desk: Desk, change: dict[str, Any]) -> None:
    definition = {key: value for key, value in {**REPLIES, **change}.items() if value is not None}
    with pytest.raises(BadReply):
        mailbox(desk.conn, desk.inbox, **definition)


def test_renamed_and_dropped_columns(desk: Desk) -> None:
    box = desk.box()
    for table, code, new in (
        (desk.note, "ticket", "case"), (desk.note, "text", "words"),
        (desk.ticket, "subject", "topic"),
    ):  # fmt: skip
        desk.conn.execute("select meta.rename_column(%s, %s)", (table.column_id(code), new))
    ((definition,),) = desk.rows("select definition from mail.mailbox where id = %s", box)
    assert definition["reply_column"] == "case"
    assert definition["reply_mapping"]["words"] == "text"
    assert definition["reply_sets"] == {"topic": "reopened"}
    for table, code in ((desk.note, "case"), (desk.note, "words")):
        with pytest.raises(InTheWay, match="mailbox support"):
            desk.conn.execute("select meta.drop_column(%s)", (table.column_id(code),))
