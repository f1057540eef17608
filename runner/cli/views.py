"""The commands of API views: how they stand, renew them, drop them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from ..config import load_settings
from ..db import connect, direct_url
from ..model import views
from .output import Json, print_json, print_table

Target = Annotated[
    str | None,
    typer.Argument(metavar="MODEL[.CLASS]", help="A model, or one of its classes or queries."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    area = typer.Typer(no_args_is_help=True, help="API views and their renewal.")
    area.command()(status)
    area.command()(update)
    area.command()(drop)
    app.add_typer(area, name="views")


def status(target: Target = None, as_json: Json = False) -> None:
    """Show which views are current, stale, missing, altered by hand or orphaned."""
    with connect(direct_url(load_settings()), name="pgears views") as conn:
        states = views.view_states(conn, target)
        tables = views.table_differences(conn, target)
    if as_json:
        print_json({"views": [asdict(s) for s in states], "tables": [asdict(t) for t in tables]})
        return
    print_table(
        ["view", "of", "state", "renewing would"],
        [(s.name, s.object, s.state, s.difference) for s in states],
    )
    if tables:
        print_table(
            ["class", "table", "altered by hand"],
            [(t.object, t.relation, t.difference) for t in tables],
            title="\ntables",
        )


def update(target: Target = None, as_json: Json = False) -> None:
    """Renew every view that is not current: all of them, or none and what is in the way."""
    with connect(direct_url(load_settings()), autocommit=True, name="pgears views") as conn:
        renewed = views.renew(conn, target)
    if as_json:
        print_json([asdict(renewal) for renewal in renewed])
    else:
        print_table(["view", "done"], [(r.name, r.action) for r in renewed])
        typer.echo(counted(renewed, "renewed"))


def drop(
    target: Target = None,
    orphans: Annotated[
        bool, typer.Option("--orphans", help="Views whose class or query is gone.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Drop views; classes and their rows stay, and update makes the views again."""
    if (target is None) is not orphans:
        raise typer.BadParameter("name a model or model.class, or say --orphans")
    with connect(direct_url(load_settings()), name="pgears views") as conn:
        dropped = views.drop_views(conn, target)
    if as_json:
        print_json(dropped)
        return
    for name in dropped:
        typer.echo(name)
    typer.echo(counted(dropped, "dropped"))


def counted(items: Sequence[object], done: str) -> str:
    """A closing line such as "2 views renewed"."""
    return f"{len(items)} view{'' if len(items) == 1 else 's'} {done}"
