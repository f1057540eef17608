"""The commands backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import backup as backups
from ..config import load_settings
from ..db import direct_url
from .output import Json, print_json

Jobs = Annotated[int, typer.Option(min=1, help="Connections that pg_dump or pg_restore uses.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder to be made.")],
    jobs: Jobs = 1,
    as_json: Json = False,
) -> None:
    """Write a dump of the instance, the roles that it needs, and a manifest into a new folder."""
    settings = load_settings()
    made = backups.backup(direct_url(settings), folder, pg_bin=settings.pg_bin, jobs=jobs)
    if as_json:
        print_json(made.model_dump())
        return
    typer.echo(f"{made.database} at revision {made.revision}: {len(made.roles)} roles, dump")
    if not made.passwords:
        typer.echo("without passwords, which only a superuser can read", err=True)


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder that `pgears backup` made.")],
    jobs: Jobs = 1,
    as_json: Json = False,
) -> None:
    """Restore a backup into an empty database; it is inert until `pgears environment NAME`."""
    settings = load_settings()
    url = direct_url(settings, make=True)
    done = backups.restore(url, folder, pg_bin=settings.pg_bin, jobs=jobs)
    if as_json:
        print_json(
            {
                "database": done.manifest.database,
                "taken": done.manifest.taken,
                "roles_made": done.made,
                "roles_left": done.left,
                "accounts": done.accounts,
            }
        )
        return
    typer.echo(f"{done.manifest.database} of {done.manifest.taken} is restored")
    typer.echo(f"{len(done.made)} roles made, {done.accounts} accounts have their roles")
    for name in done.left:
        typer.echo(f'the group role "{name}" of the former name is still in use', err=True)
    typer.echo("nothing leaves it until you say what it is: pgears environment NAME")
