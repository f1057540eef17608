"""Requests a second: `python -m bench.web_client URL TOKEN SECONDS CONNECTIONS IDS [BODY]`.

Kept connections of plain asyncio in a process of its own, so that the server is what is
measured. Each `{}` in the URL and the body becomes a number up to IDS; with a body it is a POST,
and with an empty token nobody's request.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from urllib.parse import urlsplit


async def connection(url: str, token: str, until: float, ids: int, body: str) -> int:
    """Ask one request after the other; gives their number."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    rest = (f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n").encode()
    if token:
        rest += f"Authorization: Bearer {token}\r\n".encode()
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    done = 0
    while time.monotonic() < until:
        number = str(random.randint(1, ids))
        sent = body.replace("{}", number).encode()
        kind = f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n" if body else ""
        # In one piece: what comes in several is several events for a server.
        writer.write(
            (b"POST " if body else b"GET ")
            + target.replace("{}", number).encode()
            + rest
            + kind.encode()
            + b"\r\n"
            + sent
        )
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = next(
            int(line[15:])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        answer = await reader.readexactly(length)
        if status not in (200, 206) or len(answer) < 3 or answer.startswith(b'{"errors"'):
            raise SystemExit(f"{status} {answer[:300]!r}")
        done += 1
    writer.close()
    return done


async def main() -> None:
    """Print requests a second."""
    url, token, seconds, connections, ids, body = (*sys.argv[1:], "")[:6]
    begin = time.monotonic()
    until = begin + float(seconds)
    done = await asyncio.gather(
        *(connection(url, token, until, int(ids), body) for _ in range(int(connections)))
    )
    sys.stdout.write(f"{sum(done) / (time.monotonic() - begin)}\n")


if __name__ == "__main__":
    asyncio.run(main())
