"""A message with large attachments, written to a temporary file piece by piece.

Memory holds one piece of one attachment. The form is that of the email package: the texts
as it makes them, inside of a multipart/mixed with the files behind them.
"""

from __future__ import annotations

import base64
import re
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import IO, Any

from .inline import Attachment, shown
from .message import Content, build, content_of, media_type, needs_utf8, to_bytes

IN_MEMORY = 1024 * 1024
"""Attachments up to this size together are put together in memory."""
PIECE = 57 * 16_384
"""A piece whose base64 ends with a whole line."""
DOT = re.compile(rb"(?m)^\.")

Read = Callable[[int, int, int], Awaitable[bytes]]
"""Bytes of a file by number, offset and length."""


def held(mail: Mapping[str, Any]) -> int:
    """About how many bytes of a stored mail are held in memory while it is sent."""
    files = sum(file["size"] for file in mail["attachments"])
    return len(mail["body"]) + len(mail["html"] or "") + (files if files <= IN_MEMORY else PIECE)


async def compose(mail: Mapping[str, Any], read: Read) -> Content:
    """The content of a stored mail; close it afterwards."""
    files: Sequence[Mapping[str, Any]] = mail["attachments"]
    if sum(file["size"] for file in files) <= IN_MEMORY:
        return content_of(build(mail, await attached(files, read)))
    pictures = shown(mail["html"], files)
    texts = build(mail, await attached(pictures, read))
    files = [file for file in files if file not in pictures]
    utf8 = needs_utf8(texts)
    # Closed by Content.close(); gone from the disk whatever happens.
    spool = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        await _write(spool, texts, utf8, files, read)
    except BaseException:
        spool.close()
        raise
    return Content(spool.tell(), utf8, file=spool)


async def attached(files: Sequence[Mapping[str, Any]], read: Read) -> list[Attachment]:
    """Files with their contents."""
    return [
        Attachment(
            file["name"],
            file["media_type"],
            await read(file["file"], 0, file["size"]),
            file["file"],
        )
        for file in files
    ]


async def _write(
    spool: IO[bytes],
    texts: EmailMessage,
    utf8: bool,
    files: Sequence[Mapping[str, Any]],
    read: Read,
) -> None:
    boundary = f"=_{uuid.uuid4().hex}"
    inner = EmailMessage(policy=texts.policy)
    outer = EmailMessage(policy=texts.policy)
    for name, value in texts.items():
        target = inner if name.lower().startswith("content-") else outer
        target[name] = value
    inner.set_payload(texts.get_payload())
    outer["Content-Type"] = f'multipart/mixed; boundary="{boundary}"'

    spool.write(_headers(outer, utf8))
    spool.write(f"--{boundary}\r\n".encode())
    spool.write(DOT.sub(b"..", to_bytes(inner, utf8=utf8)))
    for file in files:
        spool.write(f"\r\n--{boundary}\r\n".encode())
        spool.write(_headers(_part(file), utf8))
        for offset in range(0, file["size"], PIECE):
            piece = await read(file["file"], offset, PIECE)
            spool.write(base64.encodebytes(piece).replace(b"\n", b"\r\n"))
    spool.write(f"\r\n--{boundary}--\r\n".encode())


def _part(file: Mapping[str, Any]) -> EmailMessage:
    """The headers of an attachment."""
    main, sub = media_type(file["media_type"])
    part = EmailMessage()
    part.set_content(b"", maintype=main, subtype=sub, filename=file["name"])
    part.replace_header(
        "Content-Disposition", part["content-disposition"].replace("inline", "attachment", 1)
    )
    del part["mime-version"]
    return part


def _headers(part: EmailMessage, utf8: bool) -> bytes:
    """Headers with the empty line that ends them."""
    policy = SMTPUTF8 if utf8 else SMTP
    return b"".join(policy.fold_binary(name, value) for name, value in part.raw_items()) + b"\r\n"
