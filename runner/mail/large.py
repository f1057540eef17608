"""A large message goes through a file: from the server, into the database, and into a record.

Memory holds a piece of it. One at a time does so in a runner: what cannot be taken apart in
pieces, a text of that size, is held whole.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from .drivers.contract import PIECE
from .parse import Unreadable, parse
from .reports import read_report
from .slim import Piece, Run, pieces, slim


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment that may be in a file, piece by piece."""

    name: str
    media_type: str
    content: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Large:
    """A large message, taken apart."""

    parts: Mapping[str, Any]
    files: Sequence[Attachment]
    skip: str | None


def read_large(file: IO[bytes], received: datetime) -> Large:
    """Take a message in a file apart; Unreadable as parse() has it."""
    raw, runs = slim(file)
    try:
        large, found = _taken_apart(raw, received, runs)
    except Unreadable:
        if not runs:
            raise
        found = 0
    if found < len(runs):
        # What looked like an attachment is part of a text: there is no way around memory.
        file.seek(0)
        large, _ = _taken_apart(file.read(), received, [])
    return large


def _taken_apart(raw: bytes, received: datetime, runs: Sequence[Run]) -> tuple[Large, int]:
    """The message, and how many runs are in its attachments; all where none are wanted."""
    parsed = parse(raw, received)
    parts: dict[str, Any] = dict(parsed.parts)
    if parsed.skip is not None:
        report = read_report(raw) if parsed.skip == "delivery report" else None
        return Large(parts | ({"report": report} if report else {}), (), parsed.skip), len(runs)
    files: list[Attachment] = []
    found = 0
    for file in parsed.attachments:
        content, marks = pieces(file.content, file.media_type, runs)
        found += marks
        files.append(Attachment(file.name, file.media_type, content))
    return Large(parts, files, None), found


async def upload(conn: AsyncConnection[Any], content: Iterator[bytes]) -> UUID:
    """Send a content piece by piece; what is made of the number given keeps it."""
    number = uuid4()
    while (piece := await asyncio.to_thread(next, content, None)) is not None:
        await conn.execute("select core.append_file(%s, %b)", (number, piece))
    return number


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file from its beginning."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


async def stored(conn: AsyncConnection[Any], received: int) -> IO[bytes]:
    """A stored message as a file, gone when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    while True:
        cursor = await conn.execute(
            "select mail.read_received(%s, %s, %s)", (received, file.tell(), PIECE), binary=True
        )
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return file
        file.write(row[0])


async def accept_large(
    conn: AsyncConnection[Any],
    received: int,
    parts: Mapping[str, Any],
    attachments: Sequence[Attachment],
    skip: str | None,
    *,
    told: bool,
) -> str:
    """Store its attachments and make it a record, in the transaction of the connection."""
    files: list[int] = []
    for file in attachments:
        number = await upload(conn, chain(file.content))
        cursor = await conn.execute(
            "select core.finish_file(%s, %s, %s)", (number, file.name, file.media_type)
        )
        row = await cursor.fetchone()
        assert row is not None
        files.append(row[0])
    cursor = await conn.execute(
        "select mail.accept_large(%s, %s, %s::bigint[], %s, %s)",
        (received, Jsonb(parts), files, skip, told),
    )
    row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


def chain(content: Sequence[Piece]) -> Iterator[bytes]:
    """A content piece by piece."""
    for part in content:
        if isinstance(part, bytes):
            yield part
        else:
            yield from part()
