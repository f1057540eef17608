"""Headers of a message as texts, addresses and times; what cannot be decoded shows as U+FFFD."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses

from .headers import plain_value

LONG = 16_384
SPECIAL = frozenset('()<>[]:;@\\,."')


def first_address(message: EmailMessage, header: str) -> Address | None:
    """The first address that somebody can be written to by."""
    found = getattr(message[header], "addresses", ())
    return next((address for address in found if address.addr_spec not in ("", "<>")), None)


def addresses(message: EmailMessage, header: str) -> str:
    """All addresses of all headers of the name, separated by semicolons."""
    found: list[str] = []
    for name, value in message.raw_items():
        if name.lower() != header:
            continue
        if len(value) > LONG:
            found += _of_many(str(value))
        else:
            parsed = message.policy.header_fetch_parse(name, value)
            found += [whole(str(address)) for address in getattr(parsed, "addresses", ())]
    return "; ".join(found)


def _of_many(value: str) -> Iterator[str]:
    """Addresses of a long header, by a parser whose work does not grow with the square."""
    for name, address in getaddresses([value]):
        shown = str(make_header(decode_header(name)))
        if any(char in SPECIAL for char in shown):
            shown = '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
        yield whole(" ".join(f"{shown} <{address}>".split()) if shown else address)


def text_of(message: EmailMessage, header: str) -> str:
    """A header of plain text in one line."""
    return whole(" ".join(plain_value(message, header).split()))


def ids_of(message: EmailMessage, header: str) -> str:
    """Message-IDs as they were written: the parser of the library stumbles over empty ones."""
    found = (value for name, value in message.raw_items() if name.lower() == header)
    return whole(" ".join(str(next(found, "")).split()))


def whole(text: str) -> str:
    """Bytes of a header that were not encoded are taken for UTF-8, else replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def first_word(message: EmailMessage, header: str) -> str:
    """First word of a header in lower case, without comments and parameters."""
    words = plain_value(message, header).lower().replace(";", " ").replace("(", " ").split()
    return words[0] if words else ""


def date_of(message: EmailMessage) -> datetime | None:
    """When the sender says that it was written; None for what is no time."""
    try:
        value: datetime | None = getattr(message.get("date"), "datetime", None)
    except (ValueError, OverflowError):  # a year that no calendar has
        return None
    if value is not None and value.tzinfo is None:
        return value.astimezone()  # "-0000": a time without a place
    return value
