"""Reading answers of other systems: no more than is kept, however it is packed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from ..texts import storable

MOST_HEADERS = 100
MOST_HEADER = 2_000
"""Headers of an answer that are kept, and characters of each."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is kept of a body."""

    content: bytes
    truncated: bool


async def read_body(response: httpx.Response, limit: int) -> Body:
    """The first bytes of a body, unpacked: never more than the limit, and up to where it breaks."""
    packed = response.headers.get("content-encoding", "").strip().lower() in ("gzip", "deflate")
    unpack = zlib.decompressobj(wbits=47) if packed else None
    kept = bytearray()
    async for part in response.aiter_raw():
        if unpack is None:
            kept += part
        else:
            try:
                kept += unpack.decompress(part, limit + 1 - len(kept))
            except zlib.error:
                return Body(bytes(kept), True)
        if len(kept) > limit:
            return Body(bytes(kept[:limit]), True)
    return Body(bytes(kept), False)


def headers_of(response: httpx.Response) -> Mapping[str, str]:
    """Headers by lower-case name, without cookies; several of one name are joined."""
    found: dict[str, str] = {}
    for name, value in response.headers.items():
        if name != "set-cookie" and len(found) < MOST_HEADERS:
            found[name] = storable(value[:MOST_HEADER])
    return found


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the other system asks to wait, given as such or as a date."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal() and text.isascii():
        return min(float(text), 1e9)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
