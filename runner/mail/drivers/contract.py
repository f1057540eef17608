"""What every driver of a mailbox promises.

A reader lists, fetches and stores, commits, and only then calls `after_read`: each of the
calls may be repeated after a crash and must then do no harm. All of them may block: they are
called in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class MailboxUnreachable(Exception):
    """The mailbox cannot be read now; the next turn tries again."""


class Driver(Protocol):
    """One mailbox, open for one turn of reading."""

    lists_read: bool
    """`keys` gives messages that were read, too: the reader leaves out those that it has."""

    def keys(self) -> Sequence[str]:
        """Keys of the messages there are, oldest first."""

    def fetch(self, key: str) -> bytes | None:
        """A message as it came; None when it is gone."""

    def after_read(self, key: str) -> None:
        """Do with a stored message what the mailbox says; nothing when it is gone."""
