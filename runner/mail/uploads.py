"""Attachments that are too large to go along in a draft of Graph: one request each, or a session.

Pieces are read from the database one after the other, so that memory holds one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import httpx

from .graphmailbox import GraphMailbox, Passing, checked, object_of
from .spool import Read

WHOLE = 3 * 1024 * 1024 - 1
"""Larger files need an upload session."""
PIECE = 3 * 1024 * 1024
"""A request of a session takes less than 4 MB."""


async def attach(mailbox: GraphMailbox, draft: str, file: Mapping[str, Any], read: Read) -> None:
    """Attach a file to a draft."""
    attachments = f"{mailbox.message(draft)}/attachments"
    if file["size"] <= WHOLE:
        content = await read(file["file"], 0, file["size"])
        body = {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": file["name"],
            "contentType": file["media_type"],
            "contentBytes": base64.b64encode(content).decode(),
        }
        await mailbox.ask("POST", attachments, json=body)
        return
    item = {
        "attachmentType": "file",
        "name": file["name"],
        "size": file["size"],
        "contentType": file["media_type"],
    }
    asked = {"AttachmentItem": item}
    answer = await mailbox.ask("POST", f"{attachments}/createUploadSession", json=asked)
    session = object_of(answer)
    await _upload(mailbox, str(session["uploadUrl"]), file, read)


async def _upload(mailbox: GraphMailbox, address: str, file: Mapping[str, Any], read: Read) -> None:
    """Put piece after piece where the session says; its address is the right to do so."""
    if httpx.URL(address).scheme != httpx.URL(mailbox.base).scheme:
        raise Passing(f"{mailbox.base} gave an address for uploads that is not protected")
    size, offset = int(file["size"]), 0
    while offset < size:
        piece = await read(file["file"], offset, PIECE)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {offset}-{offset + len(piece) - 1}/{size}",
        }
        response = checked(await mailbox.request("PUT", address, content=piece, headers=headers))
        offset += len(piece)
        if response.status_code == 201:
            break
        expected = object_of(response).get("nextExpectedRanges") or ["nowhere"]
        if str(expected[0]).partition("-")[0] != str(offset):
            raise Passing(f"the upload of {file['name']} wants to go on at {expected[0]}")
    if offset < size or response.status_code != 201:
        raise Passing(f"the upload of {file['name']} ended before its end")
