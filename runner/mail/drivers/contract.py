"""What every driver of a mailbox promises.

A reader lists, fetches and stores, commits, only then calls `after_read`, and keeps the
cursor of the listing last of all: each of the calls may be repeated after a crash and must
then do no harm. All of them may block: they are called in a thread, one at a time, but for
`cut`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Protocol

Cursor = Mapping[str, Any]

LARGE = 2 * 1024 * 1024
"""Bytes from which on a message goes through a file, where its server gives it in pieces."""
PIECE = 1024 * 1024


class MailboxUnreachable(Exception):
    """The mailbox cannot be read now; a later turn tries again, `after` seconds at the soonest."""

    def __init__(self, message: str, after: float | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.after = after
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Listing:
    """Messages that may be new."""

    keys: Sequence[str]
    """Oldest first. The reader leaves out those that it has and has told the server of."""
    cursor: Cursor | None = None
    """Where to list from once all keys are stored; None for drivers that list everything."""
    more: bool = False
    """There are more messages behind the cursor."""
    epoch: str | None = None
    """Folder and numbering that the keys belong to, where a server may number anew."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as it came, or why it could not be had; neither when it is gone."""

    key: str
    raw: bytes | IO[bytes] | None = None
    """A large one is a temporary file, which whoever takes it closes."""
    error: str | None = None

    @property
    def size(self) -> int:
        """Bytes of it."""
        if self.raw is None or isinstance(self.raw, bytes):
            return len(self.raw or b"")
        return self.raw.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Let go of a file."""
        if self.raw is not None and not isinstance(self.raw, bytes):
            self.raw.close()


class Driver(Protocol):
    """One mailbox, open for one turn of reading."""

    secret_expires: datetime | None
    """When the refresh token ends, if its server said so in this turn."""

    def listing(self, cursor: Cursor | None, limit: int) -> Listing:
        """Messages after the cursor, about as many as the limit."""

    def fetch(self, keys: Sequence[str]) -> Iterator[Fetched]:
        """Each message in turn; what is wrong with one does not stop the rest."""

    def after_read(self, keys: Sequence[str]) -> None:
        """Do with stored messages what the mailbox says; nothing with those that are gone."""

    def close(self) -> None:
        """End the connection; never raises what a lost connection raises."""

    def cut(self) -> None:
        """Drop the connection from another thread, so that what waits on it ends."""
