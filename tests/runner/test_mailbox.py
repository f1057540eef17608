"""Messages of a Maildir become records, each exactly once, whatever ends the process."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from runner.mail.maildir import deliver, make
from runner.mail.reading import Turn, read_mailbox
from tests.fix_database import Database
from tests.fix_meta import ClassTable

from .mail_parts import helpdesk, mailbox, services
from .test_example_mails import ALL, MAILS, Mail, texts


def poll(database: Database, id: int, home: Path) -> Turn:
    """One turn of reading."""

    async def main() -> Turn:
        async with services(database, home) as given:
            return await read_mailbox(given.pool, id, home)

    return asyncio.run(main())


def filled(folder: Path, names: list[str] | None = None) -> Path:
    """A Maildir with messages of the example."""
    make(folder)
    for name in names if names is not None else [mail.file for mail in ALL]:
        deliver(folder, (MAILS / name).read_bytes())
    return folder


def key_of(file: str) -> str:
    """What a file of the example is in the Maildir of `filled`: told apart by its content."""
    return hashlib.sha256((MAILS / file).read_bytes()).hexdigest()


def test_example_messages_become_what_their_table_says(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        ticket = helpdesk(conn)
        sender = sender_of(next(mail for mail in ALL if mail.file.startswith("39-")))
        customer = class_table(conn, "customer").insert(name="Jana", email=sender)
        box = mailbox(conn, filled(tmp_path / "support"))
        turn = poll(database, box, tmp_path)
        assert turn.error is None
        assert (turn.stored, turn.done, turn.skipped, turn.quarantined) == (49, 41, 5, 3)

        found = {
            sha256: (state, reason, error, row_id)
            for sha256, state, reason, error, row_id in conn.execute(
                "select encode(sha256, 'hex'), state, reason, error, row_id from mail.received"
            )
        }
        for mail in ALL:
            state, reason, error, row_id = found[key_of(mail.file)]
            if mail.outcome == "ticket":
                assert (state, reason, error) == ("done", None, None), mail.file
                row = ticket.row(row_id)
                check_ticket(mail, row, ticket)
                known = customer if sender_of(mail) == sender else None
                assert row[ticket.physical("customer")] == known
            elif mail.outcome == "quarantined":
                assert (state, row_id) == ("quarantined", None), mail.file
                assert error, mail.file
            else:
                assert (state, f"skipped as {reason}", row_id) == ("skipped", mail.outcome, None)
        count = conn.execute(sql.SQL("select count(*) from {}").format(ticket.table)).fetchone()
        assert count == (41,)


def check_ticket(mail: Mail, row: dict[str, Any], ticket: ClassTable) -> None:
    """Subject, text, sender and number of attachments are those of the message."""
    message = mail.message
    subject = " ".join(str(message["subject"]).split()) or "(no subject)"
    assert row[ticket.physical("subject")] == subject
    text = row[ticket.physical("body")] or ""
    assert mail.reads in " ".join(text.split()) or mail.reads in subject
    for part in texts(message):
        if part.get_content_type() == "text/plain":
            assert " ".join(part.get_content().split()) in " ".join(text.split())
    assert row[ticket.physical("from_address")] == sender_of(mail)
    assert len(row[ticket.physical("attachments")] or []) == int(mail.attachments)
    assert row["created_source"] == "mailbox"
    assert row[ticket.physical("received")] is not None


def sender_of(mail: Mail) -> str:
    """Where an answer goes, in lower case."""
    header = mail.message["reply-to"] or mail.message["from"]
    return str(header.addresses[0].addr_spec).lower()


def class_table(conn: psycopg.Connection[Any], code: str) -> ClassTable:
    """A class of the helpdesk."""
    row = conn.execute("select id from meta.class where code = %s", (code,)).fetchone()
    assert row is not None
    return ClassTable(conn, row[0])
