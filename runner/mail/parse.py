"""A message as it came, taken apart without loss, or not at all.

What cannot be read as it was meant (a charset nobody knows, base64 cut off, a boundary that
never closes, a NUL byte) raises Unreadable: the message is then put aside whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import errors, policy
from email.message import EmailMessage
from typing import Any, cast

from .budget import TooMuch
from .fields import addresses, date_of, first_address, first_word, ids_of, text_of, whole
from .headers import parse_message
from .plaintext import plain_text

BROKEN = (
    errors.InvalidBase64CharactersDefect,
    errors.InvalidBase64LengthDefect,
    errors.InvalidBase64PaddingDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.CloseBoundaryNotFoundDefect,
    errors.NoBoundaryInMultipartDefect,
    errors.MultipartInvariantViolationDefect,
)
# What many programs write under the name of its subset.
SUPERSET = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "iso-8859-1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
}
REPLACEMENT = "\ufffd"
NAME_BYTES = 255
MISLEADING = frozenset(
    "/\\\x7f\x85\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Characters that lead to other folders, end lines, or turn text round: exe.jpg for gpj.exe."""


class Unreadable(Exception):
    """Something of the message would be lost; `parts` is what is known of it."""

    def __init__(self, reason: str, parts: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.parts = parts or {}


@dataclass(frozen=True, slots=True)
class Attached:
    """A part that is not the text."""

    name: str
    media_type: str
    content: bytes
    content_id: str | None = None
    """What HTML of the same message may call it by."""


@dataclass(slots=True)
class Parsed:
    """What mappings of mailboxes take from, and why the message is to be skipped, if so."""

    parts: dict[str, Any]
    attachments: list[Attached] = field(default_factory=list)
    skip: str | None = None


FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError),
    ValueError,
)
"""What the email package raises where a header or a part is like none that it was written for."""


def parse(raw: bytes, received: datetime) -> Parsed:
    """Take a message apart; Unreadable when that would lose something."""
    try:
        return _parse(raw, received)
    except TooMuch as error:
        raise Unreadable(str(error)) from error
    except FAULTS as error:
        raise Unreadable(f"it is no message: {type(error).__name__}: {error}"[:300]) from error


def _parse(raw: bytes, received: datetime) -> Parsed:
    message = parse_message(raw)
    parts: dict[str, Any] = _headers(message, received)
    if (reason := skip_reason(message)) is not None:
        return Parsed(parts, skip=reason)
    try:
        body = _Body()
        body.read(message)
    except Unreadable as error:
        raise Unreadable(str(error), parts) from error
    parts["text"], parts["html"] = "\n\n".join(body.texts), "\n".join(body.htmls)
    if "\0" in parts["text"] + parts["html"]:
        raise Unreadable("a NUL byte in the text", parts)
    if any(attached.content_id for attached in body.attachments):
        parts["content_ids"] = [attached.content_id for attached in body.attachments]
    return Parsed(parts, body.attachments)


def skip_reason(message: EmailMessage) -> str | None:
    """Why an answer could begin a loop; None for mail of people."""
    precedence = first_word(message, "precedence")
    returns_to = first_word(message, "return-path")
    if message.get_content_type() == "multipart/report" or returns_to == "<>":
        return "delivery report"
    if message["x-loop"] is not None:
        return "loop"
    if first_word(message, "auto-submitted") not in ("", "no"):
        return "auto-reply"
    if message["x-autoreply"] is not None or precedence == "auto_reply":
        return "auto-reply"
    if message["list-id"] is not None or precedence in ("bulk", "junk", "list"):
        return "list mail"
    return None


def _headers(message: EmailMessage, received: datetime) -> dict[str, str]:
    sender = first_address(message, "from")
    if sender is None:
        known = _clean({"subject": text_of(message, "subject")})
        raise Unreadable("no header names a sender", known)
    answer = first_address(message, "reply-to") or sender
    parts = {
        "subject": text_of(message, "subject"),
        "from_address": whole(sender.addr_spec).lower(),
        "from_name": whole(sender.display_name),
        "reply_address": whole(answer.addr_spec).lower(),
        "to": addresses(message, "to"),
        "cc": addresses(message, "cc"),
        "date": (date_of(message) or received).isoformat(),
        "received": received.isoformat(),
        "message_id": ids_of(message, "message-id"),
        "in_reply_to": ids_of(message, "in-reply-to"),
        "references": ids_of(message, "references"),
    }
    for name, value in parts.items():
        if "\0" in value:
            raise Unreadable(f"a NUL byte in {name}", _clean(parts))
    for name in ("subject", "from_address", "from_name", "reply_address"):
        if REPLACEMENT in parts[name]:
            raise Unreadable(f"the {name} is in a charset that it does not name", parts)
    return parts


