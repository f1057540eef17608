"""Commands of the instance itself: init, upgrade, up, down, url, shell."""

from __future__ import annotations

import os
import socket
import sys
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .. import apply, instance
from ..background import Background
from ..config import Settings, load_settings
from ..db import account_url, connect, database_url, direct_url
from ..embedded import Server
from ..errors import UserError
from ..services import Service
from .output import Json, print_json

PARTS = {"runner": ["run"], "sink": ["sink"], "web": ["serve"]}
"""Processes of an instance beside its server, and the commands that they run."""

COPY = (
    "this database is a copy that was not told its environment: no runner starts"
    " and nothing leaves it; say what it is with: pgears environment NAME"
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (init, upgrade, environment, up, down, url, shell):
        app.command()(command)


def init(
    services: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            metavar="KIND=FILE",
            help="Make the login that the URL in a file names, for runner or web, or give it that"
            " password; may be given for each.",
        ),
    ] = None,
) -> None:
    """Install pgears into the database; an instance that is there is brought up to date."""
    wanted = [Service.of_option(option) for option in services or ()]
    _install()
    if wanted:
        with connect(direct_url(load_settings()), name="pgears init") as conn:
            for service in wanted:
                typer.echo(service.ensure(conn))


def _install() -> None:
    settings = load_settings()
    report = apply.upgrade(direct_url(settings, make=True), environment=settings.environment)
    done = "installed" if report.fresh else f"was there at {report.before}, now"
    typer.echo(f"pgears {done} at revision {report.after}, {report.files} files applied")
    _warn_of_copy(settings)


def upgrade() -> None:
    """Bring an instance to this version: migrations, then functions, views and triggers."""
    settings = load_settings()
    target = direct_url(settings)
    if apply.revision(target) is None:
        raise UserError("there is no instance in this database", "Install it with: pgears init")
    report = apply.upgrade(target, environment=settings.environment)
    typer.echo(f"revision {report.before} -> {report.after}, {report.files} files applied")
    _warn_of_copy(settings)


def environment(
    name: Annotated[
        str | None,
        typer.Argument(help="production, acceptance, test or development; without it, show."),
    ] = None,
    hold: Annotated[
        bool, typer.Option("--hold", help="Let nothing leave until the environment is said again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show or say what this instance is; a restored copy is inert until it is told."""
    if hold and name is not None:
        raise typer.BadParameter("either a name or --hold")
    with connect(direct_url(load_settings()), name="pgears environment") as conn:
        if apply.revision_of(conn) is None:
            raise UserError("there is no instance in this database", "Install it with: pgears init")
        if name is not None:
            instance.set_environment(conn, name)
        elif hold:
            instance.hold(conn)
        state = {"environment": instance.environment(conn), "copy": instance.is_copy(conn)}
    if as_json:
        print_json(state)
        return
    typer.echo(state["environment"])
    if state["copy"]:
        typer.echo(COPY, err=True)


def _warn_of_copy(settings: Settings) -> None:
    with connect(direct_url(settings), name="pgears upgrade") as conn:
        if instance.is_copy(conn):
            typer.echo(COPY, err=True)


def up() -> None:
    """Start all of an instance: server, runner, web service, and in development the mail sink.

    The embedded server is started where no other is named; the instance is installed, or
    brought up to date. What runs already is left alone.
    """
    _install()
    settings = load_settings()
    parts = dict(PARTS)
    listens = {"sink": settings.sink_listen, "web": settings.web_listen}
    with connect(database_url(settings), name="pgears up") as conn:
        if instance.environment(conn) != "development":
            del parts["sink"]
        if instance.is_copy(conn):
            del parts["runner"]
    for name, address in listens.items():
        if name in parts and Background(settings.home, name).pid() is None:
            _check_address(name, address)
    for name, command in parts.items():
        part = Background(settings.home, name)
        done = "started" if part.start(command) else "runs already"
        typer.echo(f"{name} {done}, its log is {part.log}")
    typer.echo(f"the web service is at http://{settings.web_listen}")
    typer.echo("connect with: pgears shell, stop with: pgears down")


def _check_address(name: str, address: str) -> None:
    """Refuse to start what could not listen: it would end, and another would answer for it."""
    host, _, port = address.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
        with socket.socket(found[0][0]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[0][4])
    except OSError as error:
        raise UserError(
            f"{name} cannot listen at {address}: {error.strerror}",
            f"Stop what is there, another instance perhaps (pgears down in its folder),"
            f" or set PGEARS_{name.upper()}_LISTEN to another address.",
        ) from error


def down() -> None:
    """Stop what `up` has started: runner, sink, web service, and the embedded server."""
    settings = load_settings()
    for name in PARTS:
        stopped = Background(settings.home, name).stop()
        typer.echo(f"{name} stopped" if stopped else f"{name} was not running")
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
