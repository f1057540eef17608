"""`pgears serve`: the application on its address until a signal comes."""

from __future__ import annotations

import signal

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from ..config import Settings
from ..db import connect, database_url
from ..errors import UserError
from ..instance import check_process
from .app import build
from .connections import HEAD_BYTES, IDLE, Connection, Patrol, Server


def check(settings: Settings) -> None:
    """A UserError where there is no database, no instance that fits, or no schema to serve."""
    with connect(database_url(settings), name="pgears serve") as conn:
        if conn.execute("select to_regprocedure('web.relations(text[])')").fetchone() == (None,):
            raise UserError("there is no instance in this database", "Install it with: pgears init")
        check_process(conn, settings.environment)
        for schema in settings.web_schemas:
            if conn.execute("select to_regnamespace(quote_ident(%s))", (schema,)).fetchone() == (
                None,
            ):
                raise UserError(
                    f'there is no schema "{schema}" to serve', "Correct PGEARS_WEB_SCHEMAS."
                )


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; requests that run may end."""
    check(settings)
    # uvicorn ends in order and then raises the signal again; that is the end already.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    host, _, port = settings.web_listen.rpartition(":")
    config = uvicorn.Config(
        build(settings),
        host=host.strip("[]"),
        port=int(port),
        log_config=None,
        access_log=settings.debug,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=10,
        lifespan="on",
        http=Connection,
        ws="none",
        h11_max_incomplete_event_size=HEAD_BYTES,
        limit_concurrency=settings.web_connections,
        timeout_keep_alive=IDLE,
    )
    server = Server(config, Patrol(settings))
    server.run()
    if not server.started:
        raise SystemExit(STARTUP_FAILURE)
