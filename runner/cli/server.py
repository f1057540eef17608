"""Commands of the instance itself: init, upgrade, up, down, url, shell."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .. import apply
from ..config import load_settings
from ..db import account_url, database_url, direct_url
from ..embedded import Server
from ..errors import UserError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (init, upgrade, up, down, url, shell):
        app.command()(command)


def init() -> None:
    """Install pgears into the database; an instance that is there is brought up to date."""
    settings = load_settings()
    report = apply.upgrade(direct_url(settings), environment=settings.environment)
    done = "installed" if report.fresh else f"was there at {report.before}, now"
    typer.echo(f"pgears {done} at revision {report.after}, {report.files} files applied")


def upgrade() -> None:
    """Bring an instance to this version: migrations, then functions, views and triggers."""
    settings = load_settings()
    target = direct_url(settings)
    if apply.revision(target) is None:
        raise UserError("there is no instance in this database", "Install it with: pgears init")
    report = apply.upgrade(target, environment=settings.environment)
    typer.echo(f"revision {report.before} -> {report.after}, {report.files} files applied")


def up() -> None:
    """Start the embedded server where no other is named, and bring the instance up to date."""
    init()
    typer.echo("connect with: pgears shell")


def down() -> None:
    """Stop the embedded server."""
    settings = load_settings()
    stopped = Server(settings.home, settings.pg_bin).stop()
    typer.echo("server stopped" if stopped else "server was not running")


def url(
    account: Annotated[
        str | None, typer.Option(help="Login to put into the URL, without password.")
    ] = None,
) -> None:
    """Print the connection URL, for psql and reporting tools."""
    target = database_url(load_settings())
    typer.echo(target if account is None else account_url(target, account))


def shell() -> None:
    """Open pgcli on the instance."""
    parts = conninfo_to_dict(database_url(load_settings()))
    password = parts.pop("password", None)
    if password is not None:
        os.environ["PGPASSWORD"] = str(password)  # not in the process list
    target = make_conninfo(**{name: str(value) for name, value in parts.items()})
    os.execv(sys.executable, [sys.executable, "-m", "pgcli", target])
