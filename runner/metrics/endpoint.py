"""The address of a process without a web server: /metrics, /health/live, /health/ready.

It is served by threads of its own, so it answers, and says so, when the process hangs.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from types import TracebackType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import ThreadingWSGIServer, choose_encoder

from ..errors import UserError
from .guard import admits

Trouble = Callable[[], str | None]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request; a client that says nothing is let go."""

    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Endpoint:
    """Serves while it is entered; `live` and `ready` say what is wrong, or None."""

    def __init__(
        self,
        address: str,
        registry: CollectorRegistry,
        *,
        live: Trouble,
        ready: Trouble,
        token: str | None = None,
    ) -> None:
        self.registry = registry
        self.troubles = {"/health/live": live, "/health/ready": ready}
        self.token = token
        host, _, port = address.rpartition(":")
        try:
            self.server: WSGIServer = make_server(
                host.strip("[]"),
                int(port),
                self.answer,
                server_class=ThreadingWSGIServer,
                handler_class=_Quiet,
            )
        except OSError as error:
            raise UserError(
                f"metrics cannot be served at {address}: {error.strerror}",
                "Name a free address with --metrics or PGEARS_METRICS_LISTEN.",
            ) from error

    @property
    def port(self) -> int:
        """Where it listens; that of the address, or the one that was free for port 0."""
        return self.server.server_port

    def answer(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """One request."""
        path = environ.get("PATH_INFO", "")
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return _say(start, HTTPStatus.METHOD_NOT_ALLOWED, "GET only")
        if path in self.troubles:
            trouble = self.troubles[path]()
            if trouble is not None:
                return _say(start, HTTPStatus.SERVICE_UNAVAILABLE, trouble)
            return _say(start, HTTPStatus.OK, path.rpartition("/")[2])
        if path != "/metrics":
            return _say(
                start, HTTPStatus.NOT_FOUND, "there is /metrics, /health/live, /health/ready"
            )
        if not admits(self.token, environ.get("HTTP_AUTHORIZATION")):
            return _say(start, HTTPStatus.UNAUTHORIZED, "a bearer token is needed")
        encode, content_type = choose_encoder(environ.get("HTTP_ACCEPT", ""))
        body = encode(self.registry)
        start("200 OK", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
        return [body]

    def __enter__(self) -> Endpoint:
        threading.Thread(target=self.server.serve_forever, name="metrics", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()


def _say(start: StartResponse, status: HTTPStatus, text: str) -> Iterable[bytes]:
    body = json.dumps({"status": text}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append(("WWW-Authenticate", "Bearer"))
    start(f"{status.value} {status.phrase}", headers)
    return [body]
