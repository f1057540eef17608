"""Many clients for a while: `python -m bench.soak --clients 200 --seconds 300`.

Reads and writes over HTTP at one server process on the loopback; prints requests, errors,
latencies, and the memory of the server, at least once a minute.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from .rounds import percentile

RECORD = {"number": "N", "subject": "of the load", "category": 1, "quantity": 5, "amount": 1.5}

WARM_UP = 0.2
"""Part of the time after which memory is expected to stay as it is."""


@dataclass
class Load:
    """What is asked: targets of reads with `{}` for a number, and one record to insert."""

    url: str
    token: str
    reads: Sequence[str]
    insert: str
    record: dict[str, object]
    most: int
    clients: int
    seconds: float
    pid: int


@dataclass
class Found:
    """What came of it."""

    latencies: list[float] = field(default_factory=list)
    writes: int = 0
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """MB by which the server grew after it was warm."""
        end = self.memory[-1][0]
        warm = next(size for at, size in self.memory if at >= end * WARM_UP)
        return self.memory[-1][1] - warm

    def lines(self) -> list[str]:
        """For people."""
        shown = [f"requests: {len(self.latencies):,}, of them writes: {self.writes:,}"]
        shown.append(f"errors: {len(self.errors)}")
        shown.extend(f"  {error}" for error in self.errors[:5])
        if self.latencies:
            parts = (f"p{p} {percentile(self.latencies, p) * 1000:.0f} ms" for p in (50, 95, 99))
            shown.append("latency: " + ", ".join(parts))
        shown.extend(f"memory after {at:.0f} s: {size:.1f} MB" for at, size in self.memory)
        shown.append(f"growth after warm-up: {self.growth:.1f} MB")
        return shown


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


async def soak(load: Load) -> Found:
    """All clients at once until the time is over."""
    found = Found()
    begin = time.monotonic()
    watching = asyncio.create_task(_watch(load, found, begin))
    await asyncio.gather(
        *(_client(load, found, begin + load.seconds, number) for number in range(load.clients))
    )
    watching.cancel()
    found.memory.append((time.monotonic() - begin, resident(load.pid)))
    return found


async def _watch(load: Load, found: Found, begin: float) -> None:
    while True:
        found.memory.append((time.monotonic() - begin, resident(load.pid)))
        await asyncio.sleep(min(60.0, load.seconds / 10))


async def _client(load: Load, found: Found, until: float, number: int) -> None:
    """One request after the other on one connection; each tenth is an insert."""
    parts = urlsplit(load.url)
    chance = random.Random(number)
    common = f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {load.token}\r\n"
    body = json.dumps(load.record)
    sent = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while time.monotonic() < until:
            writes = chance.random() < 0.1
            target = chance.choice(load.reads).format(chance.randint(1, load.most))
            text = f"POST {load.insert}{common}{sent}" if writes else f"GET {target}{common}\r\n"
            asked = time.monotonic()
            writer.write(text.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
            sizes = [int(line[15:]) for line in head if line.startswith(b"content-length:")]
            answer = await reader.readexactly(sizes[0]) if sizes else b""
            found.latencies.append(time.monotonic() - asked)
            found.writes += writes
            if head[0][9:12] not in (b"200", b"206", b"201"):
                found.errors.append(f"{text[:80]!r}: {head[0]!r} {answer[:200]!r}")
        writer.close()
        await writer.wait_closed()
    except (OSError, EOFError, ValueError) as error:
        found.errors.append(f"client {number}: {error!r}")


def main(
    clients: Annotated[int, typer.Option(help="Connections that ask at the same time.")] = 200,
    seconds: Annotated[float, typer.Option(help="How long.")] = 300.0,
) -> None:
    """Load the web service and say whether it stays as it is."""
    import jwt
    import psycopg

    from . import web
    from .lab import open_lab

    with ExitStack() as stack:
        lab = stack.enter_context(open_lab(quick=True))
        url = stack.enter_context(lab.database())
        rows = lab.size(web.ROWS)
        with psycopg.connect(url, autocommit=True) as conn:
            web.prepare(conn, rows, ("read", "insert"))
        port = web.free_port()
        settings = {
            "PGEARS_DATABASE_URL": url,
            "PGEARS_WEB_JWT_SECRET": web.SECRET,
            "PGEARS_WEB_LISTEN": f"127.0.0.1:{port}",
        }
        pid = stack.enter_context(web.process(["-m", "runner", "serve"], settings, port))
        load = Load(
            f"http://127.0.0.1:{port}",
            jwt.encode({"role": "bench_reader"}, web.SECRET, algorithm="HS256"),
            ["/bench_order?id=eq.{}", "/bench_order?select=id,number&order=id&offset={}&limit=5"],
            "/bench_order",
            RECORD,
            rows,
            clients,
            seconds,
            pid,
        )
        found = asyncio.run(soak(load))
        load_average = os.getloadavg()[0]
    typer.echo(f"{clients} clients, {seconds:g} s, load of the machine {load_average:.1f}")
    typer.echo("\n".join(found.lines()))
    if found.errors:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
