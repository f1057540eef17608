"""The command line `pgears`: each area is a module of this package."""

from __future__ import annotations

import os
import sys

import psycopg
import typer
from rich.console import Console

from ..config import load_settings
from ..errors import UserError
from . import server

app = typer.Typer(
    name="pgears",
    help="Classes, rules, mail and workflows that live in PostgreSQL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
server.register(app)


def main() -> None:
    """Run a command; an error is one line, a hint another, and exit code 1."""
    try:
        app(prog_name="pgears")
    except (UserError, psycopg.Error) as error:
        if os.environ.get("PGEARS_DEBUG"):
            raise
        complain(error)
        sys.exit(1)


def complain(error: UserError | psycopg.Error) -> None:
    """Print an error for people."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if isinstance(error, UserError):
        message, hint = str(error), error.hint
    else:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        message, hint = error.diag.message_primary or lines[0], error.diag.message_hint
    console.print(f"error: {message}", style="red", markup=False)
    if hint:
        console.print(f"hint: {hint}", markup=False)
