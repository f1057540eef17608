"""A stored mail as the bytes that go over the wire.

Recipients of blind copies and of the audit are no part of what comes in here for SMTP, so no
header can name them. Graph takes recipients from the headers, and takes "bcc" out itself.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from encodings.idna import ToASCII
from typing import IO, Any
from unicodedata import normalize

from .inline import Attachment, Picture, embed
from .remembering import HEADERS

# 7bit: a server that takes no 8-bit text (8BITMIME) gets none, and none changes a signed mail.
ASCII = SMTP.clone(header_factory=HEADERS, cte_type="7bit")
UTF8 = SMTPUTF8.clone(header_factory=HEADERS, cte_type="7bit")
ADDRESSES = ("from", "to", "cc", "reply-to")
PLAIN = re.compile(r"[!-~](?:[ -~]{0,58}[!-~])?")
"""A header value that needs neither encoding nor folding."""
CONTENT = ("content-type", "content-transfer-encoding", "mime-version")
LABELS = re.compile("[.\u3002\uff0e\uff61]")
LETTERS = frozenset("ßς")
PRIORITIES = {"high": ("1", "high"), "low": ("5", "low")}


class Unsendable(Exception):
    """A stored mail that cannot be put into the form of a message."""


@dataclass(slots=True)
class Content:
    """What goes over the wire: in memory, or in a temporary file with its dots doubled."""

    size: int
    needs_utf8: bool
    whole: bytes | None = None
    file: IO[bytes] | None = None

    async def chunks(self, length: int) -> AsyncIterator[bytes]:
        """The bytes of the file, piece by piece."""
        assert self.file is not None
        self.file.seek(0)
        while chunk := self.file.read(length):
            yield chunk

    def close(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            self.file.close()


def wire_address(address: str) -> str:
    """The address as servers know it: international domains in their ASCII form."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{'.'.join(map(_ascii_label, LABELS.split(domain)))}"
    except UnicodeError as error:
        raise Unsendable(f"the domain of {address} has no ASCII form") from error


def _ascii_label(label: str) -> str:
    """As of IDNA 2008, which knows names with "ß" and "ς": the library takes others for them."""
    if label.isascii():
        if not label:
            raise UnicodeError("empty label")
        return label
    if not LETTERS & set(label.lower()):
        return ToASCII(label).decode("ascii")
    written = "xn--" + normalize("NFC", label.lower()).encode("punycode").decode("ascii")
    if len(written) > 63:
        raise UnicodeError("label too long")
    return written


def build(mail: Mapping[str, Any], attachments: Iterable[Attachment] = ()) -> EmailMessage:
    """The message of a stored mail; Message-ID and Date are those it was stored with."""
    try:
        return _build(mail, attachments)
    except (ValueError, MessageError) as error:
        raise Unsendable(f"not a valid message: {error}") from error


def content_of(message: EmailMessage) -> Content:
    """The content of a message that fits into memory."""
    utf8 = needs_utf8(message)
    whole = to_bytes(message, utf8=utf8)
    return Content(len(whole), utf8, whole=whole)


def needs_utf8(message: EmailMessage) -> bool:
    """Whether an address has a local part that ASCII cannot say."""
    return any(
        not address.username.isascii()
        for name, raw in message.raw_items()
        if name.lower() in ADDRESSES and not str(raw).isascii()
        for value in message.get_all(name, [])
        for address in value.addresses
    )


def to_bytes(message: EmailMessage, *, utf8: bool) -> bytes:
    """The bytes, lines ended by CRLF; utf8 needs a server with SMTPUTF8."""
    return message.as_bytes(policy=UTF8 if utf8 else ASCII)


def _build(mail: Mapping[str, Any], attachments: Iterable[Attachment]) -> EmailMessage:
    message = EmailMessage(policy=UTF8)
    _set(message, "From", _address(mail["from"]))
    _set(message, "Date", format_datetime(datetime.fromisoformat(mail["date"])))
    _set(message, "Message-ID", mail["message_id"])
    for header, key in (("To", "to"), ("Cc", "cc"), ("Reply-To", "reply_to")):
        if mail[key]:
            _set(message, header, _addresses(mail[key]))
    if mail.get("bcc"):
        _set(message, "Bcc", _addresses(mail["bcc"]))
    elif not mail["to"] and not mail["cc"]:
        _set(message, "To", "undisclosed-recipients:;")
    _set(message, "Subject", mail["subject"])
    if mail["in_reply_to"]:
        _set(message, "In-Reply-To", mail["in_reply_to"])
        _set(message, "References", mail["in_reply_to"])
    if mail["priority"] in PRIORITIES:
        priority, importance = PRIORITIES[mail["priority"]]
        _set(message, "X-Priority", priority)
        _set(message, "Importance", importance)
    if mail["automatic"]:
        _set(message, "Auto-Submitted", "auto-generated")
        _set(message, "X-Auto-Response-Suppress", "All")
    _set(message, "X-Loop", mail["from"]["address"])

    message.set_content(mail["body"])
    _unparsed(message)
    if mail["html"]:
        html, pictures, attachments = embed(mail["html"], mail["message_id"], attachments)
        message.add_alternative(html, subtype="html")
        _add_pictures(message, pictures)
    for attachment in attachments:
        main, sub = media_type(attachment.media_type)
        message.add_attachment(
            attachment.content, maintype=main, subtype=sub, filename=attachment.name
        )
    return message


def _add_pictures(message: EmailMessage, pictures: Iterable[Picture]) -> None:
    """The HTML with its pictures is one form of the text, the plain text the other."""
    shown = message.get_body(("html",))
    for picture in pictures:
        assert shown is not None
        main, sub = media_type(picture.attachment.media_type)
        shown.add_related(
            picture.attachment.content,
            maintype=main,
            subtype=sub,
            cid=f"<{picture.cid}>",
            disposition="inline",
            filename=picture.attachment.name,
        )


def _set(message: EmailMessage, name: str, value: str | Address | tuple[Address, ...]) -> None:
    """Add a header; a plain one is not parsed, which is most of the work of a mail."""
    text = _plain(value)
    if text is not None and PLAIN.fullmatch(text):
        message.set_raw(name, text)
    else:
        message[name] = value


def _unparsed(message: EmailMessage) -> None:
    """Leave headers of a text as they are: parsed ones are folded anew, which is much work."""
    for name, value in list(message.raw_items()):
        if name.lower() in CONTENT and PLAIN.fullmatch(str(value)):
            del message[name]
            message.set_raw(name, str(value))


def _plain(value: str | Address | tuple[Address, ...]) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, Address):
        return None if value.display_name else value.addr_spec
    return _plain(value[0]) if len(value) == 1 else None


def media_type(value: str) -> tuple[str, str]:
    """Type and subtype of a file; what is no type of a single part goes as bytes."""
    main, _, sub = value.partition("/")
    if main in ("multipart", "message") or not sub:
        return "application", "octet-stream"
    return main, sub


def _addresses(entries: Sequence[Mapping[str, str | None]]) -> tuple[Address, ...]:
    return tuple(_address(entry) for entry in entries)


def _address(entry: Mapping[str, str | None]) -> Address:
    local, _, domain = wire_address(entry["address"] or "").rpartition("@")
    return Address(entry["name"] or "", local, domain)
