"""The class that reads and writes are measured on, and its twin made by hand.

The twin has the names of the API view, the same column types, keys and system columns with
plain defaults; it has no trigger, no check, no soft delete and no archive.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.model.views import update_views

VIEW = sql.Identifier("api", "bench_order")
TWIN = sql.Identifier("public", "orders")
BAREST = sql.Identifier("public", "orders_without_system_columns")

COLUMNS: dict[str, dict[str, Any]] = {
    "number": {"type": "text", "max_length": 40, "mandatory": True},
    "subject": {"type": "text", "max_length": 200},
    "category": {"type": "integer", "min": 0},
    "quantity": {"type": "integer", "min": 0, "max": 1_000_000},
    "amount": {"type": "decimal"},
    "weight": {"type": "integer"},
    "paid": {"type": "boolean"},
    "ordered": {"type": "date"},
    "shipped": {"type": "timestamp"},
    "note": {"type": "middle_text"},
}

TYPES = {
    "text": "text",
    "middle_text": "text",
    "integer": "bigint",
    "decimal": "numeric",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
}

SOURCE = sql.SQL("""
select
  'N' || i as number,
  'subject of order ' || i as subject,
  i %% {categories} as category,
  i %% 1000 as quantity,
  (i %% 100000)::numeric / 100 as amount,
  i as weight,
  i %% 3 = 0 as paid,
  date '2026-01-01' + (i %% 365)::integer as ordered,
  timestamptz '2026-01-01' + i * interval '1 second' as shipped,
  repeat('note ', 8) as note
from generate_series(1, {rows}::bigint) as i
""")


def make_orders(conn: psycopg.Connection[Any]) -> int:
    """Make the class with archive, one rule and its API view, and the twin; gives the class."""
    model = _scalar(conn, "select meta.create_model('bench', '{}')")
    columns = {
        code: {**column, "position": position}
        for position, (code, column) in enumerate(COLUMNS.items(), 1)
    }
    made = _scalar(
        conn,
        "select meta.create_class(%s, 'order', %s)",
        model,
        Jsonb(
            {"archive": True, "description": "{{column.number}} {{column.subject}}",
             "columns": columns}
        ),
    )  # fmt: skip
    notification = {
        "class": "order",
        "to": "orders@example.com",
        "subject": "order {{column.number}}",
        "body": "{{column.subject}}",
    }
    _scalar(conn, "select flow.set_notification(%s, 'new_order', %s)", model, Jsonb(notification))
    rule = {"class": "order", "event": "after_insert", "notify": "new_order"}
    _scalar(conn, "select flow.set_rule(%s, 'announce', %s)", model, Jsonb(rule))
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
              uid uuid not null unique default {}(),
              version bigint not null default 1,
              creator text not null default current_user,
              created timestamptz not null default now(),
              modifier text,
              modified timestamptz
            )
        """).format(TWIN, plain, _uuid_function(conn))
    )
    conn.execute(
        sql.SQL("create table {} (id bigint generated always as identity primary key, {})").format(
            BAREST, plain
        )
    )
    return int(made)


def fill(conn: psycopg.Connection[Any], target: sql.Identifier, rows: int, categories: int) -> None:
    """Insert rows that are the same in every table."""
    names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    source = SOURCE.format(rows=sql.Literal(rows), categories=sql.Literal(categories))
    conn.execute(sql.SQL("insert into {} ({}) {}").format(target, names, source), ())


def physical(conn: psycopg.Connection[Any], made: int, code: str) -> sql.Identifier:
    """The column of the class table behind a code."""
    name = _scalar(
        conn,
        "select physical from meta.effective_column where class_id = %s and code = %s",
        made,
        code,
    )
    return sql.Identifier(name)


def _uuid_function(conn: psycopg.Connection[Any]) -> sql.SQL:
    built_in = _scalar(conn, "select to_regprocedure('pg_catalog.uuidv7()') is not null")
    return sql.SQL("uuidv7") if built_in else sql.SQL("gen_random_uuid")


def _scalar(conn: psycopg.Connection[Any], query: str, *arguments: Any) -> Any:
    row = conn.execute(query, arguments).fetchone()
    return None if row is None else row[0]
