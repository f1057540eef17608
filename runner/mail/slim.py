"""A large message without the bulk of its attachments, which stay in the file that it came in.

Each long run of lines in base64 is replaced by one line that stands for it. The message is
then parsed as any other; an attachment whose content is such a mark is the run, decoded piece
by piece. Runs that are anything but attachments are found out: the message is then read whole.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO

from .drivers.contract import PIECE
from .parse import Unreadable

LONG = 64 * 1024
"""Bytes from which on a run of base64 is left in the file."""
LINE = 1024
"""Longer lines are no base64 of a mail."""
MARK_BYTES = 33
CODED = re.compile(rb"[A-Za-z0-9+/]+={0,2}\r?\n?")


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of base64 in a file, and the mark that stands for them."""

    file: IO[bytes]
    start: int
    length: int
    mark: bytes

    @property
    def line(self) -> bytes:
        """The mark as it stands in the message."""
        return base64.b64encode(self.mark)

    def coded(self) -> Iterator[bytes]:
        """The lines as they are."""
        self.file.seek(self.start)
        left = self.length
        while left > 0 and (piece := self.file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece

    def decoded(self) -> Iterator[bytes]:
        """What the lines say; Unreadable when they are no base64 as a whole."""
        rest = b""
        for piece in self.coded():
            if rest.endswith(b"=") and piece.strip():
                raise Unreadable("an attachment goes on after the end of its base64")
            text = rest + b"".join(piece.split())
            whole = len(text) // 4 * 4
            # The last four stay, so that padding is seen when something follows.
            whole -= 4 if whole == len(text) and whole > 0 else 0
            rest = text[whole:]
            yield _decode(text[:whole])
        yield _decode(rest)


def _decode(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Unreadable(f"the base64 of an attachment is broken: {error}") from error


def slim(file: IO[bytes]) -> tuple[bytes, list[Run]]:
    """The message with marks, and the runs that they stand for."""
    file.seek(0)
    kept: list[bytes] = []
    runs: list[Run] = []
    short: list[bytes] = []
    start, length, position = 0, 0, 0

    def end_run() -> None:
        nonlocal length
        if length > LONG:
            run = Run(file, start, length, secrets.token_bytes(MARK_BYTES))
            runs.append(run)
            kept.append(run.line + b"\r\n")
        else:
            kept.extend(short)
        short.clear()
        length = 0

    while line := file.readline(LINE):
        if CODED.fullmatch(line):
            if length == 0:
                start = position
            length += len(line)
            if length <= LONG:
                short.append(line)
            else:
                short.clear()
        else:
            end_run()
            kept.append(line)
        position += len(line)
    end_run()
    return b"".join(kept), runs


Piece = bytes | Callable[[], Iterator[bytes]]
"""A part of a content, or what gives it anew each time."""


def pieces(content: bytes, media_type: str, runs: Sequence[Run]) -> tuple[list[Piece], int]:
    """A content with its marks replaced, piece by piece; and how many marks it had."""
    for run in runs:
        if content == run.mark:
            return [run.decoded], 1
    if not media_type.startswith("message/"):
        return [content], 0
    found: list[Piece] = []
    number = 0
    for run in runs:
        # In a message inside of this one the lines stay coded.
        before, mark, content_after = content.partition(run.line)
        if mark:
            found += [before, partial(_without_last_break, run)]
            content = content_after
            number += 1
    return [*found, content], number


def _without_last_break(run: Run) -> Iterator[bytes]:
    """The lines of a run as the package writes them; the break behind the mark is the last."""
    last = b""
    for piece in run.coded():
        yield last
        last = piece.replace(b"\r", b"")
    yield last.rstrip(b"\n")
