"""Parsed headers, made once where their values come again: within a message and in the next.

The email package parses a header each time that it is set or asked for.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import (
    Address,
    HeaderRegistry,
    UniqueAddressHeader,
    UnstructuredHeader,
)
from email.policy import Policy
from functools import lru_cache
from typing import Any

REPEATED = frozenset(
    (
        *("from", "to", "cc", "reply-to"),
        *("content-type", "content-disposition", "content-transfer-encoding", "mime-version"),
    )
)
"""Headers whose values come again, within a message and in the next."""
LONGEST = 200


class Remembering(HeaderRegistry):
    """Makes parsed headers, those whose values come again once."""

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[str, Any] = {}
        self._remembered = lru_cache(maxsize=512)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        """The class of a header; the package makes it anew each time."""
        if name.lower() not in self.registry:
            return self._kind("")
        return self._kind(name.lower())

    def _kind(self, name: str) -> Any:
        if name not in self._kinds:
            self._kinds[name] = super().__getitem__(name)
        return self._kinds[name]

    def __call__(self, name: str, value: Any) -> Any:
        """A parsed header."""
        if type(value) is str and len(value) < LONGEST and name.lower() in REPEATED:
            return self._remembered(name, value)
        return super().__call__(name, value)


class Ids(UnstructuredHeader):
    """Message-IDs: each whole, however long, where the package writes long words encoded."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """One id a line."""
        text = str(self)
        if not text.isascii():
            return super().fold(policy=policy)  # type: ignore[misc,no-any-return]
        return f"{self.name}: " + f"{policy.linesep} ".join(text.split()) + policy.linesep


class People(UniqueAddressHeader):
    """Addresses, with commas between them that stay commas: the package encodes some of them."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """One address a line."""
        if any(group.display_name is not None for group in self.groups):
            return super().fold(policy=policy)  # type: ignore[misc,no-any-return]
        utf8 = bool(getattr(policy, "utf8", False))
        shown = [_shown(address, utf8, policy.linesep) for address in self.addresses]
        return f"{self.name}: " + f",{policy.linesep} ".join(shown) + policy.linesep


def _shown(address: Address, utf8: bool, linesep: str) -> str:
    name = address.display_name
    if (utf8 or name.isascii()) and len(str(address)) < LONGEST:
        return str(address)
    words = Header(name, "utf-8", maxlinelen=66).encode(linesep=linesep)
    return f"{words}{linesep} <{address.addr_spec}>"


HEADERS = Remembering()
for _name in ("from", "to", "cc", "bcc", "reply-to"):
    HEADERS.map_to_type(_name, People)  # type: ignore[arg-type]  # the registry adds the rest
for _name in ("in-reply-to", "references"):
    HEADERS.map_to_type(_name, Ids)  # type: ignore[arg-type]
