"""Commands of the instance itself: init, upgrade, up, down, url."""

from __future__ import annotations

import typer

from ..apply import upgrade as upgrade_database
from ..config import load_settings
from ..db import direct_url
from ..embedded import Server


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(upgrade)
    app.command()(down)
    app.command()(url)


def init() -> None:
    """Install pgears into the database; does nothing harmful when it is there."""
    upgrade()


def upgrade() -> None:
    """Bring the database to this version."""
    report = upgrade_database(direct_url(load_settings()))
    typer.echo(f"database at revision {report.after}, {report.files} objects applied")


def down() -> None:
    """Stop the embedded server."""
    stopped = Server(load_settings().home).stop()
    typer.echo("server stopped" if stopped else "server was not running")


def url() -> None:
    """Print the connection URL."""
    typer.echo(direct_url(load_settings()))
