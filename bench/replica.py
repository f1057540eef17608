"""Replication of changed rows against logical replication of a hand-written table, and idle lag."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.db import connect_async
from runner.replica.turn import Turn

from .lab import Lab
from .orders import TWIN, fill, make_orders, physical
from .results import Budget, Figure, Result, ratio
from .rounds import interleave, percentile, stopwatch
from .service import runner

BUDGET = Budget(0.4, "at least")
LAG = Budget(1000, unit="ms")
ROWS = 100_000
CHANGES = 100
PAUSE = 0.2
REFERENCE = "PGEARS_BENCH_PEER"


def run(lab: Lab) -> Iterator[Result]:
    """Rows per second from the commit at one instance until the other has them all."""
    rows = lab.size(ROWS)
    with (
        lab.database() as source,
        lab.database() as target,
        _replicated(source, target, rows) as (
            subscription,
            column,
            table,
        ),
    ):

        def pgears() -> float:
            _change(source, table, column)
            with stopwatch() as watch:
                moved = asyncio.run(_catch_up(target, subscription))
            assert moved == rows, f"{moved} rows arrived"
            return rows / watch.seconds

        def built_in() -> float:
            value = _change(source, TWIN, sql.Identifier("weight"))
            with stopwatch() as watch, psycopg.connect(target, autocommit=True) as conn:
                while _value(conn, TWIN, sql.Identifier("weight")) != value:
                    time.sleep(0.005)
            return rows / watch.seconds

        figures = interleave(
            {"pgears": pgears, "logical replication": built_in}, rounds=lab.rounds(3), unit="rows/s"
        )
        yield Result(
            f"{rows:,} changed rows to another instance, with archive and feed there",
            "built-in logical replication of a same-named table",
            BUDGET,
            ratio(figures["pgears"], figures["logical replication"]),
            list(figures.values()),
        )
        lags = _lags(source, target, table, column, lab.size(CHANGES))
    yield Result(
        "change at one instance until it is read at the other when idle, p95",
        "-",
        LAG,
        percentile(lags, 95),
        [
            Figure("commit to commit", lags, "ms"),
            *(Figure(f"p{p}", [percentile(lags, p)], "ms") for p in (50, 95, 99)),
        ],
    )


@contextmanager
def _replicated(
    source: str, target: str, rows: int
) -> Iterator[tuple[int, sql.Identifier, sql.Identifier]]:
    """Class and twin in both databases, filled and in step; gives subscription, column, table."""
    os.environ[REFERENCE] = source
    with (
        psycopg.connect(source, autocommit=True) as there,
        psycopg.connect(target, autocommit=True) as here,
    ):
        made = make_orders(there)
        make_orders(here)
        for conn in (there, here):
            conn.execute("select flow.drop_rule(id) from flow.rule")
        column = physical(there, made, "weight")
        table = sql.Identifier("data", f"datarow_{made}")
        with there.transaction():
            names = sql.SQL(", ").join(
                physical(there, made, code)
                for code in (
                    "number",
                    "subject",
                    "category",
                    "quantity",
                    "amount",
                    "weight",
                )
            )
            there.execute(
                sql.SQL(
                    "insert into {} ({}) select 'N' || i, 'subject of order ' || i, i %% 50,"
                    " i %% 1000, i / 100.0, i from generate_series(1, {}) as i"
                ).format(table, names, sql.Literal(rows)),
                (),
            )
        fill(there, TWIN, rows, 50)
        slot = f"bench_{os.getpid()}"
        there.execute(sql.SQL("create publication bench for table {}").format(TWIN))
        there.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", (slot,))
        here.execute(
            sql.SQL(
                "create subscription bench connection {} publication bench"
                " with (create_slot = false, slot_name = {})"
            ).format(sql.Literal(source), sql.Identifier(slot))
        )
        here.execute("select replica.set_peer('peer', %s)", (f"env:{REFERENCE}",))
        definition = {"peer": "peer", "classes": ["order"]}
        (id,) = here.execute(
            "select replica.set_subscription(id, 'orders', %s) from meta.model"
            " where code = 'bench'",
            (Jsonb(definition),),
        ).fetchone() or (0,)
        asyncio.run(_catch_up(target, id))
        while here.execute(sql.SQL("select count(*) from {}").format(TWIN)).fetchone() != (rows,):
            time.sleep(0.1)
        for conn in (there, here):
            conn.execute("vacuum analyze")
        try:
            yield id, column, table
        finally:
            here.execute("alter subscription bench disable")
            here.execute("alter subscription bench set (slot_name = none)")
            here.execute("drop subscription bench")
            _drop_slot(there, slot)


def _drop_slot(conn: psycopg.Connection, slot: str) -> None:
    while True:
        try:
            conn.execute("select pg_drop_replication_slot(%s)", (slot,))
            return
        except psycopg.errors.ObjectInUse:
            time.sleep(0.1)


def _change(url: str, table: sql.Identifier, column: sql.Identifier) -> int:
    """Change every row; gives a value that tells that the last one has come."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(sql.SQL("update {0} set {1} = {1} + 1").format(table, column))
        return _value(conn, table, column)


def _value(conn: psycopg.Connection, table: sql.Identifier, column: sql.Identifier) -> int:
    (value,) = conn.execute(
        sql.SQL("select {} from {} where id = 1").format(column, table)
    ).fetchone() or (0,)
    return int(value)


async def _catch_up(url: str, id: int) -> int:
    async with await connect_async(url, autocommit=True) as conn, Turn(conn, id) as turn:
        return await turn.catch_up()


def _lags(
    source: str, target: str, table: sql.Identifier, column: sql.Identifier, changes: int
) -> list[float]:
    """Milliseconds from the commit there until a runner of this instance has committed it."""
    lags = []
    with (
        runner(target),
        psycopg.connect(source, autocommit=True) as there,
        psycopg.connect(target, autocommit=True) as here,
    ):
        time.sleep(5)
        for number in range(changes):
            there.execute(
                sql.SQL("update {} set {} = %s where id = 2").format(table, column), (-number,)
            )
            begin = time.perf_counter()
            while here.execute(
                sql.SQL("select {} from {} where id = 2").format(column, table)
            ).fetchone() != (-number,):
                time.sleep(0.002)
            lags.append((time.perf_counter() - begin) * 1e3)
            time.sleep(random.uniform(0.5, 1.5) * PAUSE)
    return lags
