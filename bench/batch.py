"""Files in and out: imports against COPY into a table made by hand, exports against COPY."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.batch.exporter import request_export, run_export
from runner.batch.importer import request_import, run_import
from runner.errors import UserError
from runner.model.views import update_views

from .lab import Lab
from .orders import COLUMNS, SOURCE, TYPES
from .results import Budget, Figure, Result, ratio
from .rounds import stopwatch

ROWS = 1_000_000
IMPORT = Budget(2)
EXPORT = Budget(1.2)
CHUNK = 1 << 20
TWIN = sql.Identifier("public", "deliveries")
COPIED = "COPY of the file into a table with the same keys and system columns"
NAMES = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))


def run(lab: Lab) -> Iterator[Result]:
    """A file of new rows, the same file again, and the rows out again."""
    rows = lab.size(ROWS)
    samples: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="pgears-bench-", dir="/var/tmp") as folder:
        file = Path(folder) / "deliveries.csv"
        for turn in range(lab.rounds(3)):
            with lab.database() as url, psycopg.connect(url, autocommit=True) as conn:
                _write_file(conn, file, rows)
                define(conn)
                first, second = (_import_twice, _copy) if turn % 2 else (_copy, _import_twice)
                for variant in (first, second, _export):
                    for name, seconds in variant(url, conn, file, rows):
                        samples.setdefault(name, []).append(seconds)
    figures = {name: Figure(name, taken, "s") for name, taken in samples.items()}
    yield Result(
        f"import of {rows:,} rows x 10 columns: typed, validated, matched by key",
        COPIED,
        IMPORT,
        ratio(figures["import"], figures["COPY in"]),
        [figures["import"], figures["COPY in"]],
    )
    yield Result(
        f"import of the same {rows:,} rows again: nothing is written",
        COPIED,
        IMPORT,
        ratio(figures["import again"], figures["COPY in"]),
        [figures["import again"]],
    )
    yield Result(
        f"export of {rows:,} rows to CSV",
        "copy (select ...) to stdout",
        EXPORT,
        ratio(figures["export"], figures["COPY out"]),
        [figures["export"], figures["COPY out"]],
    )


def _write_file(conn: psycopg.Connection, file: Path, rows: int) -> None:
    source = SOURCE.format(rows=sql.Literal(rows), categories=sql.Literal(100))
    statement = sql.SQL("copy ({}) to stdout (format csv, header)").format(
        sql.SQL(source.as_string(conn).replace("%%", "%"))
    )
    with file.open("wb") as target, conn.cursor() as cursor, cursor.copy(statement) as copy:
        for data in copy:
            target.write(data)


def define(conn: psycopg.Connection) -> None:
    """The class with its import and export, and the table made by hand; both empty."""
    columns = {
        code: {**column, "position": position}
        for position, (code, column) in enumerate(COLUMNS.items(), 1)
    }
    row = conn.execute("select meta.create_model('delivery', '{}')").fetchone()
    assert row is not None
    conn.execute(
        "select meta.create_class(%s, 'note', %s)",
        (row[0], Jsonb({"archive": True, "columns": columns, "keys": [["number"]]})),
    )
    conn.execute(
        "select batch.set_import(%s, 'notes', %s), batch.set_export(%s, 'notes', %s)",
        (
            row[0],
            Jsonb({"class": "note", "match": ["number"]}),
            row[0],
            Jsonb({"class": "note"}),
        ),
    )
    update_views(conn)
    plain = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(code), sql.SQL(TYPES[column["type"]]))
        for code, column in COLUMNS.items()
    )
    conn.execute(
        sql.SQL("""
            create table {} (
              id bigint generated always as identity primary key,
              {},
              uid uuid not null unique default gen_random_uuid(),
              version bigint not null default 1,
              creator text not null default current_user,
              created timestamptz not null default now(),
              modifier text,
              modified timestamptz,
              unique (number)
            )
        """).format(TWIN, plain)
    )
    conn.execute("checkpoint")


def _copy(url: str, conn: psycopg.Connection, file: Path, rows: int) -> Iterator[tuple[str, float]]:
    statement = sql.SQL("copy {} ({}) from stdin (format csv, header)").format(TWIN, NAMES)
    with (
        stopwatch() as watch,
        file.open("rb") as source,
        conn.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        while data := source.read(CHUNK):
            copy.write(data)
    yield "COPY in", watch.seconds


def _import_twice(
    url: str, conn: psycopg.Connection, file: Path, rows: int
) -> Iterator[tuple[str, float]]:
    for name, counter in (("import", "inserted"), ("import again", "unchanged")):
        with stopwatch() as watch:
            run = request_import(conn, "delivery.notes", file, force=True)
            run_import(url, run, file)
        found = conn.execute(
            sql.SQL("select {} from batch.import_run_status where run = %s").format(
                sql.Identifier(counter)
            ),
            (run,),
        ).fetchone()
        if found is None or found[0] != rows:
            raise UserError(f"{name}: {found} rows instead of {rows}")
        yield name, watch.seconds


def _export(
    url: str, conn: psycopg.Connection, file: Path, rows: int
) -> Iterator[tuple[str, float]]:
    statement = sql.SQL("copy (select {} from {}) to stdout (format csv, header)").format(
        NAMES, TWIN
    )
    with (
        stopwatch() as watch,
        file.with_name("copied.csv").open("wb") as target,
        conn.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for data in copy:
            target.write(data)
        target.flush()
        os.fsync(target.fileno())
    yield "COPY out", watch.seconds
    with stopwatch() as watch:
        done = run_export(
            url, request_export(conn, "delivery.notes"), to=file.with_name("exported.csv")
        )
    if done.rows != rows:
        raise UserError(f"{done.rows} rows were exported instead of {rows}")
    yield "export", watch.seconds
