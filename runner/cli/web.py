"""Commands of the web service: serve, web on, off and token."""

from __future__ import annotations

from typing import Annotated

import typer

from ..config import load_settings
from ..db import connect, database_url
from ..logs import configure
from .output import Json, print_json

web = typer.Typer(help="The web service: on, off, status, token.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.add_typer(web, name="web")


def serve() -> None:
    """Run the web service until it is stopped by Ctrl-C or SIGTERM."""
    from ..web.server import serve as serve_forever  # its libraries are no burden of the others

    settings = load_settings()
    configure(settings)
    serve_forever(settings)


@web.command()
def on() -> None:
    """Switch the web service of the instance on."""
    _switch(True)


@web.command()
def off() -> None:
    """Switch it off: every server of the instance refuses every call from now on."""
    _switch(False)


@web.command()
def status(as_json: Json = False) -> None:
    """Say whether the web service of the instance is switched on."""
    with connect(database_url(load_settings()), name="pgears web") as conn:
        [(is_on,)] = conn.execute("select core.web_service()").fetchall()
    if as_json:
        print_json({"on": is_on})
    else:
        _tell(is_on)


@web.command()
def token(
    login: Annotated[str, typer.Argument(help="Account that the token is for.")],
    hours: Annotated[float, typer.Option(help="How long it is good for.")] = 8.0,
) -> None:
    """Print a token for an account, for the header Authorization: Bearer."""
    from ..web.secret import make_token

    typer.echo(make_token(load_settings(), login, hours * 3600))


def _switch(is_on: bool) -> None:
    with connect(database_url(load_settings()), name="pgears web") as conn:
        conn.execute("select core.set_web_service(%s)", (is_on,))
    _tell(is_on)


def _tell(is_on: bool) -> None:
    typer.echo(f"the web service is {'on' if is_on else 'off'}")
