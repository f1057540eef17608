"""The commands export and exports: rows of classes and queries into files, and the log of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ..batch.exporter import request_export, run_export
from ..config import load_settings
from ..db import connect, database_url
from .output import Json, console, print_json
from .rows import print_rows

exports = typer.Typer(help="Exports: list, runs.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(export)
    app.add_typer(exports, name="exports")


def export(
    code: Annotated[str, typer.Argument(help="model.code, or the code alone where it is clear.")],
    to: Annotated[
        str | None, typer.Option(help="File or folder, - for standard output; else as defined.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Export with the rights of this account.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Export a class or query to a file."""
    settings = load_settings()
    url = database_url(settings)
    with connect(url, autocommit=True, name="pgears export") as conn:
        run = request_export(conn, code, account)
    if to == "-":
        done = run_export(url, run, stream=sys.stdout.buffer)
        if done.error:
            typer.echo(f"error: {done.error}", err=True)
            raise typer.Exit(1)
        return
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=as_json or not console.is_terminal,
    ) as bar:
        task = bar.add_task("writing", total=None)

        def watch(phase: str, done: int, total: int | None) -> None:
            bar.update(task, description=phase, completed=done, total=total)

        done = run_export(
            url, run, to=None if to is None else Path(to), watch=watch, home=settings.home
        )
    if as_json:
        print_json(
            {
                "run": done.run,
                "state": done.state,
                "rows": done.rows,
                "path": done.path,
                "file": done.file,
                "error": done.error,
            }
        )
    elif done.error:
        typer.echo(f"run {run} is {done.state}: {done.error}")
    else:
        where = done.path or f"file {done.file} in the database"
        typer.echo(f"run {run} is {done.state}: {done.rows} rows to {where}")
    if done.state == "failed":
        raise typer.Exit(1)


@exports.command("list")
def list_exports(as_json: Json = False) -> None:
    """List exports and what became of their last run."""
    print_rows("select * from batch.export_status order by export", (), as_json, "no export")


@exports.command()
def runs(
    code: Annotated[str | None, typer.Argument(help="Runs of this export only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List runs; those that run show how far they are."""
    print_rows(
        """
        select * from batch.export_run_status
        where %s::text is null or export = %s or split_part(export, '.', 2) = %s
        order by run desc limit %s
        """,
        (code, code, code, limit),
        as_json,
        "no run",
    )
