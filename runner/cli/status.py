"""The command status: what runs where, and in which state."""

from __future__ import annotations

from typing import Any

import psycopg
import typer
from psycopg.rows import dict_row

from .. import __version__, apply, instance
from ..config import load_settings
from ..db import connect, database_url
from ..overview import TABLES
from .output import Json, print_fields, print_json, print_records


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(as_json: Json = False) -> None:
    """Show version, server, environment, a table for each room, and what is not as it should be."""
    with connect(database_url(load_settings()), name="pgears status") as conn:
        state = instance_state(conn)
    if as_json:
        print_json(state)
        return
    if state.get("copy"):
        state["environment"] += " (an inert copy; say what it is with: pgears environment NAME)"
    state.pop("copy", None)
    tables = [(name, state.pop(name)) for name in TABLES]
    if "bytes" in state:
        state["size"] = f"{state.pop('bytes') / 1e6:.1f} MB"
    print_fields(state)
    for name, rows in tables:
        if rows:
            print_records(rows, f"\n{name}")


def instance_state(conn: psycopg.Connection) -> dict[str, Any]:
    """The state as one dictionary; of a database without an instance, the server's part."""
    info = conn.info
    state: dict[str, Any] = {
        "version": __version__,
        "server": f"PostgreSQL {info.parameter_status('server_version')}",
        "address": f"{info.host}:{info.port}",
        "database": info.dbname,
        "revision": apply.revision_of(conn),
        "newest_revision": apply.head(),
        **{name: [] for name in TABLES},
    }
    if state["revision"] is None:
        return state
    row = conn.execute(
        "select core.environment(), core.now() - now(), pg_database_size(current_database())"
    ).fetchone()
    if row is not None:
        state["environment"], state["clock_ahead"], state["bytes"] = row
    state["copy"] = instance.is_copy(conn)
    # One that is not upgraded yet lacks some of them.
    if state["revision"] == state["newest_revision"]:
        with conn.cursor(row_factory=dict_row) as cursor:
            for name, query in TABLES.items():
                state[name] = cursor.execute(query).fetchall()
    return state
