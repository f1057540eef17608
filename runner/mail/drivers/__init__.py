"""How messages are fetched: one small protocol, one driver a kind of server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .contract import Cursor, Driver, Fetched, Listing, MailboxUnreachable
from .maildir import Maildir


def _imap(definition: Mapping[str, Any], home: Path) -> Driver:
    from .imap import Imap

    return Imap(definition)


def _ews(definition: Mapping[str, Any], home: Path) -> Driver:
    try:
        from .ews import Ews
    except ImportError as error:
        raise MailboxUnreachable(
            f"the driver ews needs more packages: pip install 'pgears[exchange]' ({error})"
        ) from error
    return Ews(definition)


def _graph(definition: Mapping[str, Any], home: Path) -> Driver:
    from .graph import Graph

    return Graph(definition)


# Libraries of servers are imported by those who read from such a server.
DRIVERS: Mapping[str, Callable[[Mapping[str, Any], Path], Driver]] = {
    "maildir": Maildir,
    "imap": _imap,
    "ews": _ews,
    "graph": _graph,
}


def open_mailbox(definition: Mapping[str, Any], home: Path) -> Driver:
    """The driver of a mailbox; relative paths begin at home. It connects when it is used."""
    return DRIVERS[definition["driver"]](definition, home)


__all__ = [
    "DRIVERS",
    "Cursor",
    "Driver",
    "Fetched",
    "Listing",
    "MailboxUnreachable",
    "open_mailbox",
]
