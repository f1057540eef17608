"""A connection that nobody can hold by sending or reading too slowly.

uvicorn limits how long a connection may be idle between requests. It waits for ever for the rest
of a request that has begun, and for a client that does not read: both have a time here.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""From the connection, or the first byte of a further request, until its head is there."""
IDLE_SECONDS = 15
"""Between an answer and the first byte of the next request."""
READ_SECONDS = 30.0
"""How long a client may leave an answer unread."""
HEAD_BYTES = 65_536
"""Size of a request's line and headers together."""
CONNECTIONS = 800
"""Connections of one process; one more takes the place of the oldest that waits for a request."""
LATE = b"The request did not come to its end in time."


def limited(body_seconds: float) -> type[Connection]:
    """The class of connections whose requests have come within so many seconds."""
    return type("LimitedConnection", (Connection,), {"body_seconds": body_seconds})


class Connection(H11Protocol):
    """An HTTP/1.1 connection of uvicorn, with a time for what its client has to do."""

    body_seconds = 60.0
    _timer: asyncio.TimerHandle | None = None
    _awaited: tuple[str, Any] | None = None
    _unread: asyncio.TimerHandle | None = None
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request; where there are too many connections, make room."""
        super().connection_made(transport)
        self._since = self.loop.time()
        if len(self.connections) > CONNECTIONS:
            self._oldest_waiting().transport.abort()
        if not transport.is_closing():
            self._await("head", HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on with the next request, of which a part may be there."""
        super().on_response_complete()
        self._since = self.loop.time()
        self._watch()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer a client that only ended its own side; true keeps the connection until then."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or cycle.more_body:
            return False
        cycle.keep_alive = False
        return True

    def pause_writing(self) -> None:
        """The client does not read: it has some time for it."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._stop()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def _watch(self) -> None:
        state = self.conn.their_state
        if self.transport.is_closing():
            self._stop()
        elif state is h11.SEND_BODY:
            self._await("body", self.body_seconds)
        elif state is h11.IDLE and self.conn.trailing_data[0]:
            self._await("head", HEAD_SECONDS)
        else:
            self._stop()

    def _await(self, what: str, seconds: float) -> None:
        """Each request has one time for its head and one for its body, however often it sends."""
        awaited = (what, self.cycle)
        if self._awaited != awaited:
            self._stop()
            self._awaited = awaited
            self._timer = self.loop.call_later(seconds, self._give_up)

    def _stop(self) -> None:
        self._awaited = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        """408 where a request has begun and nothing was answered; closed in any case."""
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        in_head = self.conn.their_state is h11.IDLE
        if in_head and self.conn.trailing_data[0]:
            self._answer_late()
        elif not in_head and not self.cycle.response_started:
            self.cycle.disconnected = True
            self._answer_late()
        self.transport.close()

    def _answer_late(self) -> None:
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(LATE)),
            (b"connection", b"close"),
        ]
        start = h11.Response(status_code=408, headers=headers, reason=b"Request Timeout")
        for event in (start, h11.Data(data=LATE), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    def _oldest_waiting(self) -> Connection:
        """The connection that has waited longest for a request; this one where all are busy."""
        waiting = [
            known
            for known in self.connections
            if isinstance(known, Connection)
            and known is not self
            and (known.cycle is None or known.cycle.response_complete)
            and not known.transport.is_closing()
        ]
        return min(waiting, key=lambda known: known._since, default=self)
