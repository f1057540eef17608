"""GET of one record and of 100 over HTTP, beside a bare application and beside other services."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

import jwt
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import UserError

from . import web_peers
from .lab import Lab
from .orders import VIEW, fill, make_orders, physical
from .peers.install import NotInstalled
from .results import Budget, Figure, Result, ratio
from .rounds import Variant, interleave
from .web_peers import WebPeer

BUDGET = Budget(0.8, "at least")
PEER_BUDGETS = {"GET by id": Budget(1.2, "at least"), "GET 100 rows": Budget(2, "at least")}
ROWS = 100_000
POOL = 10
CATEGORIES = 200
CONNECTIONS = 16
SECONDS = 4.0
WAIT = 30.0
SECRET = "a secret of the bench, longer than 32 bytes"

PEERS: Mapping[str, Callable[[str, int, str, int], WebPeer]] = {
    web_peers.POSTGRAPHILE: web_peers.postgraphile,
    web_peers.DIRECTUS: web_peers.directus,
}

# What is asked: (path of the service, path of the bare application, numbers to ask for).
READS = {
    "GET by id": ("/bench_order?id=eq.{}", "/id?{}", ROWS),
    "GET 100 rows": ("/bench_order?category=eq.{}&limit=100", "/list?{}", CATEGORIES - 1),
}


def run(lab: Lab, *, directus: bool = False) -> Iterator[Result]:
    """For each way of reading, a result beside the bare application and one beside the peers."""
    rows = lab.size(ROWS)
    seconds = 1.0 if lab.quick else SECONDS
    with lab.database() as url, ExitStack() as stack:
        with psycopg.connect(url, autocommit=True) as conn:
            prepare(conn, rows)
            web_peers.fill_twin(conn, rows, CATEGORIES)
        settings = {
            "PGEARS_DATABASE_URL": url,
            "PGEARS_WEB_JWT_SECRET": SECRET,
            "PGEARS_WEB_POOL": str(POOL),
        }
        claims = {"role": "bench_reader"}
        token = jwt.encode(claims, SECRET, algorithm="HS256")
        its_token = jwt.encode({**claims, "aud": web_peers.AUDIENCE}, SECRET, algorithm="HS256")
        own, bare_port = free_port(), free_port()
        listen = {"PGEARS_WEB_LISTEN": f"127.0.0.1:{own}"}
        stack.enter_context(process(["-m", "runner", "serve"], {**settings, **listen}, own))
        bare_server = ["-m", "bench.web_bare", str(bare_port), url]
        stack.enter_context(process(bare_server, {}, bare_port))
        peers: list[tuple[WebPeer, int]] = []
        missing: list[str] = [] if directus else [web_peers.WITHOUT]
        for name, make in PEERS.items():
            if name == web_peers.DIRECTUS and not directus:
                continue
            port = free_port()
            try:
                peer = make(url, port, SECRET, POOL)
                stack.enter_context(process(peer.command[1:], peer.settings, port, peer.command[0]))
            except (NotInstalled, UserError) as error:
                missing.append(f"{name} not measured: {error}")
            else:
                peers.append((peer, port))
        for work, (path, bare, most) in READS.items():
            most = min(most, rows)
            variants: dict[str, Variant] = {
                "pgears": partial(_ask, own, path, token, seconds, most),
                "bare": partial(_ask, bare_port, bare, token, seconds, most),
            }
            for peer, port in peers:
                its_path, body = peer.asked[work]
                shown = its_token if peer.takes_token else ""
                variants[peer.name] = partial(_ask, port, its_path, shown, seconds, most, body)
            figures = interleave(variants, rounds=lab.rounds(7), unit="requests/s")
            named = f"{work} over HTTP, {CONNECTIONS} connections"
            yield Result(
                named,
                "a bare ASGI application with the same SQL, without token and role",
                BUDGET,
                ratio(figures["pgears"], figures["bare"]),
                [figures["pgears"], figures["bare"]],
            )
            names = [peer.name for peer, _ in peers]
            yield _beside_peers(work, named, figures, names, "; ".join(missing))


def _beside_peers(
    work: str, named: str, figures: Mapping[str, Figure], peers: Sequence[str], missing: str
) -> Result:
    against, budget = "the better of its peers", PEER_BUDGETS[work]
    if not peers:
        return Result(named, against, budget, None, reason=missing)
    best = max(peers, key=lambda name: figures[name].median)
    shown = [figures[name] for name in ("pgears", *peers)]
    value = ratio(figures["pgears"], figures[best])
    return Result(named, f"{against}: {best}, a plain table", budget, value, shown, missing)


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


def _ask(port: int, path: str, token: str, seconds: float, most: int, body: str = "") -> float:
    done = subprocess.run(
        [
            sys.executable, "-m", "bench.web_client", f"http://127.0.0.1:{port}{path}", token,
            str(seconds), str(CONNECTIONS), str(most), body,
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise UserError(f"the client failed: {done.stderr.strip()[-500:]}")
    return float(done.stdout)


@contextmanager
def process(
    arguments: Sequence[str],
    settings: Mapping[str, str],
    port: int,
    program: str = sys.executable,
) -> Iterator[int]:
    """A server for a block, its process id; it answers when the block begins."""
    started = subprocess.Popen(
        [program, *arguments],
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
