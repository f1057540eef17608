"""Another system: an HTTP server that keeps what it was sent and misbehaves as told."""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """How one request is answered."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before the answer."""
    drop: str = ""
    """`before`: the connection is closed without an answer; `middle`: after half of it."""


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    connection: int
    """Port of the client: the same for requests over one connection."""
    at: float


@dataclass
class Target:
    """What it was asked, and the answers that come next; 200 when there are none."""

    port: int = 0
    replies: deque[Reply] = field(default_factory=deque)
    got: list[Request] = field(default_factory=list)
    on_request: Callable[[Request], None] = lambda request: None
    """Called before the answer."""
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, *replies: Reply | int) -> None:
        """Answers to the next requests."""
        self.replies.extend(Reply(reply) if isinstance(reply, int) else reply for reply in replies)

    def keys(self) -> list[str]:
        """Idempotency keys of the requests."""
        return [request.headers["idempotency-key"] for request in self.got]

    def enter(self, request: Request) -> Reply:
        """Take a request and give the answer to it."""
        with self._lock:
            self.got.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            return self.replies.popleft() if self.replies else Reply()

    def leave(self) -> None:
        """A request is answered."""
        with self._lock:
            self._at_once -= 1


@contextmanager
def target(context: ssl.SSLContext | None = None) -> Iterator[Target]:
    """A server on a free port of this host; with TLS where a context is given."""
    found = Target()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            request = Request(
                self.command,
                self.path,
                {name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers},
                self.rfile.read(int(self.headers.get("content-length", 0))),
                self.client_address[1],
                time.monotonic(),
            )
            reply = found.enter(request)
            try:
                found.on_request(request)
                time.sleep(reply.delay)
                if reply.drop == "before":
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                if reply.drop == "middle":
                    self.wfile.write(reply.body[: len(reply.body) // 2])
                    self.close_connection = True
                elif self.command != "HEAD":
                    self.wfile.write(reply.body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                found.leave()

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _any

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
