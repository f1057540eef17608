"""A stored mail as the bytes that go over the wire.

Recipients of blind copies and of the audit are no part of what comes in here, so no header
can name them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import IO, Any

PRIORITIES = {"high": ("1", "high"), "low": ("5", "low")}


class Unsendable(Exception):
    """A stored mail that cannot be put into the form of a message."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes


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
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Unsendable(f"the domain of {address} has no ASCII form") from error


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
        for header in ("from", "to", "cc", "reply-to")
        for value in message.get_all(header, [])
        for address in value.addresses
    )


def to_bytes(message: EmailMessage, *, utf8: bool) -> bytes:
    """The bytes, lines ended by CRLF; utf8 needs a server with SMTPUTF8."""
    return message.as_bytes(policy=SMTPUTF8 if utf8 else SMTP)


def _build(mail: Mapping[str, Any], attachments: Iterable[Attachment]) -> EmailMessage:
    message = EmailMessage(policy=SMTPUTF8)
    message["From"] = _address(mail["from"])
    message["Date"] = datetime.fromisoformat(mail["date"])
    message["Message-ID"] = mail["message_id"]
    for header, key in (("To", "to"), ("Cc", "cc"), ("Reply-To", "reply_to")):
        if mail[key]:
            message[header] = _addresses(mail[key])
    if not mail["to"] and not mail["cc"]:
        message["To"] = "undisclosed-recipients:;"
    message["Subject"] = mail["subject"]
    if mail["in_reply_to"]:
        message["In-Reply-To"] = message["References"] = mail["in_reply_to"]
    if mail["priority"] in PRIORITIES:
        message["X-Priority"], message["Importance"] = PRIORITIES[mail["priority"]]
    if mail["automatic"]:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message["X-Loop"] = mail["from"]["address"]

    message.set_content(mail["body"])
    if mail["html"]:
        message.add_alternative(mail["html"], subtype="html")
    for attachment in attachments:
        main, sub = media_type(attachment.media_type)
        message.add_attachment(
            attachment.content, maintype=main, subtype=sub, filename=attachment.name
        )
    return message


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
