"""The command line `pgears`: each area is a module here, which adds its commands."""

from __future__ import annotations

import sys
from typing import Annotated

import psycopg
import typer

from .. import __version__
from ..config import load_settings
from ..errors import UserError
from ..hiding import hide_in_logs
from . import (
    access,
    backup,
    calls,
    demo,
    doctor,
    exports,
    flow,
    imports,
    job,
    mail,
    mailbox,
    metrics,
    model,
    replicate,
    run,
    server,
    sink,
    status,
    sync,
    task,
    views,
    web,
)
from .output import complain

AREAS = (
    server,
    demo,
    run,
    web,
    sink,
    status,
    metrics,
    doctor,
    backup,
    model,
    views,
    access,
    task,
    mail,
    mailbox,
    calls,
    flow,
    job,
    imports,
    exports,
    sync,
    replicate,
)

app = typer.Typer(
    name="pgears",
    help="Classes, rules, mail and workflows that live in PostgreSQL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for area in AREAS:
    area.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pgears {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run a command: exit code 0 done, 1 failed with one line and a hint, 2 wrong usage."""
    hide_in_logs()
    try:
        app(prog_name="pgears")
    except (UserError, psycopg.Error) as error:
        complain(error)
        if _debug():
            raise
        sys.exit(1)


def _debug() -> bool:
    try:
        return load_settings().debug
    except UserError:
        return False
