"""J06: calls of other systems by real HTTP, with everything that they answer or do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fix_database import Database
from tests.peers.target import Reply, Target, target

from .http_parts import Calls


@pytest.fixture
def other() -> Iterator[Target]:
    """The other system."""
    with target() as found:
        yield found


@pytest.fixture
def calls(database: Database, tmp_path: Path, other: Target) -> Iterator[Calls]:
    """An instance that may call it."""
    found = Calls(database, tmp_path, other)
    yield found
    found.conn.close()


def test_call_arrives_as_it_was_written(calls: Calls, other: Target) -> None:
    calls.define(headers={"X-From": "pgears", "x-both": "target"})
    other.answer(Reply(201, b'{"id": 7}', {"content-type": "application/json"}))
    id = calls.send("/orders?q=1", json={"number": "Ž1"}, headers={"X-Both": "call"})
    calls.work()
    assert calls.call(id) | {"status": 201, "attempts": 1, "error": None} == calls.call(id)
    assert calls.state(id) == "done"
    (request,) = other.got
    assert (request.method, request.path) == ("POST", "/orders?q=1")
    assert json.loads(request.body) == {"number": "Ž1"}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-from"] == "pgears"
    assert request.headers["x-both"] == "call"
    assert request.headers["idempotency-key"] == calls.call(id)["key"]
    answer = calls.one("select http.answer(%s)", id)
    assert (answer["status"], answer["body"], answer["truncated"]) == (201, {"id": 7}, False)
    assert answer["headers"]["content-type"] == "application/json"


def test_states_by_what_was_answered(calls: Calls, other: Target) -> None:
    for reply, state in (
        (200, "done"),
        (204, "done"),
        (301, "refused"),
        (400, "refused"),
        (404, "refused"),
        (408, "retrying"),
        (425, "retrying"),
        (429, "retrying"),
        (500, "retrying"),
        (503, "retrying"),
        (Reply(drop="before"), "unknown"),
        (Reply(body=b"x" * 1000, drop="middle"), "unknown"),
    ):
        calls.define(breaker_failures=0)
        other.answer(reply)
        id = calls.send()
        calls.work()
        assert (reply, calls.state(id)) == (reply, state)
        if state == "retrying":
            calls.conn.execute("select http.cancel(%s)", (id,))


def test_connection_refused_is_tried_again(calls: Calls) -> None:
    calls.define(url="http://127.0.0.1:1", attempts=2)
    id = calls.send()
    calls.work()
    assert calls.state(id) == "retrying"
    calls.pass_time()
    calls.work()
    assert calls.state(id) == "dead"
    assert "ConnectError" in calls.call(id)["error"]
