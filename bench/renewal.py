"""Renewing the API views of 1,000 classes, and of one, against bare `create or replace view`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.model.views import update_views

from .lab import Lab
from .results import Budget, Result, ratio
from .rounds import interleave, stopwatch

ALL = Budget(5)
ONE = Budget(20)
CLASSES = 1_000
TYPES = ("text", "integer", "decimal", "date")
COLUMNS = {f"column_{i:02}": {"type": TYPES[i % 4], "position": i} for i in range(1, 20)} | {
    "renamed_0": {"type": "text", "position": 20}
}


def run(lab: Lab) -> Iterator[Result]:
    """Both renewals; each renames a column of each class first, so that every view is stale."""
    classes = lab.size(CLASSES)
    with lab.database() as url, psycopg.connect(url) as conn:
        made = _make(conn, classes)
        bare = _bare_views(conn)
        serial = count(1)

        def renew(targets: list[int], target: str) -> float:
            conn.execute(
                """
                select meta.rename_column(k.id, %s)
                from meta.class_column as k
                where k.class_id = any (%s) and k.code ~ '^renamed'
                """,
                (f"renamed_{next(serial)}", targets),
            )
            conn.commit()
            with stopwatch() as watch:
                renewed = len(update_views(conn, target))
                conn.commit()
            if renewed < len(targets):
                raise RuntimeError(f"{renewed} views were renewed for {len(targets)} classes")
            return watch.seconds * 1e3

        def replace(statements: list[str]) -> float:
            with stopwatch() as watch:
                conn.execute("; ".join(statements).encode())
                conn.commit()
            return watch.seconds * 1e3

        for work, budget, targets, target, statements, rounds in (
            (f"views of {classes:,} classes x 20 columns renewed", ALL, made, "m", bare, 3),
            (f"one of {classes:,} classes renewed", ONE, made[:1], "m.class_1", bare[:1], 11),
        ):
            figures = interleave(
                {
                    "renewed": partial(renew, targets, target),
                    "bare": partial(replace, statements),
                },
                rounds=lab.rounds(rounds),
                unit="ms",
            )
            yield Result(
                work,
                "bare create or replace, one view a class",
                budget,
                ratio(figures["renewed"], figures["bare"]),
                list(figures.values()),
            )


def _make(conn: psycopg.Connection, classes: int) -> list[int]:
    (model,) = conn.execute("select meta.create_model('m', '{}')").fetchone() or (None,)
    conn.commit()
    made = []
    for i in range(1, classes + 1):
        row = conn.execute(
            "select meta.create_class(%s, %s, %s)",
            (model, f"class_{i}", Jsonb({"columns": COLUMNS})),
        ).fetchone()
        made += [row[0]] if row else []
        # In one transaction each class would cost more than the one before it.
        conn.commit()
    update_views(conn)
    conn.commit()
    return made


def _bare_views(conn: psycopg.Connection) -> list[str]:
    """The views of the classes again under other names, as plain statements."""
    views = conn.execute(
        """
        select c.relname, pg_get_viewdef(c.oid)
        from pg_class as c
        where c.relnamespace = 'api'::regnamespace and c.relkind = 'v' and c.relname !~ '_all$'
        order by length(c.relname), c.relname
        """
    ).fetchall()
    conn.execute("create schema bare")
    return [
        sql.SQL("create or replace view {} with (security_invoker = true) as {}")
        .format(sql.Identifier("bare", name), sql.SQL(definition.rstrip().rstrip(";")))
        .as_string(conn)
        for name, definition in views
    ]
