"""J06: kill -9 of runners at every point of a call, counted at the system that is called."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.fix_meta import Definitions
from tests.fix_runner import Workplace, until
from tests.peers.target import Reply, Request, Target

DIE = "tests.runner.handlers,tests.runner.die_calling"


def define(place: Workplace, other: Target, **definition: Any) -> None:
    """The target erp at the server."""
    known = place.count("select count(*) from meta.model where code = 'shop'")
    if not known:
        Definitions(place.conn).model("shop")
        place.conn.execute("select http.set_guard('deliver')")
    given = {"url": other.url, "allow": ["127.0.0.1"], "backoff": "50 milliseconds", **definition}
    place.conn.execute(
        "select http.set_target((select id from meta.model where code = 'shop'), 'erp', %s)",
        (Jsonb(given),),
    )


def send(place: Workplace) -> int:
    """Write a call."""
    return place.count("select http.send('erp', '/orders', p_json => '{\"a\": 1}')")


def state(place: Workplace, id: int) -> str:
    """State of a call."""
    return str(place.one("select state from http.call_status where id = %s", id))


def ended(place: Workplace, id: int) -> str:
    """State of a call when it is over."""
    until(lambda: state(place, id) not in ("queued", "sending", "retrying"), "the call to end")
    return state(place, id)


@pytest.mark.parametrize(
    ("point", "again", "requests", "end"),
    [
        ("claimed", False, 1, "done"),
        ("begun", False, 0, "unknown"),
        ("sent", False, 1, "unknown"),
        ("answered", False, 1, "unknown"),
        ("settled", False, 1, "done"),
        ("claimed", True, 1, "done"),
        ("begun", True, 1, "done"),
        ("sent", True, 2, "done"),
        ("answered", True, 2, "done"),
        ("settled", True, 1, "done"),
    ],
)
def test_runner_killed_at_each_point(
    workplace: Workplace,
    other: Target,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    again: bool,
    requests: int,
    end: str,
) -> None:
    """Never a second request unless the target knows the key, and then under the same."""
    define(workplace, other, retry_unknown=again)
    monkeypatch.setenv("DIE_AT", point)
    first = workplace.start("first", handlers="tests.runner.handlers" if point == "sent" else DIE)
    if point == "sent":

        def kill(request: Request) -> None:
            if len(other.got) == 1:
                first.kill()

        other.on_request = kill
    id = send(workplace)
    until(lambda: first.process.poll() is not None, "the first runner to die")
    workplace.let_leases_run_out()
    workplace.start("second")
    assert ended(workplace, id) == end
    assert len(other.got) == requests
    key = workplace.one("select key from http.call_status where id = %s", id)
    assert other.keys() == [key] * requests


def test_runner_that_stops_records_what_it_knows(workplace: Workplace, other: Target) -> None:
    """A clean stop in the middle of a call leaves no call under way."""
    define(workplace, other)
    runner = workplace.start("r", stop_grace="0.5")
    other.answer(Reply(delay=20))
    id = send(workplace)
    until(lambda: other.got, "the request")
    runner.stop()
    assert state(workplace, id) == "unknown"


def test_runners_killed_again_and_again(workplace: Workplace, other: Target) -> None:
    """Every call comes about once for a target that knows keys, whatever dies and fails."""
    number = 150
    define(workplace, other, retry_unknown=True, attempts=100, breaker_failures=0, max_parallel=20)
    chance = random.Random(7)
    replies = [Reply(), Reply(), Reply(), Reply(503), Reply(drop="before"), Reply(delay=0.02)]
    other.replies.extend(chance.choice(replies) for _ in range(3 * number))
    with workplace.conn.transaction():
        for _ in range(number):
            send(workplace)
    open_calls = """
        select count(*) from http.call_status where state in ('queued', 'sending', 'retrying')
    """
    for turn in range(8):
        runners = [workplace.start(f"{turn}-{place}") for place in range(2)]
        time.sleep(0.25)
        for runner in runners:
            runner.kill()
        workplace.let_leases_run_out()
    workplace.start("last")
    until(lambda: workplace.count(open_calls) == 0, "all calls to end")
    rows = workplace.conn.execute("select key, state from http.call_status").fetchall()
    assert Counter(state for _, state in rows) == {"done": number}
    assert set(other.keys()) == {key for key, _ in rows}
    assert other.most_at_once <= 20
