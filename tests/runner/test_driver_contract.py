"""What every driver promises, shown over all four: one contract, one suite."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.mail.drivers import MailboxUnreachable, open_mailbox
from runner.mail.flow import Turn
from tests.fix_database import Database

from .die_reading import POINTS
from .mail_boxes import Box, EwsBox, GraphBox
from .mail_parts import ROOT, helpdesk, lose_runners, server_mailbox
from .test_mailbox import poll, states


def message(number: int, text: str = "hello") -> bytes:
    """A message that is told apart by its subject."""
    return (
        f"From: Ann <ann@a.example>\r\nTo: support@example.test\r\nSubject: number {number}\r\n"
        f"Message-ID: <{number}@a.example>\r\nDate: Mon, 05 Jan 2026 10:{number:02d}:00 +0000\r\n"
        f"\r\n{text} \xc3\xa9\r\n"
    ).encode("latin-1")


def filled(box: Box, number: int) -> list[bytes]:
    """So many messages, as they were put in."""
    raws = [message(i) for i in range(1, number + 1)]
    for raw in raws:
        box.add(raw)
    return raws


def defined(conn: psycopg.Connection[Any], box: Box, **more: Any) -> int:
    """The mailbox of the helpdesk that reads the box."""
    return server_mailbox(conn, box.kind, box.definition(), **more)


def subjects(conn: psycopg.Connection[Any]) -> list[str]:
    """Of all records, in the order in which they were made."""
    rows = conn.execute(
        "select subject from mail.received_status where state = 'done' order by row_id"
    )
    return [subject for (subject,) in rows]


def test_contents_come_as_they_are_and_in_order(
    database: Database, tmp_path: Path, box: Box
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box)
        raws = filled(box, 5)
        assert poll(database, id, tmp_path).error is None
        stored = [raw for (raw,) in conn.execute("select raw from mail.received order by id")]
        assert stored == raws
        assert subjects(conn) == [f"number {i}" for i in range(1, 6)]


def test_batches(database: Database, tmp_path: Path, box: Box) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box, batch_size=2)
        filled(box, 5)
        turns = [poll(database, id, tmp_path) for _ in range(3)]
        assert [turn.error for turn in turns] == [None] * 3
        assert [turn.done for turn in turns] == [2, 2, 1]
        assert [turn.more for turn in turns[:2]] == [True, True]
        # Servers that list changes list those that reading made, too: some empty turns.
        rest = iter(range(10))
        while (turn := poll(database, id, tmp_path)).more:
            assert next(rest) < 9, "it ends"
            assert turn.stored == 0
        assert subjects(conn) == [f"number {i}" for i in range(1, 6)]


@pytest.mark.parametrize(
    ("after_read", "left"),
    [
        ("keep", {"new": 3}),
        ("mark", {"seen": 3}),
        ("move", {"Done": 3}),
        ("delete", {}),
    ],
)
def test_after_reading(
    database: Database, tmp_path: Path, box: Box, after_read: str, left: dict[str, int]
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box, after_read=after_read, folder="Done")
        filled(box, 3)
        assert (first := poll(database, id, tmp_path)).stored == 3, first
        assert box.counts() == Counter(left)
        again = [poll(database, id, tmp_path) for _ in range(2)]
        assert [(turn.stored, turn.done, turn.error) for turn in again] == [(0, 0, None)] * 2
        assert box.counts() == Counter(left)
        box.add(message(4))
        assert poll(database, id, tmp_path).done == 1
        assert len(subjects(conn)) == 4


@pytest.mark.parametrize("after_read", ["keep", "mark", "move"])
def test_server_that_forgot_the_cursor(
    database: Database, tmp_path: Path, box: Box, after_read: str
) -> None:
    """Nothing is read twice, and what came meanwhile is read."""
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box, after_read=after_read)
        filled(box, 3)
        assert poll(database, id, tmp_path).done == 3
        box.add(message(4))
        box.lose_cursor()
        box.add(message(5))
        turns = [poll(database, id, tmp_path) for _ in range(3)]
        assert [turn.error for turn in turns] == [None] * 3
        assert sum(turn.done for turn in turns) == 2
        assert subjects(conn) == [f"number {i}" for i in range(1, 6)]


def test_message_that_vanishes_between_list_and_fetch(
    database: Database, tmp_path: Path, box: Box
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box)
        filled(box, 2)
        row = conn.execute("select mail.begin_reading(%s, gen_random_uuid())", (id,)).fetchone()
        assert row is not None
        driver = open_mailbox(row[0], tmp_path)
        try:
            keys = driver.listing(None, 10).keys
            assert len(keys) == 2
            box.vanish()
            assert [(found.raw, found.error) for found in driver.fetch(keys)] == [(None, None)] * 2
            driver.after_read(keys)
        finally:
            driver.close()
        lose_runners(conn)
        turn = poll(database, id, tmp_path)
        assert (turn.stored, turn.error) == (0, None)


def test_bad_message_does_not_stop_the_rest(database: Database, tmp_path: Path, box: Box) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box, batch_size=2)
        box.add(message(1))
        box.add(b"Subject: nobody sent this\r\n\r\nx\r\n")
        box.add(message(2))
        turns = [poll(database, id, tmp_path) for _ in range(2)]
        assert [turn.error for turn in turns] == [None] * 2
        assert states(conn) == ["done", "done", "quarantined"]


def test_refused_login_is_said_and_passes(database: Database, tmp_path: Path, box: Box) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box)
        filled(box, 2)
        box.refuse_login(True)
        turn = poll(database, id, tmp_path)
        assert (turn.ran, turn.stored) == (True, 0)
        row = conn.execute("select error from mail.mailbox_status").fetchone()
        assert row == (turn.error,)
        assert turn.error
        if box.kind != "maildir":
            assert "refuse" in turn.error or "bad secret" in turn.error, turn.error
        assert "secret-of" not in turn.error
        box.refuse_login(False)
        again = poll(database, id, tmp_path)
        assert (again.done, again.error) == (2, None)
        assert conn.execute("select error from mail.mailbox_status").fetchone() == (None,)


def test_server_that_is_not_there(database: Database, tmp_path: Path, box: Box) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        places: dict[str, dict[str, Any]] = {
            "maildir": {"path": "nowhere"},
            "imap": {"port": 1},
            "ews": {"url": "http://127.0.0.1:1/EWS/Exchange.asmx"},
            "graph": {"url": "http://127.0.0.1:1/v1.0"},
        }
        place = places[box.kind]
        id = server_mailbox(conn, box.kind, {**box.definition(), **place})
        turn = poll(database, id, tmp_path)
        assert turn.error
        assert turn.stored == 0


@pytest.mark.parametrize("kind", ["imap", "ews", "graph"])
def test_server_that_never_answers(database: Database, tmp_path: Path, kind: str) -> None:
    """The time-out of the mailbox ends the turn, with its error."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent, database.connect() as conn:
        port = silent.getsockname()[1]
        helpdesk(conn)
        (tmp_path / "secret").write_text("x")
        secret = f"file:{tmp_path / 'secret'}"
        place = {
            "imap": {"host": "127.0.0.1", "port": port, "tls": "none", "login": "u",
                     "secret": secret},
            "ews": {"url": f"http://127.0.0.1:{port}/e", "address": "a@b.example",
                    "login": "u", "auth": "basic", "secret": secret},
            "graph": {"url": f"http://127.0.0.1:{port}", "address": "a@b.example",
                      "client_id": "c", "client_secret": secret,
                      "token_url": f"http://127.0.0.1:{port}/token"},
        }[kind]  # fmt: skip
        id = server_mailbox(conn, kind, {**place, "timeout_seconds": 1})
        turn = poll(database, id, tmp_path)
        assert turn.error
        assert "time" in turn.error.lower(), turn.error


