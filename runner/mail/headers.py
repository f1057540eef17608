"""Messages as the email package parses them, with less work for what mailboxes are full of.

The package looks at each line of a body, and parses a header each time that it is asked for.
What comes out here is the same.
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
        *("content-type", "content-disposition", "content-transfer-encoding"),
    )
)
"""Headers whose values come again, within a message and in the next."""
LONGEST = 200
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
ENTITIES = re.compile(rb"(?i)\b(?:multipart|message)/")

_registry = HeaderRegistry()
_remembered = lru_cache(maxsize=512)(_registry)


def _header(name: str, value: str) -> Any:
    if len(value) < LONGEST and name.lower() in REPEATED:
        return _remembered(name, value)
    return _registry(name, value)


POLICY = policy.default.clone(header_factory=_header)


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
