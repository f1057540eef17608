"""Reading through the API view, prepared, against the table made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import psycopg
from psycopg import sql

from .lab import Lab
from .orders import COLUMNS, TWIN, VIEW, fill, make_orders, physical
from .results import Budget, Result, ratio
from .rounds import interleave

BUDGET = Budget(1.05)
ROWS = 200_000
CATEGORIES = 200

# What is read: (script, transactions of one sample).
READS = {
    "read by id": (
        "\\set id random(1, :rows)\nselect {columns} from {table} where id = :id",
        4_000,
    ),
    "index scan, 1,000 rows": (
        "\\set category random(0, :categories - 1)\n"
        "select {columns} from {table} where category = :category",
        60,
    ),
    "aggregate over all rows": (
        "select paid, count(*), sum(quantity), max(shipped) from {table} group by paid",
        8,
    ),
}


def run(lab: Lab) -> Iterator[Result]:
    """One result for each way of reading."""
    rows = lab.size(ROWS)
    with lab.database() as url:
        with psycopg.connect(url, autocommit=True) as conn:
            made = make_orders(conn)
            table = sql.Identifier("data", f"datarow_{made}")
            for target, indexed, column in (
                (VIEW, table, physical(conn, made, "category")),
                (TWIN, TWIN, sql.Identifier("category")),
            ):
                conn.execute(sql.SQL("create index on {} ({})").format(indexed, column))
                fill(conn, target, rows, CATEGORIES)
                conn.execute(sql.SQL("vacuum (freeze, analyze) {}").format(indexed))
            conn.execute("checkpoint")
            columns = sql.SQL(", ").join(map(sql.Identifier, ["id", *COLUMNS])).as_string(conn)
            names = {"API view": VIEW.as_string(conn), "table": TWIN.as_string(conn)}

        for work, (script, transactions) in READS.items():

            def sample(name: str, script: str = script, transactions: int = transactions) -> float:
                tps = lab.pgbench(
                    url,
                    script.format(columns=columns, table=names[name]),
                    transactions=transactions,
                    variables={"rows": rows, "categories": CATEGORIES},
                )
                return 1e6 / tps

            figures = interleave(
                {name: partial(sample, name) for name in names},
                rounds=lab.rounds(11),
                unit="us",
            )
            yield Result(
                f"{work}, through the API view",
                "a table made by hand with the final names",
                BUDGET,
                ratio(figures["API view"], figures["table"]),
                list(figures.values()),
            )
