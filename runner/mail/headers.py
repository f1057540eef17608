"""Messages as the email package parses and makes them, with less work for what all of them have.

The package looks at each line of a body, and parses a header each time that it is set or
asked for. What comes out here is the same.
"""

from __future__ import annotations

import re
from email import policy
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.parser import BytesParser
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
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
ENTITIES = re.compile(rb"(?i)\b(?:multipart|message)/")


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


HEADERS = Remembering()
POLICY = policy.default.clone(header_factory=HEADERS)


def parse_message(raw: bytes) -> EmailMessage:
    """The message, like BytesParser.parsebytes() with the default policy."""
    return _without_parts(raw) or BytesParser(policy=POLICY).parsebytes(raw)


def _without_parts(raw: bytes) -> EmailMessage | None:
    """A message that is one text or file: its body is what follows the headers."""
    blank = BLANK_LINE.search(raw)
    if blank is None:
        return None
    head = raw[: blank.end()]
    if ENTITIES.search(head) or b"\r" in head.replace(b"\r\n", b""):
        return None
    message = BytesParser(policy=POLICY).parsebytes(head)
    if message.defects or message.get_payload() != "":
        return None
    message.set_payload(raw[blank.end() :].decode("ascii", "surrogateescape"))
    return message


def plain_value(message: EmailMessage, header: str) -> str:
    """The value of a header of plain text, decoded; empty without the header."""
    lower = header.lower()
    value = next((value for name, value in message.raw_items() if name.lower() == lower), "")
    if isinstance(value, str) and value.isascii() and "=?" not in value:
        return value
    return str(message.get(header, ""))
