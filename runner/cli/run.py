"""The command run: the runner alone."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from ..config import load_settings
from ..hiding import hide_in_logs
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
) -> None:
    """Run the runner: it does tasks until it is stopped by Ctrl-C or SIGTERM."""
    settings = load_settings()
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if settings.debug else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    hide_in_logs()
    for library in ("psycopg", "psycopg.pool", "aiosmtplib", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)
    settled = serve(settings, name=name, once=once)
    logging.getLogger("pgears.runner").info("%s tasks settled", settled)
