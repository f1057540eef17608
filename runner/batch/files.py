"""Files as they come: opened, unpacked and measured, never held in memory whole.

What unpacks to far more than it is worth is refused while it is read: nothing that a file
says about its own size is believed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from pathlib import Path
from typing import BinaryIO

from ..errors import UserError

CHUNK = 1 << 20
BOMB_BYTES = 100 * CHUNK
"""Unpacked bytes from which the ratio is looked at."""
BOMB_RATIO = 200
"""No honest table is packed as tightly as that."""


class BadFile(UserError):
    """The file as a whole cannot be read as its import says."""


def measure(path: Path) -> tuple[int, bytes]:
    """Size and SHA-256 of a file."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.digest()


class Source(io.RawIOBase):
    """The unpacked bytes of a file; counts the packed ones for the progress."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        packed = self.file.read(2) == b"\x1f\x8b"
        self.file.seek(0)
        self.stream: BinaryIO = gzip.GzipFile(fileobj=self.file) if packed else self.file  # type: ignore[assignment]
        self.packed = packed
        self.unpacked = 0

    @property
    def consumed(self) -> int:
        """Bytes of the file itself that were read."""
        return self.file.tell()

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read some bytes; raises BadFile for broken or hostile packing."""
        try:
            data = self.stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadFile(f"the file is not whole: {error}") from error
        self.unpacked += len(data)
        if self.packed and self.unpacked > max(BOMB_BYTES, BOMB_RATIO * self.consumed):
            raise BadFile(f"the file unpacks to more than {BOMB_RATIO} times its size")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file."""
        self.file.close()
        super().close()


def open_source(path: Path) -> tuple[Source, io.BufferedReader]:
    """A file and its buffered, unpacked bytes."""
    source = Source(path)
    return source, io.BufferedReader(source, CHUNK)
