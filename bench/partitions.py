"""A class in partitions against the same class in one table, through their API views."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.model.views import update_views

from .lab import Lab
from .orders import COLUMNS, SOURCE, fill
from .results import Result, ratio
from .rounds import interleave, stopwatch

AGAINST = "the same class in one table"
PARTS = 16
ROWS = 100_000
BATCH = 10_000
TARGETS = {
    "partitioned": sql.Identifier("api", "bench_parted"),
    "one table": sql.Identifier("api", "bench_plain"),
}


def run(lab: Lab) -> Iterator[Result]:
    """10,000 rows inserted, updated and deleted by a statement each; one row read by its id."""
    with lab.database() as url, psycopg.connect(url, autocommit=True) as conn:
        tables = _make(conn)
        conn.execute(
            sql.SQL("create table staging as {}").format(
                SOURCE.format(rows=sql.Literal(BATCH), categories=sql.Literal(100))
            ),
            (),
        )
        for target in TARGETS.values():
            fill(conn, target, lab.size(ROWS), 100)
        conn.execute("vacuum analyze")
        vacuum = sql.SQL("vacuum {}").format(sql.SQL(", ").join(tables))
        names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        latest = "where id > (select max(id) from {target}) - %s"
        for work, statement in {
            "inserted": sql.SQL("insert into {{target}} ({0}) select {0} from staging").format(
                names
            ),
            "updated": sql.SQL(
                "update {target} set quantity = (quantity + 1) %% 1000, subject = 'changed'"
                " where id between 1 and %s"
            ),
            "deleted": sql.SQL("delete from {target} " + latest),
        }.items():
            yield _bulk(lab, conn, work, statement.as_string(conn), vacuum)
        yield _by_id(lab, url, conn)


def _bulk(lab: Lab, conn: psycopg.Connection, work: str, text: str, vacuum: sql.Composed) -> Result:
    def sample(target: sql.Identifier) -> Callable[[], float]:
        statement = text.replace("{target}", target.as_string(conn)).encode()

        def write() -> float:
            conn.execute(vacuum)
            with stopwatch() as watch:
                count = conn.execute(statement, (BATCH,) if b"%s" in statement else ()).rowcount
            if count != BATCH:
                raise RuntimeError(f"{count} rows were {work} instead of {BATCH}")
            return watch.seconds * 1e3

        return write

    return _compared(lab, f"10,000 rows {work}", sample, "ms")


def _by_id(lab: Lab, url: str, conn: psycopg.Connection) -> Result:
    columns = sql.SQL(", ").join(map(sql.Identifier, ["id", *COLUMNS])).as_string(conn)

    def sample(target: sql.Identifier) -> Callable[[], float]:
        script = (
            f"\\set id random(1, {lab.size(ROWS)})\n"
            f"select {columns} from {target.as_string(conn)} where id = :id\n"
        )
        return lambda: 1e6 / lab.pgbench(url, script, transactions=4_000)

    return _compared(lab, "read by id", sample, "us")


def _compared(
    lab: Lab, work: str, sample: Callable[[sql.Identifier], Callable[[], float]], unit: str
) -> Result:
    figures = interleave(
        {name: sample(target) for name, target in TARGETS.items()},
        rounds=lab.rounds(7),
        unit=unit,
    )
    return Result(
        f"{work}, class in {PARTS} partitions",
        AGAINST,
        None,
        ratio(figures["partitioned"], figures["one table"]),
        list(figures.values()),
    )


def _make(conn: psycopg.Connection) -> list[sql.Identifier]:
    """Two classes that differ in nothing else; gives their tables."""
    columns = {
        code: {**column, "position": position}
        for position, (code, column) in enumerate(COLUMNS.items(), 1)
    }
    shared = {"archive": True, "description": "{{column.number}}", "columns": columns}
    model = conn.execute("select meta.create_model('bench', '{}')").fetchone()
    tables = []
    for code, layout in (
        ("plain", {}),
        ("parted", {"partition_by": {"hash": "id", "parts": PARTS}}),
    ):
        made = conn.execute(
            "select meta.create_class(%s, %s, %s)",
            (model and model[0], code, Jsonb({**shared, **layout})),
        ).fetchone()
        tables.append(sql.Identifier("data", f"datarow_{made and made[0]}"))
    update_views(conn)
    return tables
