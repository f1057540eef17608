"""What surrounds every request: its id, its duration, a line in the log.

`X-Request-Id` of the client is taken over and returned; one is made where it sends none. The
transaction of the request has it, so tasks, mails and calls that it leads to do too.
"""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import uuid4

from starlette.types import ASGIApp, Receive, Scope, Send

from ..correlation import acceptable, correlation_of, current
from ..metrics.tally import Tallies

log = logging.getLogger("pgears.web")

HEADER = b"x-request-id"
METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"))
QUIET = frozenset(("GET", "HEAD", "OPTIONS"))


def request_id(scope: Scope) -> tuple[str, str]:
    """The id that the client gave, or a new one, and the correlation under which it is found."""
    for name, value in scope["headers"]:
        if name == HEADER:
            text: str = value.decode("latin-1").strip()
            if acceptable(text):
                return text, correlation_of(text)
    made = str(uuid4())
    return made, made


async def observed(
    answer: ASGIApp, tallies: Tallies, scope: Scope, receive: Receive, send: Send, *, path: str
) -> None:
    """Answer a request under its id; the path is what may stand in a log."""
    id, correlation = request_id(scope)
    current.set(correlation)
    begun = time.monotonic()
    status = 500

    async def send_with_id(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            message["headers"] = [*message.get("headers", ()), (HEADER, id.encode("ascii"))]
        await send(message)

    try:
        await answer(scope, receive, send_with_id)
    finally:
        seconds = time.monotonic() - begun
        method = scope["method"] if scope["method"] in METHODS else "other"
        tallies.add((method, str(status)), seconds)
        level = _level(method, status)
        if log.isEnabledFor(level):
            log.log(
                level,
                "%s %s: %s",
                method,
                path,
                status,
                extra={
                    "request": id,
                    "method": method,
                    "path": path,
                    "status": status,
                    "seconds": round(seconds, 6),
                },
            )


def _level(method: str, status: int) -> int:
    """Requests that change something and those that failed are told; the others when debugging."""
    if status >= 500:
        return logging.WARNING
    return logging.DEBUG if method in QUIET else logging.INFO
