"""Rows of a status view as a table or as JSON, and one row after a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import psycopg
import typer
from psycopg import sql
from psycopg.rows import dict_row

from ..config import load_settings
from ..db import connect, database_url
from .output import console, print_json, print_one, print_records

State = Annotated[str | None, typer.Option("--state", help="Only those in this state.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest.")]


def open_instance() -> psycopg.Connection[Any]:
    """A connection to the instance."""
    return connect(database_url(load_settings()), name="pgears command")


def fetch(conn: psycopg.Connection, query: str, arguments: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of a query by column name."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), arguments).fetchall()


def print_rows(query: str, arguments: Sequence[Any], as_json: bool, nothing: str) -> None:
    """Print the rows of a query, or `nothing` where there are none."""
    with open_instance() as conn:
        found = fetch(conn, query, arguments)
    if as_json:
        print_json(found)
    elif found:
        print_records(found)
    else:
        console.print(nothing)


def call(query: str, arguments: Sequence[Any]) -> Any:
    """The value that a function gives."""
    with open_instance() as conn:
        row = conn.execute(query.encode(), arguments).fetchone()
    return None if row is None else row[0]


def count(query: str, arguments: Sequence[Any], name: str, as_json: bool) -> None:
    """Call a function that says how many it changed, and print that under a name."""
    found = {name: call(query, arguments)}
    print_one(found, as_json)


def act(
    query: str,
    arguments: Sequence[Any],
    view: tuple[str, str],
    id: int,
    as_json: bool,
    columns: Sequence[str] = ("id", "state", "subject"),
) -> None:
    """Change something by a function, then print its row of a status view (schema, name)."""
    with open_instance() as conn, conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(query.encode(), arguments)
        row = cursor.execute(
            sql.SQL("select {} from {} where id = %s").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(*view)
            ),
            (id,),
        ).fetchone()
    if row is None:
        raise LookupError(f"{'.'.join(view)} has no row {id}")
    print_one(row, as_json)
