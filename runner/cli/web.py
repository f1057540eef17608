"""Commands of the web service: serve, web on and off."""

from __future__ import annotations

import logging
import sys

import typer

from ..config import load_settings
from ..web.server import serve as serve_forever


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)


def serve() -> None:
    """Run the web service until it is stopped by Ctrl-C or SIGTERM."""
    settings = load_settings()
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if settings.debug else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    for library in ("psycopg", "psycopg.pool", "asyncio", "uvicorn.access"):
        logging.getLogger(library).setLevel(logging.WARNING)
    serve_forever(settings)
