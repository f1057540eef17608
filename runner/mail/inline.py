"""Pictures inside of HTML: in a mail that leaves they are parts of it, found by Content-ID.

Two kinds of address become such parts: `/files/<id>` of a file that goes along, and `data:`,
in which the picture itself stands. Many mail programs show no picture that is written as `data:`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 10 * 1024 * 1024
"""Pictures of a mail together: they are held in memory."""
DATA = re.compile(r"""(?<=["'(=])data:(image/[a-z0-9.+-]+);base64,([a-z0-9+/=%\s]+)""", re.I)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes
    file: int | None = None
    """Its number: HTML that has the address of the file shows it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A part of the HTML."""

    cid: str
    attachment: Attachment


def shows(html: str | None, file: int) -> bool:
    """Whether HTML has the address of a file where a picture's may be."""
    return html is not None and _address(file).search(html) is not None


def shown(
    html: str | None, files: Sequence[Mapping[str, Any]], room: int = MOST_BYTES
) -> list[Mapping[str, Any]]:
    """The files that HTML shows, as far as they fit into so many bytes together."""
    found: list[Mapping[str, Any]] = []
    for file in files:
        if shows(html, file["file"]) and file["size"] <= room:
            room -= file["size"]
            found.append(file)
    return found


def embed(
    html: str, message_id: str, attachments: Iterable[Attachment]
) -> tuple[str, list[Picture], list[Attachment]]:
    """HTML with references to its parts, these parts, and the attachments that are none."""
    base = message_id.strip("<>")
    pictures: list[Picture] = []
    others: list[Attachment] = []
    for attachment in attachments:
        if attachment.file is None or not shows(html, attachment.file):
            others.append(attachment)
            continue
        picture = Picture(f"{len(pictures) + 1}.{base}", attachment)
        pictures.append(picture)
        html = _address(attachment.file).sub(f"cid:{picture.cid}", html)

    known: dict[str, str] = {}

    def replace(found: re.Match[str]) -> str:
        written = found[0]
        if written not in known:
            try:
                plain = re.sub(r"\s", "", found[2].replace("%2B", "+").replace("%2F", "/"))
                content = base64.b64decode(plain, validate=True)
            except binascii.Error:
                return written
            kind = found[1].lower()
            suffix = kind.partition("/")[2].partition("+")[0]
            number = len(pictures) + 1
            picture = Picture(
                f"{number}.{base}", Attachment(f"picture-{number}.{suffix}", kind, content)
            )
            pictures.append(picture)
            known[written] = f"cid:{picture.cid}"
        return known[written]

    return DATA.sub(replace, html), pictures, others


def _address(file: int) -> re.Pattern[str]:
    return re.compile(rf"""(?<=["'(=])\s*/files/{file}(?=["')>\s])""")
