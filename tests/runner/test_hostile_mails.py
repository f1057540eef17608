"""Odd and hostile messages: each becomes what its table says, nothing is lost, nothing sticks."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from runner.mail.maildir import deliver
from tests.fix_database import Database
from tests.mails.hostile.messages import ALL, BEGINNING, README, table

from .mail_parts import helpdesk, mailbox
from .test_mailbox import poll


def test_there_are_many_and_the_table_is_theirs() -> None:
    assert len(ALL) >= 60
    assert len({entry.name for entry in ALL}) == len(ALL)
    assert README.read_text(encoding="utf-8") == BEGINNING + "\n".join(table()) + "\n"


@pytest.mark.slow
def test_all_of_them_in_one_mailbox(database: Database, tmp_path: Path) -> None:
    expected: dict[str, tuple[str, str]] = {}
    for entry in ALL:
        raw = entry.make()
        deliver(tmp_path / "in", raw)
        expected[hashlib.sha256(raw).hexdigest()] = (entry.name, entry.outcome)
    assert len(expected) == len(ALL)
    with database.connect() as conn:
        helpdesk(conn)
        id = mailbox(conn, tmp_path / "in", batch_size=50, after_read="move")
        for _ in range(len(ALL)):
            turn = poll(database, id, tmp_path)
            assert turn.error is None
            if not turn.more:
                break
        rows = conn.execute(
            """
            select encode(sha256, 'hex'), state, error, row_id, sha256 = sha256(raw)
            from mail.received
            """
        ).fetchall()
        assert all(intact for *_, intact in rows)
        found = {key: (state, error) for key, state, error, _, _ in rows}
        assert found.keys() == expected.keys()
        words = {"done": "record"}
        wrong = {
            name: (outcome, *found[key])
            for key, (name, outcome) in expected.items()
            if words.get(found[key][0], found[key][0]) != outcome
        }
        assert wrong == {}
        assert not list((tmp_path / "in" / "new").iterdir())


def test_same_message_id_in_two_mailboxes_is_two_records(
    database: Database, tmp_path: Path
) -> None:
    raw = b"From: a@b.example\nSubject: both\nMessage-ID: <same@b.example>\n\nx\n"
    with database.connect() as conn:
        helpdesk(conn)
        for name in ("one", "two"):
            deliver(tmp_path / name, raw)
        first = mailbox(conn, tmp_path / "one")
        assert poll(database, first, tmp_path).done == 1
        conn.execute("update mail.mailbox set code = 'other'")
        second = mailbox(conn, tmp_path / "two")
        assert second != first
        assert poll(database, second, tmp_path).done == 1


def test_names_of_files_lead_nowhere(database: Database, tmp_path: Path) -> None:
    """Whoever writes files out by these names stays in the folder."""
    with database.connect() as conn:
        helpdesk(conn)
        for entry in ALL:
            if entry.name.startswith("name-") and entry.outcome == "record":
                deliver(tmp_path / "in", entry.make())
        id = mailbox(conn, tmp_path / "in")
        assert poll(database, id, tmp_path).error is None
        names = [name for (name,) in conn.execute("select name from core.file")]
        assert len(names) >= 8
        for name in names:
            assert not set(name) & {"/", "\\", "\0", "\n", "\r", "\u202e"}, name
            assert name not in ("", ".", ".."), name
            assert len(name.encode()) <= 255, name
