"""The messages: made by code, so that every byte that matters can be seen.

`python -m tests.mails.hostile.messages` writes the table of README.md.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Outcome = Literal["record", "quarantined", "skipped"]


@dataclass(frozen=True)
class Odd:
    """One message."""

    name: str
    reason: str
    outcome: Outcome
    make: Callable[[], bytes]


ALL: list[Odd] = []


def head(*more: str, sender: str = "Ann <ann@a.example>", subject: str | None = "odd") -> bytes:
    """Headers that are right, and more."""
    lines = [f"From: {sender}", "To: support@example.test", "Date: Mon, 05 Jan 2026 10:00:00 +0000"]
    if subject is not None:
        lines.append(f"Subject: {subject}")
    if not any(line.lower().startswith("message-id") for line in more):
        lines.append("Message-ID: <odd@a.example>")
    return "\r\n".join([*lines, *more]).encode("utf-8", "surrogateescape") + b"\r\n"


def plain(body: bytes = b"hello\r\n", *more: str, **parts: str | None) -> bytes:
    """A message with headers and a body."""
    return head(*more, **parts) + b"\r\n" + body  # type: ignore[arg-type]


def parts(*inner: bytes, kind: str = "mixed", close: bool = True, boundary: str = "B") -> bytes:
    """A multipart message; each inner part has its own headers."""
    mark = boundary.encode()
    body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in inner)
    end = b"--" + mark + b"--\r\n" if close else b""
    return plain(
        body + end, "MIME-Version: 1.0", f'Content-Type: multipart/{kind}; boundary="{boundary}"'
    )


def text(words: bytes = b"hello", kind: str = "plain", charset: str = "utf-8") -> bytes:
    """A part with text."""
    return f"Content-Type: text/{kind}; charset={charset}\r\n\r\n".encode() + words


def file(name: str, content: bytes = b"data", kind: str = "application/octet-stream") -> bytes:
    """A part with a file."""
    return (
        f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.b64encode(content)


def odd(name: str, reason: str, outcome: Outcome, content: bytes | Callable[[], bytes]) -> None:
    """Add a message."""
    make = content if callable(content) else lambda: content
    ALL.append(Odd(name, reason, outcome, make))


def nested(depth: int) -> bytes:
    """Messages in messages."""
    content = plain(b"innermost\r\n")
    for _ in range(depth):
        content = plain(content, "MIME-Version: 1.0", "Content-Type: message/rfc822")
    return content


def deep(depth: int) -> bytes:
    """Multiparts in multiparts."""
    content = text()
    for level in range(depth):
        mark = f"L{level}".encode()
        content = (
            b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n--' + mark + b"\r\n"
            + content + b"\r\n--" + mark + b"--\r\n"
        )  # fmt: skip
    return head("MIME-Version: 1.0") + content


def large(megabytes: int) -> bytes:
    """A body of this size in lines."""
    return plain((b"x" * 70 + b"\r\n") * (megabytes * 1024 * 1024 // 72))


def large_file(megabytes: int) -> bytes:
    """A file of this size, in base64 of one line each 57 bytes."""
    content = base64.encodebytes(b"\x00\x01\x02" * (megabytes * 1024 * 1024 // 3))
    attached = (
        b'Content-Type: application/zip\r\nContent-Disposition: attachment; filename="big.zip"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return parts(text(), attached + content)


# fmt: off
# Headers
odd("no-message-id", "no Message-ID: nothing may be keyed by it", "record",
    plain(b"x\r\n", "message-id:"))
odd("empty-message-id", "Message-ID without an id", "record", plain(b"x\r\n", "Message-ID: <>"))
odd("message-id-in-two-lines", "folded Message-ID", "record",
    plain(b"x\r\n", "Message-ID:\r\n <folded@a.example>"))
odd("endless-message-id", "Message-ID longer than the column", "quarantined",
    plain(b"x\r\n", f"Message-ID: <{'m' * 1200}@a.example>"))
odd("two-message-ids", "the header twice", "record",
    plain(b"x\r\n", "Message-ID: <one@a.example>", "Message-ID: <two@a.example>"))
odd("no-subject", "no Subject: the default of the column", "record", plain(subject=None))
odd("empty-subject", "empty Subject", "record", plain(subject=""))
odd("subject-of-spaces", "Subject of spaces", "record", plain(subject="   "))
odd("endless-subject", "a Subject of 5,000 letters breaks the limit of the column", "quarantined",
    plain(subject="s" * 5000))
odd("two-subjects", "Subject twice: the first counts", "record",
    plain(b"x\r\n", "Subject: second"))
odd("raw-utf8-subject", "8-bit header in UTF-8 that nobody announced", "record",
    plain(subject="Grüße, žluťoučký"))
odd("raw-latin1-subject", "8-bit header in a charset that is not said", "quarantined",
    head(subject=None) + b"Subject: Gr\xfc\xdfe\r\n\r\nx\r\n")
odd("encoded-word-of-unknown-charset", "=?x-unknown?..?= in the Subject", "quarantined",
    plain(subject="=?x-unknown?Q?caf=E9?="))
odd("encoded-word-broken", "base64 of an encoded word cut off", "record",
    plain(subject="=?utf-8?B?SGVsbG8?= =?utf-8?B?4?="))
odd("encoded-word-with-line-break", "a decoded Subject with CR LF and a forged header", "record",
    plain(subject="=?utf-8?Q?hi=0D=0ABcc:_evil@e.example?="))
odd("nul-in-subject", "NUL in a header", "quarantined",
    head(subject=None) + b"Subject: a\x00b\r\n\r\nx\r\n")
odd("encoded-nul-in-subject", "NUL in an encoded word", "quarantined",
    plain(subject="=?utf-8?Q?a=00b?="))
odd("rtl-subject", "right-to-left override in the Subject", "record",
    plain(subject="\u202egpj.exe"))
odd("emoji-subject", "letters beyond the basic plane, and joiners", "record",
    plain(subject="👩‍👩‍👧‍👦 𝔘𝔫𝔦"))
odd("long-header-line", "a header line of 100,000 bytes", "record",
    plain(b"x\r\n", "X-Long: " + "y" * 100_000))
odd("thousand-headers", "5,000 Received headers", "record",
    plain(b"x\r\n", *(f"Received: from h{i} by h{i + 1}; x" for i in range(5000))))
odd("subject-of-words", "200 KB of encoded words: parsing them would take 2 GB", "quarantined",
    plain(subject="=?utf-8?q?a?= " * 16_000))
odd("sender-of-quotes", "100 KB of quotes: parsing them would take minutes", "quarantined",
    plain(sender='"' * 100_000 + " <ann@a.example>"))
odd("endless-parameters", "a Content-Type of 100,000 semicolons", "quarantined",
    plain(b"x\r\n", "Content-Type: text/plain" + ";" * 100_000))
odd("million-headers", "150,000 headers", "quarantined", plain(b"x\r\n", *["a: b"] * 150_000))
odd("header-without-colon", "a line in the head that is no header", "record",
    head() + b"this is no header\r\n\r\nx\r\n")
odd("header-beginning-with-space", "the head begins with a continuation", "record",
    b" continued\r\n" + plain())
odd("bad-date", "a Date that is none: the time of arrival counts", "record",
    plain().replace(b"Mon, 05 Jan 2026 10:00:00 +0000", b"yesterday at noon"))
odd("date-of-year-zero", "a day that no calendar has", "record",
    plain().replace(b"Mon, 05 Jan 2026 10:00:00 +0000", b"Mon, 00 Jan 0000 99:99:99 +9999"))
odd("date-far-ahead", "the year 9999 west of Greenwich", "record",
    plain().replace(b"Mon, 05 Jan 2026 10:00:00 +0000", b"Fri, 31 Dec 9999 23:59:59 -1200"))
odd("no-date", "no Date", "record", plain().replace(b"Date:", b"X-Date:"))
odd("no-from", "nobody to answer to", "quarantined", plain().replace(b"From:", b"X-From:"))
odd("from-empty", "an empty From", "quarantined", plain(sender=""))
odd("from-group", "From is a group without members", "quarantined",
    plain(sender="undisclosed-recipients:;"))
odd("from-two", "two senders: the first counts", "record",
    plain(sender="Ann <ann@a.example>, Bob <bob@b.example>"))
odd("from-quoted-at", "a quoted local part with an @", "record",
    plain(sender='"ann@home" <"ann@home"@a.example>'))
odd("from-with-angle-brackets", "a display name that looks like an address", "record",
    plain(sender='"boss@corp.example" <evil@e.example>'))
odd("from-broken", "an address without an end", "record", plain(sender="Ann <ann@a.example"))
odd("from-endless", "an address longer than the column", "quarantined",
    plain(sender=f"<{'a' * 600}@a.example>"))
odd("to-ten-thousand", "10,000 recipients", "record",
    plain(b"x\r\n", "Cc: " + ",\r\n ".join(f"u{i}@a.example" for i in range(10_000))))

# Bodies
odd("empty", "no byte at all", "quarantined", b"")
odd("only-line-ends", "line ends and nothing else", "quarantined", b"\r\n\r\n\r\n")
odd("no-body", "a head that ends the message", "record", head().rstrip(b"\r\n"))
odd("only-body", "a text without a head", "quarantined", b"hello there\r\nthis is all\r\n")
odd("bare-cr", "lines that end with CR alone in the text", "record", plain(b"one\rtwo\rthree\r"))
odd("bare-lf", "lines that end with LF alone", "record", plain().replace(b"\r\n", b"\n"))
odd("mixed-line-ends", "CR LF, LF and CR together", "record", plain(b"a\r\nb\nc\rd\r\n"))
odd("nul-in-body", "NUL in the text", "quarantined", plain(b"a\x00b\r\n"))
odd("control-characters", "bell, escape and backspace in the text", "record",
    plain(b"a\x07b\x1b[31mc\x08\r\n"))
odd("mbox-from", "a line From_ of an mbox before the head", "record",
    b"From ann@a.example Mon Jan  5 10:00:00 2026\r\n" + plain())
odd("binary-body", "all 256 bytes as text", "quarantined", plain(bytes(range(256))))
odd("unknown-charset", "a charset that nobody knows", "quarantined",
    plain(b"hello\r\n", "Content-Type: text/plain; charset=x-klingon"))
odd("wrong-charset", "UTF-8 is said, Latin-1 is meant", "quarantined",
    plain(b"caf\xe9\r\n", "Content-Type: text/plain; charset=utf-8"))
odd("charset-with-quotes", "a charset in broken quotes", "record",
    plain(b"hello\r\n", 'Content-Type: text/plain; charset="utf-8'))
odd("charset-codec-of-python", "a charset that names a codec for bytes", "quarantined",
    plain(b"hello\r\n", "Content-Type: text/plain; charset=hex"))
odd("utf7", "UTF-7, with which filters are deceived", "record",
    plain(b"+ADw-script+AD4-\r\n", "Content-Type: text/plain; charset=utf-7"))
odd("bad-base64", "base64 with other letters in it", "quarantined",
    plain(b"!!!!not base64!!!!\r\n", "Content-Transfer-Encoding: base64"))
odd("base64-cut-off", "base64 that ends in the middle", "quarantined",
    plain(b"SGVsbG8gd29ybGQhIQ", "Content-Transfer-Encoding: base64"))
odd("bad-quoted-printable", "= before what is no number", "record",
    plain(b"a=ZZb=\r\nc=\r\n", "Content-Transfer-Encoding: quoted-printable"))
odd("unknown-encoding", "a transfer encoding that nobody knows", "record",
    plain(b"hello\r\n", "Content-Transfer-Encoding: x-own"))
odd("uuencoded", "a file in the text as of 1990", "record",
    plain(b"begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n"))
odd("content-type-nonsense", "a Content-Type that is none", "record",
    plain(b"hello\r\n", "Content-Type: //;;=x"))
odd("html-only", "HTML alone: its text is the text", "record",
    plain(b"<p>hello<script>alert(1)</script>", "Content-Type: text/html"))
odd("html-deep", "5,000 elements in one another", "record",
    plain(b"<div>" * 5000 + b"x", "Content-Type: text/html"))
odd("html-of-blanks", "500,000 elements with a space each", "record",
    plain(b"<b> </b>" * 500_000, "Content-Type: text/html"))
odd("html-broken", "tags that never end", "record",
    plain(b"<p <b <i>x</p <!-- never ends", "Content-Type: text/html"))
odd("body-of-60-MB", "a text of 60 MB", "record", lambda: large(60))
odd("one-line-of-5-MB", "a text of one line", "record", lambda: plain(b"y" * 5_000_000))

# Parts
odd("boundary-missing", "multipart without a boundary", "quarantined",
    plain(b"--B\r\n\r\nx\r\n--B--\r\n", "Content-Type: multipart/mixed"))
odd("boundary-never-begins", "a boundary that does not come", "quarantined",
    plain(b"nothing\r\n", 'Content-Type: multipart/mixed; boundary="B"'))
odd("boundary-never-ends", "truncated: the last boundary is missing", "quarantined",
    parts(text(), file("a.bin"), close=False))
odd("boundary-forged", "the same boundary inside and outside", "quarantined",
    parts(b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\n\r\ninner\r\n--B--\r\n'))
odd("boundary-of-an-attachment", "the text holds a line like a boundary", "record",
    parts(text(b"--Bogus\r\nnot a part"), file("a.bin")))
odd("boundary-endless", "a boundary of 3,000 letters", "record", parts(text(), boundary="b" * 3000))
odd("no-parts", "a multipart that is closed at once", "quarantined", parts())
odd("alternative-empty", "two forms, both empty", "record",
    parts(text(b""), text(b"", "html"), kind="alternative"))
odd("alternative-of-files", "forms that are no texts", "record",
    parts(file("a.bin"), file("b.bin"), kind="alternative"))
odd("winmail", "winmail.dat of Outlook", "record",
    parts(text(), file("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(100), "application/ms-tnef")))
odd("nested-message", "a message in a message", "record",
    parts(text(), b"Content-Type: message/rfc822\r\n\r\n" + plain()))
odd("nested-messages", "30 messages in one another", "record", lambda: nested(30))
odd("deep", "200 multiparts in one another", "record", lambda: deep(200))
odd("very-deep", "3,000 multiparts in one another: more than the stack holds", "quarantined",
    lambda: deep(3000))
odd("many-parts", "2,000 files", "record",
    lambda: parts(text(), *(file(f"{i}.txt") for i in range(2000))))
odd("million-parts", "200,000 empty parts", "quarantined",
    lambda: parts(text(), *[b"\r\n"] * 200_000))
odd("partial", "one piece of a message in pieces", "record",
    plain(b"piece\r\n", 'Content-Type: message/partial; id="a"; number=1; total=3'))
odd("external-body", "a file that is elsewhere", "record",
    parts(text(), b'Content-Type: message/external-body; access-type=URL\r\n\r\nx: y\r\n'))
odd("calendar", "an invitation", "record",
    parts(text(), b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"))
odd("signed", "a signed message: its signature is a file", "record",
    parts(text(), file("smime.p7s", b"x", "application/pkcs7-signature"), kind="signed"))
odd("encrypted", "an encrypted message: whole as files", "record",
    parts(file("v.asc", b"Version: 1", "application/pgp-encrypted"), file("m.asc"),
          kind="encrypted"))
odd("inline-image", "an image that HTML shows by its id", "record",
    parts(text(b'<img src="cid:i">', "html"),
          b"Content-ID: <i>\r\n" + file("i.png", b"\x89PNG", "image/png"), kind="related"))
odd("attachment-bad-base64", "a file with broken base64", "quarantined",
    parts(text(), file("a.bin").replace(b"ZGF0YQ==", b"ZGF0Y")))
odd("attachment-of-45-MB", "a file of 45 MB, 60 MB on the wire", "record", lambda: large_file(45))
odd("attachment-empty", "a file of no byte", "record", parts(text(), file("empty.txt", b"")))

# Names of files
odd("name-path", "../../ in the name of a file", "record",
    parts(text(), file("../../etc/passwd")))
odd("name-windows-path", "a path of Windows", "record",
    parts(text(), file("C:\\\\windows\\\\system32\\\\x.dll")))
odd("name-absolute", "an absolute path", "record", parts(text(), file("/etc/passwd")))
odd("name-dots", "only dots", "record", parts(text(), file("..")))
odd("name-empty", "an empty name", "record", parts(text(), file("")))
odd("name-rtl", "a name that reads backwards: exe as jpg", "record",
    parts(text(), file("invoice\u202egpj.exe")))
odd("name-nul", "NUL in the name", "quarantined",
    parts(text(), file("a.bin").replace(b"a.bin", b"a\x00.bin")))
odd("name-endless", "a name of 4,000 letters", "record", parts(text(), file("n" * 4000 + ".txt")))
odd("name-line-break", "a line break in an encoded name", "record",
    parts(text(), file("=?utf-8?Q?a=0D=0Ab.txt?=")))
odd("name-in-pieces", "a name in pieces by RFC 2231", "record",
    parts(text(), b"Content-Type: text/x-y\r\nContent-Disposition: attachment;\r\n"
          b" filename*0*=utf-8''na%C3%AF;\r\n filename*1=ve.txt\r\n\r\nx"))
odd("name-of-unknown-charset", "a name by RFC 2231 in a charset that nobody knows", "quarantined",
    parts(text(), b"Content-Type: text/x-y\r\nContent-Disposition: attachment;\r\n"
          b" filename*=x-none''%E9.txt\r\n\r\nx"))
odd("name-zip", "a bomb: 10 MB of zeros packed small stay packed", "record",
    parts(text(), file("bomb.zip", zlib.compress(bytes(10_000_000), 9), "application/zip")))

# What begins loops
odd("return-path-empty", "an empty Return-Path", "skipped", plain(b"x\r\n", "Return-Path: <>"))
odd("report", "a delivery report that is broken", "skipped",
    plain(b"x\r\n", "Content-Type: multipart/report; report-type=delivery-status"))
odd("auto-submitted-odd", "Auto-Submitted with parameters and comments", "skipped",
    plain(b"x\r\n", "Auto-Submitted: (why) auto-generated; owner=x"))
odd("precedence", "Precedence in capitals", "skipped", plain(b"x\r\n", "Precedence: BULK"))

# fmt: on


def table() -> Iterator[str]:
    """Lines of the table of README.md."""
    yield "| message | why | becomes |"
    yield "|---|---|---|"
    for entry in ALL:
        yield f"| {entry.name} | {entry.reason} | {entry.outcome} |"


README = Path(__file__).with_name("README.md")
BEGINNING = """# Odd and hostile messages

Each is stored, and becomes a record, is skipped, or is quarantined; none is lost, and none stops
the others (`tests/runner/test_hostile_mails.py`). They are made by `messages.py`, which writes
this table: `python -m tests.mails.hostile.messages`.

"""

if __name__ == "__main__":
    README.write_text(BEGINNING + "\n".join(table()) + "\n", encoding="utf-8")
