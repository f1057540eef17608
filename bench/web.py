"""GET of one record and of 100 over HTTP, beside a bare application with the same SQL."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import jwt
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import UserError

from .lab import Lab
from .orders import VIEW, fill, make_orders, physical
from .results import Budget, Result, ratio
from .rounds import interleave

BUDGET = Budget(0.8, "at least")
ROWS = 100_000
CATEGORIES = 200
CONNECTIONS = 16
SECONDS = 4.0
WAIT = 30.0
SECRET = "a secret of the bench, longer than 32 bytes"

# What is asked: (path of the service, path of the bare application, numbers to ask for).
READS = {
    "GET by id": ("/bench_order?id=eq.{}", "/id?{}", ROWS),
    "GET 100 rows": ("/bench_order?category=eq.{}&limit=100", "/list?{}", CATEGORIES - 1),
}


def run(lab: Lab) -> Iterator[Result]:
    """One result for each way of reading."""
    rows = lab.size(ROWS)
    seconds = 1.0 if lab.quick else SECONDS
    with lab.database() as url:
        with psycopg.connect(url, autocommit=True) as conn:
            prepare(conn, rows)
        settings = {
            "PGEARS_DATABASE_URL": url,
            "PGEARS_WEB_JWT_SECRET": SECRET,
            "PGEARS_WEB_POOL": "10",
        }
        token = jwt.encode({"role": "bench_reader"}, SECRET, algorithm="HS256")
        ports = [free_port(), free_port()]
        listen = {"PGEARS_WEB_LISTEN": f"127.0.0.1:{ports[0]}"}
        with (
            process(["-m", "runner", "serve"], {**settings, **listen}, ports[0]),
            process(["-m", "bench.web_bare", str(ports[1]), url], {}, ports[1]),
        ):
            for work, (path, bare, most) in READS.items():
                most = min(most, rows)
                figures = interleave(
                    {
                        "pgears": partial(_ask, ports[0], path, token, seconds, most),
                        "bare": partial(_ask, ports[1], bare, token, seconds, most),
                    },
                    rounds=lab.rounds(7),
                    unit="requests/s",
                )
                yield Result(
                    f"{work} over HTTP, {CONNECTIONS} connections",
                    "a bare ASGI application with the same SQL, without token and role",
                    BUDGET,
                    ratio(figures["pgears"], figures["bare"]),
                    list(figures.values()),
                )


def prepare(conn: psycopg.Connection[object], rows: int, allow: Sequence[str] = ("read",)) -> None:
    """A class with rows, and the account bench_reader with rights on it."""
    made = make_orders(conn)
    table = sql.Identifier("data", f"datarow_{made}")
    conn.execute("update meta.class set web_service = true")
    conn.execute(sql.SQL("create index on {} ({})").format(table, physical(conn, made, "category")))
    fill(conn, VIEW, rows, CATEGORIES)
    conn.execute(sql.SQL("vacuum (freeze, analyze) {}").format(table))
    right = {"rights": [{"class": "order", "allow": list(allow)}]}
    conn.execute(
        "select access.set_role((select id from meta.model where code = 'bench'), 'reader', %s)",
        (Jsonb(right),),
    )
    known = conn.execute("select 1 from pg_roles where rolname = 'bench_reader'").fetchone()
    make = "adopt_account(%s)" if known else "create_account(%s, p_can_login => false)"
    conn.execute(f"select access.{make}".encode(), ("bench_reader",))
    conn.execute("select access.grant_role('bench_reader', 'reader')")


def _ask(port: int, path: str, token: str, seconds: float, most: int) -> float:
    done = subprocess.run(
        [
            sys.executable, "-m", "bench.web_client", f"http://127.0.0.1:{port}{path}", token,
            str(seconds), str(CONNECTIONS), str(most),
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise UserError(f"the client failed: {done.stderr.strip()[-500:]}")
    return float(done.stdout)


@contextmanager
def process(arguments: Sequence[str], settings: Mapping[str, str], port: int) -> Iterator[int]:
    """A server for a block, its process id; it answers when the block begins."""
    started = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + WAIT
        while not _answers(port):
            if started.poll() is not None or time.monotonic() > deadline:
                raise UserError(f"{' '.join(arguments[:3])} did not start")
            time.sleep(0.05)
        yield started.pid
    finally:
        started.terminate()
        started.wait(30)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
