"""Delivery reports (RFC 3464): which mail of ours they speak of, and what became of it."""

from __future__ import annotations

import re
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

from .headers import parse_message

MESSAGE_ID = re.compile(r"<[^<>\s]+>")
HEADERS_OF = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
STATUS = ("message/delivery-status", "message/global-delivery-status")
MOST = 1_000


def read_report(raw: bytes) -> dict[str, Any] | None:
    """Message-ID of the mail reported about, and recipients with action, status, diagnostic.

    None for what is no delivery report, or names no mail.
    """
    report = parse_message(raw)
    if report.get_content_type() != "multipart/report":
        return None
    message_id: str | None = None
    recipients: list[dict[str, str]] = []
    for part in report.iter_parts():
        kind = part.get_content_type()
        if kind in STATUS:
            recipients += _recipients(part)
        elif kind in HEADERS_OF:
            message_id = message_id or _original(part)
    if message_id is None or not recipients:
        return None
    return {"message_id": message_id, "recipients": recipients[:MOST]}


def _original(part: Message) -> str | None:
    """Message-ID in the headers, or the whole, of the mail that comes back."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        headers: Message = payload[0]
    else:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            return None
        headers = BytesHeaderParser(policy=policy.compat32).parsebytes(content.lstrip())
    found = MESSAGE_ID.search(str(headers.get("message-id", "")))
    return found.group() if found else None


def _recipients(part: Message) -> list[dict[str, str]]:
    """Groups of fields, one for each recipient; the first group is about the report itself."""
    payload = part.get_payload()
    if isinstance(payload, list):
        groups = [group for group in payload if isinstance(group, Message)]
    else:
        content = part.get_payload(decode=True)
        text = content if isinstance(content, bytes) else b""
        parser = BytesHeaderParser(policy=policy.compat32)
        groups = [parser.parsebytes(group) for group in re.split(rb"\r?\n\r?\n", text)]
    return [
        {
            "address": _typed(group, "final-recipient"),
            "original": _typed(group, "original-recipient"),
            "action": _field(group, "action").lower(),
            "status": _field(group, "status"),
            "diagnostic": _typed(group, "diagnostic-code"),
        }
        for group in groups
        if group.get("final-recipient") or group.get("original-recipient")
    ]


def _field(group: Message, name: str) -> str:
    return " ".join(str(group.get(name, "")).replace("\0", "").split())[:500]


def _typed(group: Message, name: str) -> str:
    """A value after its type, such as `rfc822; ann@a.example`."""
    value = _field(group, name)
    return value.partition(";")[2].strip() if ";" in value else value
