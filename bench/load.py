"""Many clients that read and write over HTTP at once: errors, times, memory of the server."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from runner.errors import UserError


@dataclass(frozen=True)
class Kind:
    """A request, and how often it is sent in a hundred; each {} becomes a number."""

    method: str
    target: str
    share: int
    body: str = ""


@dataclass
class Outcome:
    """What came of it."""

    answered: int = 0
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the begin, and megabytes of the server then."""


def resident(pid: int) -> float:
    """Megabytes of memory that a process has now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError as error:
        raise UserError(f"no memory of process {pid} is told here") from error
    return next(int(x.split()[1]) / 1024 for x in status.splitlines() if x.startswith("VmRSS:"))


async def drive(
    url: str,
    token: str,
    kinds: Sequence[Kind],
    *,
    clients: int,
    seconds: float,
    ids: int,
    pid: int,
    every: float,
) -> Outcome:
    """Let clients ask one request after the other; look at the server's memory now and then."""
    outcome = Outcome()
    begin = time.monotonic()
    watching = asyncio.create_task(_watch(outcome, pid, begin, every))
    try:
        await asyncio.gather(
            *(_client(url, token, kinds, begin + seconds, ids, outcome) for _ in range(clients))
        )
    finally:
        watching.cancel()
    outcome.seconds = time.monotonic() - begin
    outcome.memory.append((outcome.seconds, resident(pid)))
    return outcome


async def _watch(outcome: Outcome, pid: int, begin: float, every: float) -> None:
    for turn in range(1_000_000):
        await asyncio.sleep(begin + turn * every - time.monotonic())
        outcome.memory.append((turn * every, resident(pid)))


async def _client(
    url: str, token: str, kinds: Sequence[Kind], until: float, ids: int, outcome: Outcome
) -> None:
    parts = urlsplit(url)
    weights = [kind.share for kind in kinds]
    while time.monotonic() < until:
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                while time.monotonic() < until:
                    [kind] = random.choices(kinds, weights)
                    sent = time.monotonic()
                    writer.write(_request(kind, parts.netloc, token, random.randint(1, ids)))
                    status, body = await asyncio.wait_for(_answer(reader), 60)
                    outcome.answered += 1
                    outcome.latencies.append(time.monotonic() - sent)
                    if not 200 <= status < 300:
                        outcome.errors[f"{kind.method} {status} {body[:200]!r}"] += 1
            finally:
                writer.close()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            outcome.errors[f"{type(error).__name__}: {error}"] += 1
            await asyncio.sleep(0.1)


def _request(kind: Kind, host: str, token: str, number: int) -> bytes:
    body = kind.body.replace("{}", str(number)).encode()
    return (
        f"{kind.method} {kind.target.replace('{}', str(number))} HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = 0
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    return int(head[9:12]), await reader.readexactly(length)
