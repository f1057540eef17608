"""The commands import and imports: files into classes, and the log of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ..batch.importer import request_import, run_import
from ..batch.preview import preview_import
from ..batch.rejects import write_rejects
from ..config import load_settings
from ..db import connect, database_url
from ..errors import UserError
from .output import Json, console, print_json, print_one, print_records, print_table
from .rows import fetch, open_instance, print_rows

imports = typer.Typer(help="Imports: list, runs, errors.", no_args_is_help=True)

COUNTERS = (
    "rows",
    "inserted",
    "updated",
    "unchanged",
    "deleted_before",
    "deleted_missing",
    "ignored",
    "errors",
)
SHOWN = 20
"""Rows in error that are shown after a run."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_)
    app.add_typer(imports, name="imports")


def import_(
    code: Annotated[str, typer.Argument(help="model.code, or the code alone where it is clear.")],
    file: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)],
    force: Annotated[
        bool, typer.Option("--force", help="Import the file although it went in before.")
    ] = False,
    preview: Annotated[
        int | None,
        typer.Option(min=1, help="Show so many rows as they would go in; write nothing."),
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Import with the rights of this account.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import a file into a class: rows in error are named, the others go in."""
    url = database_url(load_settings())
    if preview is not None:
        _preview(url, code, file, account, preview, as_json)
        return
    with connect(url, autocommit=True, name="pgears import") as conn:
        run = request_import(conn, code, file, account=account, force=force)
        with Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=as_json or not console.is_terminal,
        ) as bar:
            task = bar.add_task("loading", total=None)

            def watch(phase: str, done: int, total: int | None) -> None:
                bar.update(task, description=phase, completed=done, total=total)

            run_import(url, run, file, watch)
        state = _one(conn, "select * from batch.import_run_status where run = %s", run)
        errors = fetch(
            conn,
            'select line, "column", value, reason from batch.import_error_list'
            " where run = %s order by record, line limit %s",
            (run, 10_000 if as_json else SHOWN),
        )
    if as_json:
        print_json({**state, "errors_list": errors})
    else:
        numbers = {name: state[name] for name in COUNTERS if state[name] or name == "rows"}
        said = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in numbers.items())
        typer.echo(f"run {run} is {state['state']}: {said}")
        for note in [*([state["error"]] if state["error"] else []), *state["notes"]]:
            typer.echo(note)
        if errors:
            print_records(errors)
            if state["errors"] > SHOWN:
                typer.echo(f"all {state['errors']}: pgears imports errors {run}")
    if state["state"] in ("failed", "refused"):
        raise typer.Exit(1)


def _preview(
    url: str, code: str, file: Path, account: str | None, most: int, as_json: bool
) -> None:
    found = preview_import(url, code, file, account=account, most=most)
    if as_json:
        print_json({"columns": found.columns, "rows": found.rows, "errors": found.errors})
        return
    print_table(found.columns, found.rows)
    if found.errors:
        print_table(
            ["line", "column", "value", "reason"],
            [[e[name] for name in ("line", "column", "value", "reason")] for e in found.errors],
            title="\nin error",
        )


@imports.command("list")
def list_imports(as_json: Json = False) -> None:
    """List imports and what became of their last run."""
    print_rows("select * from batch.import_status order by import", (), as_json, "no import")


@imports.command()
def runs(
    code: Annotated[str | None, typer.Argument(help="Runs of this import only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List runs with their counters; those that run show how far they are."""
    print_rows(
        """
        select run, import, file, state, phase, done, total, rows, inserted, updated, unchanged,
          deleted_before, deleted_missing, ignored, errors, error, account, started, ended
        from batch.import_run_status
        where %s::text is null or import = %s or split_part(import, '.', 2) = %s
        order by run desc limit %s
        """,
        (code, code, code, limit),
        as_json,
        "no run",
    )


@imports.command()
def show(
    run: Annotated[int, typer.Argument(help="Number of the run.")], as_json: Json = False
) -> None:
    """Show one run."""
    with open_instance() as conn:
        state = _one(conn, "select * from batch.import_run_status where run = %s", run)
    print_one(state, as_json)


@imports.command()
def errors(
    run: Annotated[int, typer.Argument(help="Number of the run.")],
    file: Annotated[
        Path | None, typer.Option(help="Write the rows to this file, to be mended and imported.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the rows of a file that did not go in, or write them to a file."""
    if file is not None:
        with open_instance() as conn:
            number = write_rejects(conn, run, file)
        if as_json:
            print_json({"run": run, "rows": number, "file": file})
        else:
            typer.echo(f"{number} rows to {file}")
        return
    print_rows(
        'select line, "column", value, reason from batch.import_error_list'
        " where run = %s order by record, line",
        (run,),
        as_json,
        "no row in error",
    )


def _one(conn: psycopg.Connection[Any], query: str, *values: object) -> dict[str, Any]:
    found = fetch(conn, query, values)
    if not found:
        raise UserError("there is no such run", '"pgears imports runs" shows the runs.')
    return found[0]
