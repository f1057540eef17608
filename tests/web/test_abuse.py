"""Clients that dribble, send rubbish or hang on: a clear status or a closed connection."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.web.connection import CONNECTIONS, HEAD_BYTES, HEAD_SECONDS
from tests.fix_database import Database
from tests.fix_web import WebServer, serving

PATIENCE = 30.0
GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD_OF_BODY = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def exposed(web_database: Database, web_folder: Path) -> Iterator[WebServer]:
    """A server with short times; what it wrote is looked at in the end."""
    with serving(web_database, web_folder, web_request_timeout="2", web_max_body="20000") as served:
        yield served
        assert served.client().get("/health/ready").status_code == 200
        assert "Traceback" not in served.log.read_text()


def connect(served: WebServer) -> socket.socket:
    """A connection as bare as can be."""
    host, port = served.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def all_of(raw: socket.socket) -> bytes:
    """What comes until the server closes; a reset is an end as well."""
    found = b""
    try:
        while part := raw.recv(65536):
            found += part
    except ConnectionError:
        return found
    return found


def statuses(answer: bytes) -> list[int]:
    """The statuses of the answers in a stream."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def dribble(served: WebServer, begin: bytes, drop: Callable[[int], bytes]) -> bytes:
    """Send drop by drop until the server has enough; meanwhile another client is served."""
    other = served.client("web_ann")
    with connect(served) as raw:
        raw.sendall(begin)
        raw.settimeout(0.2)
        until = time.monotonic() + PATIENCE
        for number in range(1000):
            assert time.monotonic() < until, "the connection is still open"
            try:
                if found := raw.recv(65536):
                    raw.settimeout(PATIENCE)
                    return found + all_of(raw)
                return b""
            except TimeoutError:
                assert other.get("/helpdesk_ticket?limit=1").status_code == 200
            except ConnectionError:
                return b""
            try:
                raw.sendall(drop(number))
            except ConnectionError:
                return b""
    raise AssertionError("never closed")


def test_a_head_that_dribbles(exposed: WebServer) -> None:
    """Its time runs from its begin, not from its last byte."""
    answer = dribble(exposed, b"GET / HTTP/1.1\r\nHost: x\r\n", lambda n: b"X-%d: y\r\n" % n)
    assert statuses(answer) == [408]


def test_a_second_head_that_dribbles(exposed: WebServer) -> None:
    """On a kept connection it is the same."""
    with connect(exposed) as raw:
        raw.sendall(GET + b"GET / HT")
        assert statuses(all_of(raw)) == [200, 408]


def test_a_body_that_dribbles(exposed: WebServer) -> None:
    """A body has PGEARS_WEB_REQUEST_TIMEOUT, in the service and in the pages."""
    begin = HEAD_OF_BODY % (b"/rpc/nothing", 9000) + b"\r\n{"
    answer = dribble(exposed, begin, lambda _: b" ")
    assert statuses(answer) == [408]
    assert b"PG607" in answer
    page = HEAD_OF_BODY % (b"/pages/login", 9000) + FORM + b"\r\n"
    assert statuses(dribble(exposed, page, lambda _: b"a")) == [408]


def test_a_body_nobody_reads(exposed: WebServer) -> None:
    """The body of a GET is not waited for; the connection ends all the same."""
    begin = b"GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n"
    with connect(exposed) as raw:
        raw.sendall(begin)
        assert statuses(all_of(raw)) == [200]


def test_nothing_is_sent(exposed: WebServer) -> None:
    """A connection without a request is closed without a word."""
    with connect(exposed) as raw:
        begin = time.monotonic()
        assert all_of(raw) == b""
        assert time.monotonic() - begin < HEAD_SECONDS + PATIENCE


LONG = b"a" * (HEAD_BYTES * 5)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + LONG + b" HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + LONG + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: y\r\n" * 30_000 + b"\r\n", 400),
        (HEAD_OF_BODY % (b"/rpc/nothing", 20_001) + b"\r\n", 413),
        (HEAD_OF_BODY % (b"/pages/login", 20_001) + FORM + b"\r\n", 413),
    ],
)
def test_too_large(exposed: WebServer, sent: bytes, status: int) -> None:
    """Refused as soon as it is known, and closed."""
    with connect(exposed) as raw:
        try:
            raw.sendall(sent)
        except ConnectionError:
            # The server has closed while the rest was on its way.
            return
        answer = all_of(raw)
    # A reset that overtakes the answer can only meet who still sends.
    assert statuses(answer) == [status] or (status == 400 and not answer)


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\nrubbish\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"GET /\xff\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /rpc/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /rpc/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /rpc/nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /rpc/nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: rot13\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        bytes(range(256)) * 4 + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_malformed(exposed: WebServer, sent: bytes) -> None:
    """What is no HTTP is a bad request or not implemented by design, and the end."""
    with connect(exposed) as raw:
        raw.sendall(sent)
        raw.shutdown(socket.SHUT_WR)
        found = statuses(all_of(raw))
    assert all(400 <= status < 500 or status == 501 for status in found), found


def test_rubbish_behind_a_request(exposed: WebServer) -> None:
    """The request is answered, the rubbish refused, the connection closed."""
    with connect(exposed) as raw:
        raw.sendall(GET + GET + b"\x00\x01 rubbish\r\n\r\n" + GET)
        assert statuses(all_of(raw)) == [200, 200, 400]


def test_half_closed(exposed: WebServer) -> None:
    """Who ends only his own side is answered; who ends in the middle of a request is not."""
    with connect(exposed) as raw:
        raw.sendall(b"GET /helpdesk_ticket?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        raw.shutdown(socket.SHUT_WR)
        [status] = statuses(all_of(raw))
        assert status < 500
    for path, more in ((b"/rpc/nothing", b""), (b"/pages/login", FORM)):
        with connect(exposed) as raw:
            raw.sendall(HEAD_OF_BODY % (path, 100) + more + b"\r\n{")
            raw.shutdown(socket.SHUT_WR)
            assert all(status < 500 for status in statuses(all_of(raw)))


def test_many_idle_connections(exposed: WebServer) -> None:
    """More than there may be: the oldest idle ones make room, and work goes on."""
    with ExitStack() as stack:
        held = [stack.enter_context(connect(exposed)) for _ in range(CONNECTIONS)]
        other = exposed.client("web_ann")
        for _ in range(3):
            assert other.get("/helpdesk_ticket?limit=1").status_code == 200
        held[0].settimeout(PATIENCE)
        assert all_of(held[0]) == b""
