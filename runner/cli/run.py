"""The command run: the runner alone."""

from __future__ import annotations

import logging
import socket
from typing import Annotated

import typer

from ..config import Settings, load_settings
from ..db import connect, database_url
from ..errors import UserError
from ..logs import configure
from ..service import leave, serve


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    once: Annotated[
        bool, typer.Option("--once", help="End when nothing is ready any more.")
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="Name in `pgears status`; the host's by default.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether a runner of this name is alive.")
    ] = False,
    metrics: Annotated[
        str | None,
        typer.Option(help="Address of /metrics and /health, such as 127.0.0.1:9187."),
    ] = None,
) -> None:
    """Run the runner: it does tasks until it is stopped by Ctrl-C or SIGTERM."""
    settings = load_settings() if metrics is None else load_settings(metrics_listen=metrics)
    if check:
        _check(settings, name or socket.gethostname())
        return
    configure(settings)
    settled = serve(settings, name=name, once=once)
    logging.getLogger("pgears.runner").info("%s tasks settled", settled)
    leave()


def _check(settings: Settings, name: str) -> None:
    """For the health check of a container."""
    with connect(database_url(settings), name="pgears run --check") as conn:
        states = conn.execute(
            "select state from queue.runner_status where name = %s and state <> 'lost'", (name,)
        ).fetchall()
    if not states:
        raise UserError(f"no runner {name} is alive", "Look at its log, and at: pgears status")
    typer.echo(f"{name} is {states[0][0]}")
