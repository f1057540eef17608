"""Commands of model files: plan, apply, dump, list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from psycopg.rows import dict_row

from ..config import load_settings
from ..db import connect, direct_url
from ..errors import UserError
from ..model import apply as model_apply
from ..model import dump as model_dump
from ..model.apply import Step
from ..model.file import FileMistakes, load
from .output import Json, print_json, print_table

File = Annotated[Path, typer.Argument(help="Model file (YAML).", show_default=False)]
Code = Annotated[str, typer.Argument(help="Code of the model.", show_default=False)]

WIDTH = 100
"""Columns of a plan on paper and screen; longer values are folded."""

commands = typer.Typer(
    help="Model files: classes, queries and rules by codes.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="model")


@commands.command()
def plan(file: File, as_json: Json = False) -> None:
    """Show what applying a model file would change, and which locks that takes."""
    with _mistakes(as_json):
        content = load(file)
        with connect(direct_url(load_settings()), name="pgears model plan") as conn:
            steps = model_apply.plan(conn, content)
    _show(steps, as_json)
    losses = sum(step.destructive for step in steps)
    if losses and not as_json:
        typer.echo(f"\n{losses} destructive: apply needs --allow-destructive")


@commands.command()
def apply(
    file: File,
    allow_destructive: Annotated[
        bool,
        typer.Option("--allow-destructive", help="Drop what the file leaves out, with its data."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the instance what a model file says, API views included: all of it or nothing."""
    with _mistakes(as_json):
        content = load(file)
        with connect(direct_url(load_settings()), name="pgears model apply") as conn:
            steps = model_apply.apply(conn, content, allow_destructive=allow_destructive)
    _show(steps, as_json)


@commands.command()
def dump(
    code: Code,
    file: Annotated[Path | None, typer.Argument(help="Where to; else it is printed.")] = None,
    as_json: Json = False,
) -> None:
    """Write a model of the instance as a model file."""
    with connect(direct_url(load_settings()), name="pgears model dump") as conn:
        if as_json:
            row = conn.execute("select meta.dump_model(%s)", (code,)).fetchone()
            print_json(row[0] if row else None)
            return
        text = model_dump.dump(conn, code)
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}", "Name a file that can be written.") from error
    typer.echo(f"{file} written")


@commands.command(name="list")
def list_models(as_json: Json = False) -> None:
    """List the models of the instance."""
    with (
        connect(direct_url(load_settings()), name="pgears model list") as conn,
        conn.cursor(row_factory=dict_row) as cursor,
    ):
        models = cursor.execute("select * from meta.model_summary order by code").fetchall()
    if as_json:
        print_json(models)
    elif not models:
        typer.echo("no models yet; apply one with: pgears model apply FILE")
    else:
        print_table(
            ["model", "name", "classes", "columns", "queries", "views to renew"],
            [
                (
                    model["code"],
                    next(iter(model["name"].values()), ""),
                    model["classes"],
                    model["columns"],
                    model["queries"],
                    model["views_to_renew"],
                )
                for model in models
            ],
        )


@contextmanager
def _mistakes(as_json: bool) -> Iterator[None]:
    """Print what is wrong with a file as JSON, where that was asked for, before it is an error."""
    try:
        yield
    except FileMistakes as wrong:
        if as_json:
            print_json({"mistakes": [asdict(mistake) for mistake in wrong.mistakes]})
        raise


def _show(steps: list[Step], as_json: bool) -> None:
    if as_json:
        print_json([asdict(step) for step in steps])
    elif not steps:
        typer.echo("nothing to change")
    else:
        print_table(
            ["", "action", "object", "detail", "lock", ""],
            [
                (
                    step.step,
                    step.action,
                    f"{step.kind} {step.object}",
                    step.detail,
                    "" if step.lock == "none" else step.lock,
                    "DESTRUCTIVE" if step.destructive else "",
                )
                for step in steps
            ],
            width=WIDTH,
        )
