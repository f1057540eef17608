"""Requests a second: `python -m bench.web_client URL TOKEN SECONDS CONNECTIONS IDS`.

Kept connections of plain asyncio in a process of its own, so that the server is what is
measured. Each `{}` in the URL becomes a number up to IDS.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from urllib.parse import urlsplit


async def connection(url: str, token: str, until: float, ids: int) -> int:
    """Ask one request after the other; gives their number."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    rest = (
        f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    target = f"{parts.path}?{parts.query}"
    done = 0
    while time.monotonic() < until:
        writer.write(b"GET " + target.format(random.randint(1, ids)).encode() + rest)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = next(
            int(line[15:])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        body = await reader.readexactly(length)
        if status not in (200, 206) or len(body) < 3:
            raise SystemExit(f"{status} {body[:300]!r}")
        done += 1
    writer.close()
    return done


async def main() -> None:
    """Print requests a second."""
    url, token, seconds, connections, ids = sys.argv[1:]
    begin = time.monotonic()
    until = begin + float(seconds)
    done = await asyncio.gather(
        *(connection(url, token, until, int(ids)) for _ in range(int(connections)))
    )
    sys.stdout.write(f"{sum(done) / (time.monotonic() - begin)}\n")


if __name__ == "__main__":
    asyncio.run(main())
