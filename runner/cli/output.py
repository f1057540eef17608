"""What commands print: tables for people, JSON for programs, errors on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from ..errors import UserError, UserErrors
from ..hiding import hide

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

console = Console(highlight=False)


def print_json(value: Any) -> None:
    """Print a value as JSON; times, paths and UUIDs as text."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    title: str = "",
    width: int | None = None,
) -> None:
    """Print rows under headings; nothing is cut where the output is not a terminal.

    A width folds long values into several lines, on a terminal and elsewhere.
    """
    table = Table(*columns, title=title or None, title_justify="left", box=None, pad_edge=False)
    table.show_header = any(columns)
    for row in rows:
        table.add_row(*map(shown, row))
    if width is not None:
        for column in table.columns:
            column.overflow = "fold"
        Console(width=width, highlight=False).print(table, markup=False)
        return
    wide = console if console.is_terminal else Console(width=10_000, highlight=False)
    wide.print(table, markup=False, soft_wrap=not console.is_terminal)


def print_records(records: Sequence[Mapping[str, object]], title: str = "") -> None:
    """Print records that have the same keys under these; at least one."""
    print_table(list(records[0]), [list(record.values()) for record in records], title=title)


def shown(value: object) -> str:
    """A value for people: times to the second and in the local zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
    if isinstance(value, timedelta):
        return str(timedelta(seconds=round(value.total_seconds())))
    return str(value)


def print_fields(fields: Mapping[str, object]) -> None:
    """Print one thing's fields, a line each."""
    print_table(["", ""], fields.items())


NOT_INSTALLED = (
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedFunction,
)
"""What commands run into in a database without an instance, or with one of another version."""


def print_one(fields: Mapping[str, object], as_json: bool) -> None:
    """Print one thing, for people or programs."""
    if as_json:
        print_json(fields)
    else:
        print_fields(fields)


def complain(error: UserError | psycopg.Error) -> None:
    """Print an error for people: what is wrong, and what mends it."""
    if isinstance(error, UserErrors):
        for one in error.errors:
            complain(one)
        return
    stderr = Console(stderr=True, highlight=False, soft_wrap=True)
    if isinstance(error, UserError):
        message, detail, hint = str(error), None, error.hint
    else:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        message, hint = error.diag.message_primary or lines[0], error.diag.message_hint
        detail = error.diag.message_detail
        if hint is None and isinstance(error, NOT_INSTALLED):
            hint = (
                "Is pgears of this version in that database? pgears init installs or upgrades it."
            )
    stderr.print(hide(f"error: {message}"), style="red", markup=False)
    if detail:
        stderr.print(hide(f"detail: {detail}"), markup=False)
    if hint:
        stderr.print(hide(f"hint: {hint}"), markup=False)
