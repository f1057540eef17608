"""How messages are fetched: one small protocol, one driver a kind of server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .contract import Driver, MailboxUnreachable
from .maildir import Maildir

DRIVERS: Mapping[str, Callable[[Mapping[str, Any], Path], Driver]] = {"maildir": Maildir}


def open_mailbox(definition: Mapping[str, Any], home: Path) -> Driver:
    """The driver of a mailbox; relative paths begin at home."""
    return DRIVERS[definition["driver"]](definition, home)


__all__ = ["DRIVERS", "Driver", "MailboxUnreachable", "open_mailbox"]
