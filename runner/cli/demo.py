"""The command demo."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ..config import load_settings
from ..demo import play
from .output import console

WIDTH = 110  # of the report's tables


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave server, runner and sink running.")
    ] = False,
) -> None:
    """Run the helpdesk example from nothing to its result, on a server of its own."""
    wide = Console(width=max(console.width, WIDTH), highlight=False)
    settings = load_settings()
    play(settings.home / "demo", keep=keep, console=wide, pg_bin=settings.pg_bin)
