"""`python -m bench soak`: many clients that read and write for minutes, loopback only."""

from __future__ import annotations

import asyncio
import os

import jwt
import psycopg
from psycopg.types.json import Jsonb
from rich.console import Console

from . import web
from .lab import Lab
from .load import Kind, Outcome, drive
from .rounds import percentile

KINDS = (
    Kind("GET", "/bench_order?id=eq.{}", 55),
    Kind("GET", "/bench_order?select=id,number,amount&weight=gte.{}&order=id&limit=20", 15),
    Kind("PATCH", "/bench_order?id=eq.{}", 20, '{"subject": "subject {}", "paid": true}'),
    Kind("POST", "/bench_order", 10, '{"number": "S{}", "category": 1, "quantity": 2}'),
)
RIGHTS = {"rights": [{"class": "order", "allow": ["read", "insert", "change"]}]}
ROWS = 100_000


def soak(lab: Lab, clients: int, seconds: float) -> Outcome:
    """Drive one server process; gives what came of it."""
    rows = lab.size(ROWS)
    with lab.database() as url:
        with psycopg.connect(url, autocommit=True) as conn:
            web.prepare(conn, rows)
            conn.execute(
                "select access.set_role((select id from meta.model where code = 'bench'),"
                " 'reader', %s)",
                (Jsonb(RIGHTS),),
            )
        port = web.free_port()
        settings = {
            "PGEARS_DATABASE_URL": url,
            "PGEARS_WEB_JWT_SECRET": web.SECRET,
            "PGEARS_WEB_LISTEN": f"127.0.0.1:{port}",
        }
        token = jwt.encode({"role": "bench_reader"}, web.SECRET, algorithm="HS256")
        with web.process(["-m", "runner", "serve"], settings, port) as pid:
            return asyncio.run(
                drive(
                    f"http://127.0.0.1:{port}",
                    token,
                    KINDS,
                    clients=clients,
                    seconds=seconds,
                    ids=rows,
                    pid=pid,
                    every=min(60.0, seconds / 5),
                )
            )


def show(outcome: Outcome, clients: int, console: Console) -> None:
    """Print the figures."""
    rate = outcome.answered / outcome.seconds
    console.print(
        f"{clients} clients, {outcome.seconds:.0f} s, {os.cpu_count()} processors:"
        f" {outcome.answered} requests ({rate:.0f} a second), {outcome.errors.total()} errors"
    )
    if outcome.latencies:
        times = (f"p{p} {percentile(outcome.latencies, p) * 1000:.0f} ms" for p in (50, 95, 99))
        console.print(", ".join(times))
    for at, megabytes in outcome.memory:
        console.print(f"server at {at:.0f} s: {megabytes:.1f} MB")
    for error, times_met in outcome.errors.most_common(10):
        console.print(f"{times_met} times {error}")