class _Body:
    """Texts and attachments, collected in the order of the parts."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.htmls: list[str] = []
        self.attachments: list[Attached] = []

    def read(self, part: EmailMessage) -> None:
        _check(part)
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            self._alternative(part)
        elif part.get_content_maintype() == "multipart":
            for inner in part.iter_parts():
                self.read(cast(EmailMessage, inner))
        elif kind == "text/plain" and not part.is_attachment():
            self.texts.append(_decoded(part).strip("\n"))
        elif kind == "text/html" and not part.is_attachment():
            html = _decoded(part)
            self.htmls.append(html)
            self.texts.append(plain_text(html))
        else:
            self.attachments.append(_attached(part, len(self.attachments) + 1))

    def _alternative(self, part: EmailMessage) -> None:
        """One text in several forms: the plain one is the text, where there is one."""
        forms = []
        for inner in part.iter_parts():
            form = _Body()
            form.read(cast(EmailMessage, inner))
            forms.append((inner.get_content_type() == "text/plain", form))
            self.htmls += form.htmls
            self.attachments += form.attachments
        plain = [form for is_plain, form in forms if is_plain]
        for form in plain or [form for _, form in forms]:
            if any(form.texts):
                self.texts += form.texts
                break


def _check(part: EmailMessage) -> None:
    for defect in part.defects:
        if isinstance(defect, BROKEN):
            raise Unreadable(
                f"{part.get_content_type()}: {defect.__doc__ or type(defect).__name__}"
            )


def _payload(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    _check(part)  # decoding adds what it found wrong
    if not isinstance(content, bytes):
        raise Unreadable(f"{part.get_content_type()} holds no content")
    return content


def _decoded(part: EmailMessage) -> str:
    charset = (part.get_content_charset("us-ascii") or "us-ascii").lower()
    content = _payload(part)
    for name in (charset, SUPERSET.get(charset)):
        try:
            if name is not None:
                return content.decode(name).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise Unreadable(f"the charset {charset} is unknown") from error
    raise Unreadable(f"the text is not in its charset {charset}")


def _attached(part: EmailMessage, number: int) -> Attached:
    kind = part.get_content_type()
    if part.get_content_maintype() == "message":
        content = b"".join(_inner_messages(part))
        extension = "eml" if kind == "message/rfc822" else "txt"
    else:
        content = _payload(part)
        extension = part.get_content_subtype()
    name = whole(" ".join((part.get_filename() or f"attachment-{number}.{extension}").split()))
    if REPLACEMENT in name or "\0" in name:
        raise Unreadable("the name of an attachment is in a charset that it does not name")
    return Attached(
        _file_name(name) or f"attachment-{number}.{extension}",
        kind,
        content,
        ids_of(part, "content-id").replace("\0", "").strip("<> ") or None,
    )


def _file_name(name: str) -> str:
    """A name that leads nowhere and fits a file system; its suffix stays."""
    name = "".join("_" if char in MISLEADING or ord(char) < 32 else char for char in name)
    if not name.strip(". "):
        return ""
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > 20:
        stem, suffix = name, ""
    while len((stem + dot + suffix).encode()) > NAME_BYTES:
        stem = stem[:-1]
    return stem + (f".{suffix}" if suffix else "")


def _inner_messages(part: EmailMessage) -> Iterator[bytes]:
    payload = part.get_payload()
    if isinstance(payload, str):
        yield _payload(part)
        return
    for inner in cast(list[EmailMessage], payload):
        try:
            yield inner.as_bytes(policy=policy.compat32)
        except (ValueError, LookupError, errors.MessageError) as error:
            raise Unreadable(f"the attached message cannot be kept: {error}") from error


def _clean(parts: dict[str, str]) -> dict[str, str]:
    return {name: value.replace("\0", REPLACEMENT) for name, value in parts.items()}
