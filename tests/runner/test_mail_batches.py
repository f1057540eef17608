"""Messages that become records together: the bad one alone is put aside, order and threads stay."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from runner.mail.budget import TooMuch
from runner.mail.headers import parse_message
from runner.mail.maildir import make
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions
from tests.mails.hostile.messages import ALL

from .die_reading import POINTS
from .mail_parts import ROOT, helpdesk, lose_runners, mailbox
from .test_example_mails import MAILS
from .test_mailbox import poll


def subject_of(number: int) -> str:
    """Subjects sort as their messages came."""
    return f"number {number:03d}"


def filled(folder: Path, number: int, **odd: str) -> Path:
    """A Maildir of so many messages; `odd` names other subjects by place, as in n3="x"."""
    make(folder)
    for i in range(number):
        subject = odd.get(f"n{i}", subject_of(i))
        add(folder, i, f"From: ann@a.example\r\nSubject: {subject}\r\nMessage-ID: <{i}@a.example>")
    return folder


def add(folder: Path, place: int, headers: str) -> None:
    """One message, at its place in the order."""
    raw = f"{headers}\r\n\r\nhello\r\n".encode()
    (folder / "new" / f"{place:010d}.{place}.test").write_bytes(raw)


def subjects(conn: psycopg.Connection[Any], ticket: ClassTable) -> list[str]:
    """Subjects of the tickets in the order of their ids."""
    column = ticket.physical("subject")
    rows = conn.execute(
        sql.SQL("select {} from {} order by id").format(sql.Identifier(column), ticket.table)
    )
    return [subject for (subject,) in rows.fetchall()]


def quarantined(conn: psycopg.Connection[Any]) -> list[str]:
    """Subjects of what was put aside."""
    rows = conn.execute(
        "select subject from mail.received_status where state = 'quarantined' order by id"
    )
    return [subject for (subject,) in rows.fetchall()]


def test_the_bad_ones_of_a_batch_are_put_aside_alone(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        ticket = helpdesk(conn)
        Definitions(conn).add_column(ticket, "gate", type="text", max_length=10)
        odd = {"n7": "much too long a subject", "n8": "another that is", "n59": "and one more"}
        folder = filled(tmp_path / "support", 60, **odd)
        mapping = {"gate": "subject", "subject": "subject"}
        box = mailbox(conn, folder, mapping=mapping, batch_size=100)
        turn = poll(database, box, tmp_path)
        assert (turn.done, turn.quarantined, turn.error) == (57, 3, None)
        assert quarantined(conn) == list(odd.values())
        assert subjects(conn, ticket) == [subject_of(i) for i in range(60) if f"n{i}" not in odd]


def test_answers_in_one_batch_with_what_they_answer(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        ticket = helpdesk(conn)
        note = Definitions(conn).create_class(
            "helpdesk.note",
            {
                "ticket": {"type": "reference", "class": "ticket"},
                "text": {"type": "long_text"},
            },
        )
        folder = filled(tmp_path / "support", 3)
        for place, parent in ((3, 1), (4, 3)):
            add(
                folder, place,
                f"From: bob@b.example\r\nSubject: Re\r\nMessage-ID: <{place}@a.example>\r\n"
                f"In-Reply-To: <{parent}@a.example>",
            )  # fmt: skip
        add(folder, 5, "From: ann@a.example\r\nSubject: last\r\nReferences: <gone@a.example>")
        box = mailbox(
            conn, folder,
            reply_class="note", reply_column="ticket", reply_mapping={"text": "text"},
        )  # fmt: skip
        assert poll(database, box, tmp_path).done == 6
        assert subjects(conn, ticket) == [*map(subject_of, range(3)), "last"]
        about = conn.execute(
            sql.SQL("select t.{} from {} as n inner join {} as t on t.id = n.{}").format(
                sql.Identifier(ticket.physical("subject")),
                note.table,
                ticket.table,
                sql.Identifier(note.physical("ticket")),
            )
        ).fetchall()
        assert about == [(subject_of(1),)] * 2


def test_the_rate_of_a_sender_counts_within_a_batch(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        ticket = helpdesk(conn)
        folder = filled(tmp_path / "support", 8)
        box = mailbox(conn, folder, rate_per_sender="5 per hour")
        turn = poll(database, box, tmp_path)
        assert (turn.done, turn.quarantined) == (5, 3)
        assert subjects(conn, ticket) == [subject_of(i) for i in range(5)]


def die(database: Database, home: Path, box: int, point: str) -> int:
    """Another process reads and is killed; gives how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "tests.runner.die_reading", database.url, home, str(box), point],
        cwd=ROOT,
        check=False,
    ).returncode


@pytest.mark.parametrize("point", list(POINTS))
def test_kill_in_the_middle_of_a_batch(database: Database, tmp_path: Path, point: str) -> None:
    """Each of fifty messages is one record, in their order."""
    with database.connect() as conn:
        ticket = helpdesk(conn)
        box = mailbox(conn, filled(tmp_path / "support", 50), after_read="move")
        assert die(database, tmp_path, box, point) == -signal.SIGKILL
        lose_runners(conn)
        assert [poll(database, box, tmp_path).error for _ in range(2)] == [None, None]
        assert subjects(conn, ticket) == [subject_of(i) for i in range(50)]
        assert not any((tmp_path / "support" / "new").iterdir())


def test_the_one_that_kills_its_reader_is_found_out(database: Database, tmp_path: Path) -> None:
    """The others of its batch become records, though they were begun together."""
    with database.connect() as conn:
        ticket = helpdesk(conn)
        box = mailbox(conn, filled(tmp_path / "support", 30, n17="killer"))
        for _ in range(3):
            assert die(database, tmp_path, box, "at a killer") == -signal.SIGKILL
            lose_runners(conn)
        assert die(database, tmp_path, box, "at a killer") == 0
        assert subjects(conn, ticket) == [subject_of(i) for i in range(30) if i != 17]
        row = conn.execute("select error from mail.received_status where state = 'quarantined'")
        assert row.fetchall() == [("reading it was begun 3 times and never ended",)]


def test_messages_are_parsed_as_the_package_does() -> None:
    """With the body left out of the parsing, and headers remembered; but for what is too much."""
    raws = [file.read_bytes() for file in sorted(MAILS.glob("*.eml"))]
    raws += [raw for entry in ALL if len(raw := entry.make()) < 1_000_000]
    assert len(raws) > 100
    refused = set()
    for raw in raws:
        for form in (raw, raw.replace(b"\r\n", b"\n"), raw[: len(raw) // 2], b"x\n" + raw):
            try:
                ours = content(form, parse_message)
            except TooMuch:
                refused.add(raw)
                continue
            assert ours == content(form, BytesParser(policy=policy.default).parsebytes)
    assert len(refused) <= 6


def content(raw: bytes, parse: Callable[[bytes], EmailMessage]) -> list[Any] | None:
    """All that can be asked of a message and its parts; None when the package gives up."""
    try:
        return [
            (
                list(part.raw_items()),
                part.get_content_type(),
                None if part.is_multipart() else part.get_payload(decode=True),
                [type(defect) for defect in part.defects],
            )
            for part in parse(raw).walk()
        ]
    except RecursionError:
        return None
