"""Large messages become the same records as small ones, and memory holds pieces of them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from runner.mail.drivers.contract import LARGE, PIECE
from runner.mail.large import chain, read_large
from runner.mail.maildir import make
from runner.mail.parse import Unreadable, parse
from runner.mail.room import Room
from runner.mail.slim import LONG
from tests.fix_database import Database

from .mail_boxes import open_box
from .mail_parts import ROOT, helpdesk, lose_runners, mailbox, server_mailbox
from .test_mail_batches import die
from .test_mailbox import poll, states

NOW = datetime(2026, 1, 5, tzinfo=UTC)
BULK = random.Random(1).randbytes(3 * LONG)


def attached(*contents: bytes, text: str = "see there\n") -> EmailMessage:
    """A mail with files."""
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@a.example", "large"
    message.set_content(text)
    for number, content in enumerate(contents):
        message.add_attachment(
            content, maintype="application", subtype="pdf", filename=f"{number}.pdf"
        )
    return message


def forwarded() -> EmailMessage:
    """A mail with a mail in it that has a large file."""
    message = attached(b"small")
    message.add_attachment(attached(BULK, BULK[::-1]))
    return message


def coded_text() -> EmailMessage:
    """The text itself is a long run of base64."""
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@a.example", "text"
    message.set_content("word " * LONG, cte="base64")
    return message


def quoted() -> EmailMessage:
    """What looks like base64 stands in a file that is quoted-printable."""
    message = attached()
    message.add_attachment(base64.encodebytes(BULK).decode(), cte="quoted-printable", filename="x")
    return message


MESSAGES: dict[str, Callable[[], bytes]] = {
    "one file": lambda: attached(BULK).as_bytes(),
    "several": lambda: attached(BULK, b"", b"x" * 5, BULK[:-1], BULK[:-2]).as_bytes(),
    "nothing large": lambda: attached(b"x").as_bytes(),
    "forwarded": lambda: forwarded().as_bytes(),
    "text in base64": lambda: coded_text().as_bytes(),
    "quoted": lambda: quoted().as_bytes(),
    "pasted base64": lambda: attached(text=base64.encodebytes(BULK).decode()).as_bytes(),
    "cut off": lambda: attached(BULK).as_bytes()[: 2 * LONG],
    "one long line": lambda: (
        b"From: ann@a.example\nContent-Type: application/pdf\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(BULK)
    ),
    "goes on behind its end": lambda: attached(BULK[:-1]).as_bytes().replace(b"=\n", b"=\nQUJD\n"),
    "padding is missing": lambda: attached(BULK[:-1]).as_bytes().replace(b"=\n", b"\n"),
    "automatic": lambda: b"Auto-Submitted: auto-replied\n" + attached(BULK).as_bytes(),
}


def taken_apart(read: Callable[[], tuple[Any, list[tuple[str, str, bytes]], str | None]]) -> Any:
    """What a message is, or that it cannot be read."""
    try:
        return read()
    except Unreadable:
        return "unreadable"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("kind", list(MESSAGES))
def test_a_large_message_is_what_a_small_one_is(kind: str, ending: bytes) -> None:
    raw = MESSAGES[kind]().replace(b"\n", ending)

    def whole() -> tuple[Any, list[tuple[str, str, bytes]], str | None]:
        parsed = parse(raw, NOW)
        files = [(file.name, file.media_type, file.content) for file in parsed.attachments]
        return parsed.parts, files, parsed.skip

    def in_pieces() -> tuple[Any, list[tuple[str, str, bytes]], str | None]:
        large = read_large(io.BytesIO(raw), NOW)
        files = [
            (file.name, file.media_type, b"".join(chain(file.content))) for file in large.files
        ]
        return large.parts, files, large.skip

    assert taken_apart(in_pieces) == taken_apart(whole)


def write_large(path: Path, size: int) -> str:
    """A message with a file of so many bytes, made piece by piece; gives the file's hash."""
    digest = hashlib.sha256()
    generator = random.Random(2)
    with path.open("wb") as file:
        head, _, tail = attached(b"@").as_bytes().replace(b"\n", b"\r\n").partition(b"QA==\r\n")
        file.write(head)
        for _ in range(size // 57_000):
            piece = generator.randbytes(57_000)
            digest.update(piece)
            file.write(base64.encodebytes(piece).replace(b"\n", b"\r\n"))
        file.write(tail)
    return digest.hexdigest()


def test_parsing_holds_pieces(tmp_path: Path) -> None:
    """The peak of allocations, counted by the interpreter, is that of some pieces."""
    path = tmp_path / "large.eml"
    expected = write_large(path, 20_000_000)
    with path.open("rb") as file:
        tracemalloc.start()
        try:
            large = read_large(file, NOW)
            digest = hashlib.sha256()
            for piece in chain(large.files[0].content):
                digest.update(piece)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert digest.hexdigest() == expected
    assert peak < 8 * PIECE


def test_60_mb_are_read_without_being_held_in_memory(database: Database, tmp_path: Path) -> None:
    """The peak of a runner that reads 60 MB is that of one that reads little, and a few MB."""
    folder = make(tmp_path / "support")
    with database.connect() as conn:
        helpdesk(conn)
        box = mailbox(conn, folder)

        def peak() -> int:
            printed = subprocess.run(
                [
                    sys.executable, "-m", "tests.runner.read_measured",
                    database.url, tmp_path, str(box),
                ],
                cwd=ROOT, stdout=subprocess.PIPE, check=True,
            ).stdout  # fmt: skip
            return int(printed)

        (folder / "new" / "1.1.test").write_bytes(attached(b"little").as_bytes())
        without = peak()
        expected = write_large(folder / "new" / "2.2.test", 60_000_000)
        with_it = peak()
        assert states(conn) == ["done", "done"]
        row = conn.execute("select encode(sha256, 'hex') from core.file order by id desc limit 1")
        assert row.fetchone() == (expected,)
    assert with_it - without < 20_000, "kB more than for a small message"


@pytest.mark.parametrize("kind", ["maildir", "imap"])
@pytest.mark.parametrize("point", ["after store", "before parse", "before commit", "after record"])
def test_kill_with_a_large_message(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path, kind: str, point: str
) -> None:
    """It is one record with its file, in its place between small ones."""
    server = request.getfixturevalue("dovecot_server") if kind == "imap" else None
    with open_box(kind, tmp_path, server) as box, database.connect() as conn:
        helpdesk(conn)
        id = server_mailbox(conn, kind, box.definition())
        content = random.Random(3).randbytes(2 * LARGE)
        for raw in (attached(b"one"), attached(content), attached(b"three")):
            box.add(raw.as_bytes().replace(b"\n", b"\r\n"))
        die(database, tmp_path, id, point)
        lose_runners(conn)
        assert [poll(database, id, tmp_path).error for _ in range(2)] == [None, None]
        assert states(conn) == ["done"] * 3
        assert box.counts() == {"seen": 3}
        rows = conn.execute(
            "select f.size, c.sha256 from core.file as f inner join core.file_content as c"
            " using (sha256) order by f.id"
        ).fetchall()
        assert [size for size, _ in rows] == [3, len(content), 5]
        assert rows[1][1] == hashlib.sha256(content).digest()


def test_a_broken_large_one_is_put_aside_alone(database: Database, tmp_path: Path) -> None:
    """Those that were stored with it are whole, though they were begun twice."""
    folder = make(tmp_path / "support")
    content = random.Random(4).randbytes(LARGE)
    broken = random.Random(5).randbytes(LARGE - 1)
    raws = {
        "1.1.test": attached(content).as_bytes(),
        "2.2.test": attached(b"small").as_bytes(),
        "3.3.test": attached(broken).as_bytes().replace(b"=\n", b"\n"),
        "4.4.test": attached(b"last").as_bytes(),
    }
    for name, raw in raws.items():
        (folder / "new" / name).write_bytes(raw)
    with database.connect() as conn:
        helpdesk(conn)
        turn = poll(database, mailbox(conn, folder), tmp_path)
        assert (turn.done, turn.quarantined, turn.error) == (3, 1, None)
        rows = conn.execute("select key, state, error from mail.received_status order by id")
        assert [row[1] for row in rows.fetchall()] == ["done", "done", "quarantined", "done"]
        sizes = conn.execute("select size from core.file order by id").fetchall()
        assert sizes == [(LARGE,), (5,), (4,)]


def test_so_many_bytes_are_held_and_no_more() -> None:
    """Twenty want room for three: three get it at once; a larger one waits to be alone."""

    async def main() -> tuple[Room, list[int]]:
        room = Room(300)
        alone: list[int] = []

        async def work(size: int) -> None:
            async with room.hold(size):
                await asyncio.sleep(0)
                assert room.held <= room.limit or room.held == size
                if size > room.limit:
                    alone.append(room.held)

        await asyncio.gather(*[work(100) for _ in range(10)], work(900), work(50), work(250))
        return room, alone

    room, alone = asyncio.run(main())
    assert (room.held, room.most, alone) == (0, 900, [900])
