"""Messages as the email package parses and makes them, with less work for what all of them have.

The package looks at each line of a body, and parses a header each time that it is set or
asked for. What comes out here is the same.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.parser import BytesParser
from typing import cast

from .budget import incoming

BLANK_LINE = re.compile(rb"\r?\n\r?\n")
ENTITIES = re.compile(rb"(?i)\b(?:multipart|message)/")


def parse_message(raw: bytes) -> EmailMessage:
    """The message, like BytesParser.parsebytes() with the default policy; TooMuch of it."""
    return _without_parts(raw) or _parsed(raw)


def _parsed(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, BytesParser(policy=incoming()).parsebytes(raw))


def _without_parts(raw: bytes) -> EmailMessage | None:
    """A message that is one text or file: its body is what follows the headers."""
    blank = BLANK_LINE.search(raw)
    if blank is None:
        return None
    head = raw[: blank.end()]
    if ENTITIES.search(head) or b"\r" in head.replace(b"\r\n", b""):
        return None
    message = _parsed(head)
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
