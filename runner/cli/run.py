"""The command run: the runner alone."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from ..config import load_settings
from ..logs import configure
from ..service import serve


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
    metrics: Annotated[
        str | None,
        typer.Option(help="Address of /metrics and /health, such as 127.0.0.1:9187."),
    ] = None,
) -> None:
    """Run the runner: it does tasks until it is stopped by Ctrl-C or SIGTERM."""
    settings = load_settings() if metrics is None else load_settings(metrics_listen=metrics)
    configure(settings)
    settled = serve(settings, name=name, once=once)
    logging.getLogger("pgears.runner").info("%s tasks settled", settled)