@pytest.mark.parametrize("after_read", ["mark", "move", "delete"])
@pytest.mark.parametrize("point", list(POINTS))
def test_kill_while_reading(
    database: Database, tmp_path: Path, box: Box, point: str, after_read: str
) -> None:
    """One record per message, none lost, wherever the process ends."""
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box, after_read=after_read)
        filled(box, 3)
        killed = subprocess.run(
            [
                sys.executable, "-m", "tests.runner.die_reading",
                database.url, tmp_path, str(id), point,
            ],
            cwd=ROOT,
            check=False,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL
        lose_runners(conn)
        turns: list[Turn] = [poll(database, id, tmp_path) for _ in range(2)]
        assert [turn.error for turn in turns] == [None, None]
        assert sorted(subjects(conn)) == [f"number {i}" for i in range(1, 4)]
        assert states(conn) == ["done"] * 3
        left = {"mark": {"seen": 3}, "move": {"Processed": 3}, "delete": {}}[after_read]
        assert box.counts() == Counter(left)


@pytest.mark.parametrize("kind", ["ews", "graph"])
def test_message_that_the_server_cannot_give_is_set_aside_and_asked_for_again(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path, kind: str
) -> None:
    box: EwsBox | GraphBox = request.getfixturevalue(f"{kind}_box")
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, box)
        raws = filled(box, 3)
        second = sorted(box.server.items if isinstance(box, EwsBox) else box.server.messages)[1]
        box.server.broken.add(second)
        turn = poll(database, id, tmp_path)
        assert (turn.done, turn.quarantined, turn.error) == (2, 1, None)
        assert box.counts() == Counter({"seen": 2, "new": 1})
        row = conn.execute(
            "select id, error from mail.received_status where state = 'quarantined'"
        ).fetchone()
        assert row is not None
        assert "MimeContentInvalid" in row[1]
        conn.execute("select mail.retry_received(%s)", (row[0],))
        assert poll(database, id, tmp_path).quarantined == 1
        box.server.broken.clear()
        conn.execute("select mail.retry_received(%s)", (row[0],))
        assert poll(database, id, tmp_path).done == 1
        raw = conn.execute("select raw from mail.received where id = %s", (row[0],)).fetchone()
        assert raw == (raws[1],)
        assert states(conn) == ["done"] * 3


def test_driver_says_who_it_cannot_reach(tmp_path: Path) -> None:
    driver = open_mailbox(
        {"driver": "maildir", "path": "x", "after_read": "mark", "folder": "F"}, tmp_path
    )
    with pytest.raises(MailboxUnreachable, match="there is no Maildir") as caught:
        driver.listing(None, 1)
    assert "new, cur and tmp" in (caught.value.hint or "")
