"""`pgears serve`: the application on its address until a signal comes."""

from __future__ import annotations

import signal

import uvicorn

from ..config import Settings
from ..db import connect, database_url
from .app import build


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; requests that run may end."""
    connect(database_url(settings), name="pgears serve").close()  # or a UserError
    # uvicorn ends in order and then raises the signal again; that is the end already.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    host, _, port = settings.web_listen.rpartition(":")
    uvicorn.run(
        build(settings),
        host=host.strip("[]"),
        port=int(port),
        log_config=None,
        access_log=settings.debug,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=10,
        lifespan="on",
    )
