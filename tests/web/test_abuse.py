"""Clients that are slow, wrong or too many: refused or cut off, while others are served."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.fix_database import Database
from tests.fix_runner import PATIENCE, until
from tests.fix_web import WebServer, serving, token

GET = b"GET /helpdesk_ticket?limit=1 HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def strict(web_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """A server with little patience, and nothing in its log in the end that it stumbled over."""
    folder: Path = tmp_path_factory.mktemp("abuse")
    limits = {"web_head_timeout": "1", "web_request_timeout": "1.5", "web_connections": "200"}
    with serving(web_database, folder, web_max_body="200000", **limits) as served:
        yield served
        log = served.log.read_text()
        assert "Traceback" not in log
        assert "Exception" not in log
        assert " ERROR " not in log


@pytest.fixture
def other(strict: WebServer) -> Iterator[httpx.Client]:
    """A well-behaved client, who is served before and after; the abuse leaves no file open."""
    client = strict.client("web_ann")
    assert client.get("/helpdesk_ticket?limit=1").status_code == 200
    until(lambda: connections(strict) <= 1, "the end of other connections")
    yield client
    assert client.get("/helpdesk_ticket?limit=1").status_code == 200
    until(lambda: connections(strict) <= 1, "the end of the connections of this test")


def connections(server: WebServer) -> int:
    """Connections of clients that the server holds: established, or closed by the client."""
    port = int(server.url.rpartition(":")[2])
    lines = Path(f"/proc/{server.process.pid}/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(int(f[1].split(":")[1], 16) == port and f[3] in ("01", "08") for f in fields)


def connect(server: WebServer) -> socket.socket:
    """A connection to the server."""
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def rest(raw: socket.socket) -> bytes:
    """All that comes until the server closes; a reset is a close."""
    found = b""
    try:
        while part := raw.recv(65_536):
            found += part
    except ConnectionError:
        return found
    return found


def exchange(server: WebServer, *parts: bytes) -> bytes:
    """What is answered to some bytes, until the server closes the connection."""
    with connect(server) as raw:
        try:
            for part in parts:
                raw.sendall(part)
        except ConnectionError:
            return rest(raw)
        return rest(raw)


def dribble(server: WebServer, begin: bytes, drop: bytes, other: httpx.Client) -> bytes:
    """Send single pieces until the connection is closed, while another client is served."""
    found = b""
    with connect(server) as raw:
        raw.sendall(begin)
        raw.settimeout(0.1)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert other.get("/helpdesk_ticket?limit=1").status_code == 200
            try:
                raw.sendall(drop)
                if not (part := raw.recv(65_536)):
                    return found
                found += part
            except TimeoutError:
                continue
            except ConnectionError:
                return found
    raise AssertionError("the connection was not closed")


def authorized() -> bytes:
    """A header with a token."""
    return b"Authorization: Bearer " + token("web_ann").encode() + b"\r\n"


def test_head_by_bytes(strict: WebServer, other: httpx.Client) -> None:
    """A head that comes byte by byte ends the connection, first or later on it."""
    assert dribble(strict, GET, b"X", other) == b""
    assert dribble(strict, GET, b"X-A: b\r\n", other) == b""
    found = dribble(strict, GET + authorized() + b"\r\nGET /", b"x", other)
    assert found.startswith(b"HTTP/1.1 200")
    assert found.count(b"HTTP/1.1") == 1


def test_body_by_bytes(strict: WebServer, other: httpx.Client) -> None:
    """A body that comes byte by byte: 504 and closed; of pages and unread ones as well."""
    length = b"Content-Length: 100000\r\n\r\n"
    post = b"POST /helpdesk_ticket HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    found = dribble(strict, post + authorized() + length, b" ", other)
    assert found.startswith(b"HTTP/1.1 504")
    assert b"PG607" in found
    unread = dribble(strict, GET + authorized() + length, b" ", other)
    assert unread.startswith(b"HTTP/1.1 200")
    form = b"POST /pages/login HTTP/1.1\r\nHost: x\r\n"
    form += b"Content-Type: application/x-www-form-urlencoded\r\n"
    assert b"HTTP/1.1 5" not in dribble(strict, form + length, b"a", other)


def test_silence(strict: WebServer, other: httpx.Client) -> None:
    """Many connections that say nothing are closed, and others served meanwhile."""
    with ExitStack() as stack:
        silent = [stack.enter_context(connect(strict)) for _ in range(150)]
        for _ in range(20):
            assert other.get("/helpdesk_ticket?limit=1").status_code == 200
        assert {rest(raw) for raw in silent} == {b""}


def test_too_many(strict: WebServer, other: httpx.Client) -> None:
    """Above the limit of connections requests are refused; soon after they are not."""
    with ExitStack() as stack:
        for _ in range(210):
            stack.enter_context(connect(strict))
        refused = exchange(strict, GET + b"Connection: close\r\n\r\n")
        assert refused.startswith(b"HTTP/1.1 503")
    until(lambda: other.get("/helpdesk_ticket?limit=1").status_code == 200, "an answer")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (GET + b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n", 431),
        (b"GET /helpdesk_ticket?id=eq." + b"1" * 200_000 + b" HTTP/1.1\r\n\r\n", 431),
        (GET + b"X-A: b\r\n" * 20_000 + b"\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 405),
        (b"\r\n\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        (GET + b"X-A: a\x00b\r\n\r\n", 400),
        (GET + b"Content-Length: -1\r\n\r\n", 400),
        (GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (GET + b"Transfer-Encoding: gzip\r\n\r\n", 400),
        (GET + b"Transfer-Encoding: chunked, chunked\r\n\r\n", 400),
    ],
)
def test_no_http(strict: WebServer, other: httpx.Client, sent: bytes, status: int) -> None:
    """Refused with the form of all refusals, and closed."""
    found = exchange(strict, sent)
    # Where much more was sent than is read, the reset may be faster than the answer.
    if found or status != 431:
        assert found.startswith(b"HTTP/1.1 %d " % status), found
        assert b'"PG611"' in found


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n",
        b"-5\r\nhello\r\n",
        b"5\r\nhelloworld\r\n",
        b"fffffffffffffffffffffffff\r\nx",
        b"5;" + b"x" * 100_000,
        b"0\r\n" + b"X-T: y\r\n" * 20_000 + b"\r\n",
    ],
)
@pytest.mark.parametrize("method", [b"POST", b"GET"])
def test_chunks_out_of_order(
    strict: WebServer, other: httpx.Client, method: bytes, body: bytes
) -> None:
    """No chunked body of any kind makes an error of the service."""
    line = method + b" /helpdesk_ticket HTTP/1.1\r\nHost: x\r\n" + authorized()
    found = exchange(strict, line + b"Transfer-Encoding: chunked\r\n\r\n", body)
    assert b"HTTP/1.1 5" not in found
    assert found.count(b"HTTP/1.1 ") <= 2


def test_small_chunks_without_end(strict: WebServer, other: httpx.Client) -> None:
    """The size of a body counts however it is cut."""
    head = b"POST /helpdesk_ticket HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    found = exchange(
        strict, head + authorized() + b"\r\n", *[b"64\r\n" + b" " * 100 + b"\r\n"] * 2100
    )
    assert not found or (found.startswith(b"HTTP/1.1 413") and b"PG608" in found)


def test_pipelined_rubbish(strict: WebServer, other: httpx.Client) -> None:
    """What was asked before is answered, the rubbish behind it refused."""
    found = exchange(strict, (GET + authorized() + b"\r\n") * 20, b"rubbish\r\n\r\n" * 50)
    assert found.count(b"HTTP/1.1 200") == 20
    assert found.count(b"HTTP/1.1 400") == 1
    assert b"PG611" in found


def test_half_closed(strict: WebServer, other: httpx.Client) -> None:
    """Who has ended his side gets no error of the service, whole request or half of one."""
    for sent in (b"", b"GE", GET, GET + authorized() + b"\r\n"):
        with connect(strict) as raw:
            raw.sendall(sent)
            raw.shutdown(socket.SHUT_WR)
            assert b"HTTP/1.1 5" not in rest(raw)
    with connect(strict) as raw:
        raw.sendall(GET + authorized() + b"Content-Length: 1000\r\n\r\nabc")
        raw.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 5" not in rest(raw)


def test_gone_before_the_answer(strict: WebServer, other: httpx.Client) -> None:
    """Clients that leave without reading hold nothing."""
    for _ in range(100):
        with connect(strict) as raw:
            raw.sendall((GET + authorized() + b"\r\n") * 3)


def test_answers_that_nobody_takes(strict: WebServer, other: httpx.Client) -> None:
    """Who asks and does not read is cut off."""
    ask = b"GET / HTTP/1.1\r\nHost: x\r\n" + authorized() + b"\r\n"
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, port = strict.url.removeprefix("http://").split(":")
        raw.settimeout(PATIENCE)
        raw.connect((host, int(port)))
        with pytest.raises(ConnectionError):  # noqa: PT012
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                raw.sendall(ask)
                time.sleep(0.01)


def test_upgrades(strict: WebServer, other: httpx.Client) -> None:
    """No web sockets: the request is answered as if it had not asked."""
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"
    with connect(strict) as raw:
        raw.sendall(GET + authorized() + upgrade + b"\r\n")
        assert raw.recv(20).startswith(b"HTTP/1.1 200")
