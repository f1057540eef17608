"""Limits: body, statement, request, rows, requests of an account; health."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fix_database import Database
from tests.fix_web import WebServer, serving


@pytest.fixture(scope="module")
def small(web_database: Database, web_folder: Path) -> Iterator[WebServer]:
    """A server with narrow limits."""
    with serving(
        web_database,
        web_folder,
        web_max_body="2000",
        web_max_rows="3",
        web_statement_timeout="0.3",
        web_request_timeout="2",
        web_pre_request="shop.before_request",
    ) as served:
        yield served


@pytest.fixture(scope="module")
def client(small: WebServer) -> httpx.Client:
    """A client of schema shop."""
    return small.client("web_ann", **{"Accept-Profile": "shop", "Content-Profile": "shop"})


def test_rows(client: httpx.Client) -> None:
    """At most so many rows, in embedded resources as well; the count tells of more."""
    answer = client.get("/person?select=id&order=id", headers={"Prefer": "count=exact"})
    assert (answer.status_code, len(answer.json())) == (206, 3)
    assert len(client.get("/person?limit=100").json()) == 3
    assert len(client.get("/person?limit=2").json()) == 2
    assert len(client.get("/rpc/all_people").json()) == 3


def test_body(client: httpx.Client) -> None:
    """Refused by its length, or as soon as it is too long."""
    big = {"id": 1, "name": "x" * 3000}
    refused = client.post("/client", json=big)
    assert (refused.status_code, refused.json()["code"]) == (413, "PG608")

    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100

    refused = client.post("/client", content=pieces())
    assert (refused.status_code, refused.json()["code"]) == (413, "PG608")


def test_statement_time(client: httpx.Client) -> None:
    """A statement that takes too long is ended, and says so."""
    refused = client.post("/rpc/nap", json={"seconds": 5})
    assert (refused.status_code, refused.json()["code"]) == (504, "57014")
    assert "PGEARS_WEB_STATEMENT_TIMEOUT" in refused.json()["hint"]
    assert client.get("/person?limit=1").status_code == 200


def test_request_time(small: WebServer) -> None:
    """A body that does not come to its end is not waited for."""
    host, port = small.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as raw:
        raw.sendall(b"POST /rpc/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        head = raw.recv(4000)
    assert head.startswith(b"HTTP/1.1 504")
    assert b"PG607" in head


def test_before_each_request(client: httpx.Client) -> None:
    """PGEARS_WEB_PRE_REQUEST runs as the caller and may refuse."""
    refused = client.get("/person?limit=1", headers={"X-Refuse": "please"})
    assert (refused.status_code, refused.json()["message"]) == (403, "not you")
    assert client.get("/person?limit=1").headers["X-Seen"] == "web_ann"


def test_requests_of_an_account(web_database: Database, tmp_path: Path) -> None:
    """429 for the account alone, and when to come again."""
    with serving(web_database, tmp_path, web_rate="5") as served:
        ann, ben = served.client("web_ann"), served.client("web_ben")
        statuses = [ann.get("/helpdesk_ticket?limit=1").status_code for _ in range(7)]
        assert statuses[:5] == [200] * 5
        refused = ann.get("/helpdesk_ticket?limit=1")
        assert (refused.status_code, refused.json()["code"]) == (429, "PG606")
        assert 1 <= int(refused.headers["Retry-After"]) <= 13
        assert ben.get("/helpdesk_ticket?limit=1").status_code == 200


def test_health(web: WebServer) -> None:
    """Live and ready without a token."""
    assert web.client().get("/health/live").json() == {"status": "live"}
    assert web.client().get("/health/ready").json() == {"status": "ready"}


def test_aggregates_are_off(client: httpx.Client) -> None:
    """Unless they are allowed."""
    refused = client.get("/person?select=count()")
    assert (refused.status_code, refused.json()["code"]) == (400, "PGRST123")


def test_methods(client: httpx.Client) -> None:
    """Others than those of the protocol are refused."""
    refused = client.request("TRACE", "/person")
    assert (refused.status_code, refused.json()["code"]) == (405, "PGRST117")
    assert client.post("/", json={}).status_code == 405
