"""Writing through the API view: system columns, archive, feed and a rule, against a bare table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
from psycopg import sql

from .lab import Lab
from .orders import BAREST, COLUMNS, SOURCE, TWIN, VIEW, fill, make_orders
from .results import Budget, Result, ratio
from .rounds import interleave, stopwatch

INSERT = Budget(1.3)
UPDATE = Budget(1.5)
BATCH = 10_000
AGAINST = "a bare table with the same columns, keys and plain defaults"
TARGETS = {"API view": VIEW, "table": TWIN, "table without system columns": BAREST}


def run(lab: Lab) -> Iterator[Result]:
    """One row with its own commit, 10,000 in one statement, 10,000 updated."""
    with lab.database() as url, psycopg.connect(url, autocommit=True) as conn:
        made = make_orders(conn)
        conn.execute(
            sql.SQL("create table staging as {}").format(
                SOURCE.format(rows=sql.Literal(BATCH), categories=sql.Literal(100))
            ),
            (),
        )
        for target in TARGETS.values():
            fill(conn, target, BATCH, 100)
        conn.execute("vacuum analyze")
        yield _single(lab, url, conn)
        yield _bulk_insert(lab, conn)
        yield _bulk_update(lab, conn, made)


def _single(lab: Lab, url: str, conn: psycopg.Connection) -> Result:
    names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    script = (
        "\\set i random(1, 1000000000)\n"
        "insert into {table} ({columns}) values ('N' || :i, 'subject', :i % 100, :i % 1000,"
        " 12.5, 5, true, date '2026-01-01', timestamptz '2026-01-01', 'note')"
    )

    def sample(target: sql.Identifier) -> Callable[[], float]:
        text = script.format(table=target.as_string(conn), columns=names.as_string(conn))
        return lambda: 1e6 / lab.pgbench(url, text, transactions=1_000)

    figures = interleave(
        {name: sample(target) for name, target in TARGETS.items()},
        rounds=lab.rounds(11),
        unit="us",
    )
    return Result(
        "insert 1 row with its own commit, through the API view",
        AGAINST,
        INSERT,
        ratio(figures["API view"], figures["table"]),
        list(figures.values()),
    )


def _bulk_insert(lab: Lab, conn: psycopg.Connection) -> Result:
    names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))

    def sample(target: sql.Identifier) -> Callable[[], float]:
        statement = sql.SQL("insert into {} ({}) select {} from staging").format(
            target, names, names
        )

        def insert() -> float:
            with stopwatch() as watch:
                conn.execute(statement)
            return watch.seconds * 1e3

        return insert

    figures = interleave(
        {name: sample(target) for name, target in TARGETS.items()},
        rounds=lab.rounds(11),
        unit="ms",
    )
    return Result(
        "insert 10,000 rows, through the API view",
        AGAINST,
        INSERT,
        ratio(figures["API view"], figures["table"]),
        list(figures.values()),
    )


def _bulk_update(lab: Lab, conn: psycopg.Connection, made: int) -> Result:
    targets = {name: target for name, target in TARGETS.items() if target is not BAREST}
    vacuum = sql.SQL("vacuum {}, {}").format(sql.Identifier("data", f"datarow_{made}"), TWIN)

    def sample(target: sql.Identifier) -> Callable[[], float]:
        statement = sql.SQL(
            "update {} set quantity = (quantity + 1) %% 1000, subject = 'changed'"
            " where id between 1 and %s"
        ).format(target)

        def update() -> float:
            conn.execute(vacuum)
            with stopwatch() as watch:
                count = conn.execute(statement, (BATCH,)).rowcount
            if count != BATCH:
                raise RuntimeError(f"{count} rows were updated instead of {BATCH}")
            return watch.seconds * 1e3

        return update

    figures = interleave(
        {name: sample(target) for name, target in targets.items()},
        rounds=lab.rounds(11),
        unit="ms",
    )
    return Result(
        "update 10,000 rows, through the API view",
        AGAINST,
        UPDATE,
        ratio(figures["API view"], figures["table"]),
        list(figures.values()),
    )
