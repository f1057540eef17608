"""Messages of a Maildir become records, each exactly once, whatever ends the process."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import NotQuarantined
from runner.mail import CHORES
from runner.mail.flow import Turn
from runner.mail.maildir import deliver, make
from runner.mail.reading import read_mailbox
from runner.mail.sink import serve
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions

from .die_reading import POINTS
from .mail_parts import ROOT, helpdesk, lose_runners, mailbox, services, work
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


THREE = ["02-plain-ascii.eml", "16-mixed-pdf.eml", "42-auto-reply.eml"]


@pytest.mark.parametrize("after_read", ["keep", "mark", "move", "delete"])
@pytest.mark.parametrize("point", list(POINTS))
def test_kill_while_reading(
    database: Database, tmp_path: Path, point: str, after_read: str
) -> None:
    """One record per message, none lost, wherever the process ends."""
    with database.connect() as conn:
        ticket = helpdesk(conn)
        box = mailbox(conn, filled(tmp_path / "support", THREE), after_read=after_read)
        killed = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.runner.die_reading",
                database.url,
                tmp_path,
                str(box),
                point,
            ],
            cwd=ROOT,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        assert not poll(database, box, tmp_path).ran, "the lease of the dead reader holds"
        lose_runners(conn)
        poll(database, box, tmp_path)
        poll(database, box, tmp_path)
        assert states(conn) == ["done", "done", "skipped"]
        row = conn.execute(sql.SQL("select count(*) from {}").format(ticket.table)).fetchone()
        assert row == (2,)


def states(conn: psycopg.Connection[Any]) -> list[str]:
    """States of all received messages."""
    rows = conn.execute("select state from mail.received_status order by state").fetchall()
    return [state for (state,) in rows]


@pytest.mark.parametrize(
    ("after_read", "left"),
    [
        ("keep", {"new": 3}),
        ("mark", {"cur": 3}),
        ("move", {".Processed/cur": 3}),
        ("delete", {}),
    ],
)
def test_after_reading(
    database: Database, tmp_path: Path, after_read: str, left: dict[str, int]
) -> None:
    folder = filled(tmp_path / "support", THREE)
    with database.connect() as conn:
        helpdesk(conn)
        box = mailbox(conn, folder, after_read=after_read)
        assert poll(database, box, tmp_path).stored == 3
        files = [path for path in folder.rglob("*") if path.is_file()]
        counts = Counter(str(path.parent.relative_to(folder)) for path in files)
        assert counts == left
        if after_read == "mark":
            assert all(path.name.endswith(":2,S") for path in files)
        again = poll(database, box, tmp_path)
        assert (again.stored, again.done) == (0, 0)


def test_batch_size(database: Database, tmp_path: Path) -> None:
    names = [mail.file for mail in ALL[:5]]
    with database.connect() as conn:
        helpdesk(conn)
        box = mailbox(conn, filled(tmp_path / "support", names), batch_size=2)
        turns = [poll(database, box, tmp_path) for _ in range(4)]
    assert [turn.done for turn in turns] == [2, 2, 1, 0]
    assert [turn.more for turn in turns] == [True, True, False, False]


def test_message_that_breaks_a_limit_is_put_aside_and_retried(
    database: Database, tmp_path: Path
) -> None:
    with database.connect() as conn:
        ticket = helpdesk(conn)
        definitions = Definitions(conn)
        definitions.add_column(ticket, "gate", type="text", max_length=3)
        box = mailbox(
            conn, filled(tmp_path / "support", THREE), mapping={"gate": "subject"}, batch_size=10
        )
        turn = poll(database, box, tmp_path)
        assert (turn.done, turn.quarantined, turn.error) == (0, 2, None)
        rows = conn.execute(
            "select id, error, subject from mail.received_status where state = 'quarantined'"
        ).fetchall()
        assert all(error.startswith("PG210") and subject for _, error, subject in rows)

        mailbox(conn, tmp_path / "support")
        for id, _, _ in rows:
            conn.execute("select mail.retry_received(%s)", (id,))
        assert poll(database, box, tmp_path).done == 2
        with pytest.raises(NotQuarantined):
            conn.execute("select mail.retry_received(%s)", (rows[0][0],))


def test_message_that_ends_its_reader_again_and_again_stops_nobody(
    database: Database, tmp_path: Path
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        box = mailbox(conn, filled(tmp_path / "support", THREE[:1]))
        for _ in range(3):
            subprocess.run(
                [
                    sys.executable, "-m", "tests.runner.die_reading",
                    database.url, tmp_path, str(box), "before parse",
                ],
                cwd=ROOT,
                check=False,
            )  # fmt: skip
            lose_runners(conn)
        deliver(tmp_path / "support", (MAILS / THREE[1]).read_bytes())
        assert poll(database, box, tmp_path).done == 1
        assert states(conn) == ["done", "quarantined"]


def test_own_mail_that_comes_back_is_a_loop(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        conn.execute("select mail.send('ann@a.example', p_subject => 'x', p_body => 'y')")
        row = conn.execute("select message_id from mail.message_status").fetchone()
        assert row is not None
        deliver(
            tmp_path / "support",
            f"From: ann@a.example\nSubject: x\nMessage-ID: {row[0]}\n\ny\n".encode(),
        )
        box = mailbox(conn, tmp_path / "support", on_auto_reply="accept")
        assert poll(database, box, tmp_path).skipped == 1
        reason = conn.execute("select reason from mail.received_status").fetchone()
        assert reason == ("loop",)


def test_unknown_mail_found_in_a_mailbox_was_sent(database: Database, tmp_path: Path) -> None:
    """The audit copy says what the lost attempt could not."""
    with database.connect() as conn:
        helpdesk(conn)
        conn.execute("select mail.set_audit('audit@audit.example')")
        conn.execute("select mail.send('ann@a.example', p_subject => 'x', p_body => 'y')")
        with conn.transaction():
            conn.execute("update mail.recipient set state = 'unknown'")
            conn.execute("update mail.message set state = 'unknown', error = 'lost'")
        row = conn.execute("select message_id from mail.message_status").fetchone()
        assert row is not None
        deliver(tmp_path / "audit", f"From: x@y.example\nMessage-ID: {row[0]}\n\ny\n".encode())
        assert poll(database, mailbox(conn, tmp_path / "audit"), tmp_path).skipped == 1
        found = conn.execute("select state, error, delivered from mail.message_status")
        assert found.fetchone() == ("sent", None, "2/2")


def test_automatic_answers_where_they_are_wanted(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        folder = filled(
            tmp_path / "support", ["42-auto-reply.eml", "45-delivery-report.eml", "46-loop.eml"]
        )
        box = mailbox(conn, folder, on_auto_reply="accept")
        turn = poll(database, box, tmp_path)
        assert (turn.done, turn.skipped) == (1, 2)


def test_disabled_or_unreachable(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        box = mailbox(conn, "nowhere", enabled=False)
        assert not poll(database, box, tmp_path).ran
        conn.execute("select mail.enqueue_polls()")
        assert conn.execute("select count(*) from queue.task").fetchone() == (0,)
        mailbox(conn, "nowhere")
        turn = poll(database, box, tmp_path)
        assert turn.error is not None
        assert "there is no Maildir" in turn.error
        row = conn.execute(
            "select error, hint, polled is not null from mail.mailbox_status"
        ).fetchone()
        assert row == (turn.error, turn.hint, True)
        assert "new, cur and tmp" in str(turn.hint)
        assert turn.mailbox == "helpdesk.support"


def test_two_readers_share_a_mailbox(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        ticket = helpdesk(conn)
        box = mailbox(conn, filled(tmp_path / "support"))

        async def main() -> list[Turn]:
            async with services(database, tmp_path) as given:
                reads = [read_mailbox(given.pool, box, tmp_path) for _ in range(3)]
                return list(await asyncio.gather(*reads))

        turns = asyncio.run(main())
        assert [turn.ran for turn in turns].count(True) == 1
        row = conn.execute(sql.SQL("select count(*) from {}").format(ticket.table)).fetchone()
        assert row == (41,)


def test_tickets_are_acknowledged_and_loops_are_not(database: Database, tmp_path: Path) -> None:
    """From the mailbox through the rule to the sink, by tasks of the queue alone."""
    with database.connect() as conn:
        helpdesk(conn)
        model = conn.execute("select id from meta.model where code = 'helpdesk'").fetchone()
        assert model is not None
        conn.execute("select core.set_parameter('helpdesk.inbox', 'inbox')")
        conn.execute(
            "select flow.set_notification(%s, 'acknowledgement', %s)",
            (
                model[0],
                Jsonb({
                    "class": "ticket", "to": "{{column.from_address}}",
                    "subject": "[{{column.number}}] {{column.subject}}", "body": "Thanks",
                }),
            ),
        )  # fmt: skip
        conn.execute(
            "select flow.set_rule(%s, 'acknowledge', %s)",
            (
                model[0],
                Jsonb({"class": "ticket", "event": "after_insert", "notify": "acknowledgement"}),
            ),
        )
        filled(tmp_path / "inbox")
        mailbox(conn, "{{app.par.helpdesk.inbox}}")

        async def main() -> None:
            async with (
                serve(tmp_path / "sink", "127.0.0.1:0") as port,
                services(database, tmp_path, port) as given,
            ):
                for chore in CHORES:
                    if not chore.lasting:
                        await chore.run(given)
                while await work(given):
                    pass

        asyncio.run(main())
        assert Counter(states(conn)) == {"done": 41, "skipped": 5, "quarantined": 3}
        mails = conn.execute("select distinct state from mail.message_status").fetchall()
        assert mails == [("sent",)]
        kept = [path.read_bytes() for path in (tmp_path / "sink" / "new").iterdir()]
        to = Counter(
            message_from_bytes(raw, policy=default)["x-envelope-to"].lower() for raw in kept
        )
        assert to == Counter(sender_of(mail) for mail in ALL if mail.outcome == "ticket")
