"""Events and workflows on several connections at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.fix_database import Database
from tests.fix_runner import Workplace, until

STEPS = {
    "start": {"kind": "start", "next": "hear"},
    "hear": {"kind": "event", "event": "go-{{variables.n}}", "into": "got", "next": "book"},
    "book": {"kind": "script", "script": "book", "next": "end"},
    "end": {"kind": "end"},
}


def define(conn: psycopg.Connection[Any]) -> None:
    """A workflow that waits for an event and writes its number down."""
    conn.execute("create table public.book (n integer, by text)")
    conn.execute(
        "select flow.set_script(meta.create_model('desk', '{}'), 'book', %s)",
        (
            Jsonb(
                {
                    "sql": "insert into public.book values ((context -> 'variables' ->> 'n')::int,"
                    " context -> 'variables' -> 'got' ->> 'by');"
                }
            ),
        ),
    )
    conn.execute(
        "select flow.set_workflow((select id from meta.model where code = 'desk'), 'hear', %s)",
        (Jsonb({"steps": STEPS}),),
    )


def start(conn: psycopg.Connection[Any], n: int) -> int:
    """Start an instance; its first step is not done yet."""
    row = conn.execute("select api.start_workflow('hear', null, %s)", (Jsonb({"n": n}),)).fetchone()
    assert row is not None
    return int(row[0])


def go(conn: psycopg.Connection[Any], n: int, by: str) -> int:
    """Raise the event of a number."""
    row = conn.execute(
        "select api.raise_event(%s, payload => %s)", (f"go-{n}", Jsonb({"by": by}))
    ).fetchone()
    assert row is not None
    return int(row[0])


def manage(conn: psycopg.Connection[Any], id: int, action: str) -> None:
    """Pause, resume or cancel an instance."""
    conn.execute("select api.manage_workflow(%s, %s)", (id, action))


def state(conn: psycopg.Connection[Any], id: int) -> int:
    """State of an instance: 0 running, 1 finished, 2 cancelled."""
    row = conn.execute("select (api.workflow_state(%s) ->> 'state')::int", (id,)).fetchone()
    assert row is not None
    return int(row[0])


def work(conn: psycopg.Connection[Any]) -> None:
    """Do the tasks there are."""
    for (payload,) in conn.execute(
        "delete from queue.task where kind = 'workflow.step' returning payload"
    ).fetchall():
        conn.execute("select flow.run_step(%s)", (Jsonb(payload),))


def waiting(conn: psycopg.Connection[Any], pid: int) -> bool:
    """Whether a session waits for a lock."""
    row = conn.execute(
        "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s", (pid,)
    ).fetchone()
    return row is not None and row[0] is True


@pytest.fixture
def sessions(database: Database) -> Iterator[Callable[[], psycopg.Connection[Any]]]:
    """Connections with transactions of their own."""
    made: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        made.append(database.connect(autocommit=False))
        return made[-1]

    with database.connect() as conn:
        define(conn)
    yield connect
    for conn in made:
        conn.close()


Sessions = Callable[[], psycopg.Connection[Any]]


@pytest.mark.parametrize("first", ["raise", "wait"])
def test_waiter_registers_while_the_event_is_raised(sessions: Sessions, first: str) -> None:
    """Both orders: the second finds what the first has committed, and nothing is lost."""
    raiser, waiter, other = sessions(), sessions(), sessions()
    other.autocommit = True
    id = start(other, 1)
    acts: dict[str, Callable[[], object]] = {
        "raise": lambda: go(raiser, 1, "a"),
        "wait": lambda: work(waiter),
    }
    ends = {"raise": raiser, "wait": waiter}
    second = "wait" if first == "raise" else "raise"
    acts[first]()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(acts[second])
        until(lambda: waiting(other, ends[second].info.backend_pid), "the second to wait")
        ends[first].commit()
        done.result(30)
    ends[second].commit()
    work(other)
    assert other.execute("select n, by from public.book").fetchall() == [(1, "a")]
    assert state(other, id) == 1


def test_raiser_that_rolls_back_has_raised_nothing(sessions: Sessions) -> None:
    """The waiter goes on waiting, and hears the next."""
    raiser, other = sessions(), sessions()
    other.autocommit = True
    start(other, 1)
    work(other)
    assert go(raiser, 1, "a") == 1
    raiser.rollback()
    work(other)
    assert other.execute("select count(*) from public.book").fetchone() == (0,)
    assert go(other, 1, "b") == 1
    work(other)
    assert other.execute("select by from public.book").fetchall() == [("b",)]


def test_two_raisers_one_waiter(sessions: Sessions) -> None:
    """The first that commits wins; the second finds nobody, and is kept for the next."""
    one, two, other = sessions(), sessions(), sessions()
    other.autocommit = True
    start(other, 1)
    work(other)
    assert go(one, 1, "one") == 1
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(go, two, 1, "two")
        until(lambda: waiting(other, two.info.backend_pid), "the second raiser to wait")
        one.commit()
        assert late.result(30) == 0
    two.commit()
    work(other)
    assert other.execute("select by from public.book").fetchall() == [("one",)]
    start(other, 1)
    work(other)
    assert other.execute("select by from public.book").fetchall() == [("one",), ("two",)]


def test_deadline_and_event_at_once(sessions: Sessions) -> None:
    """The event is being taken while the deadline fires: exactly one way is gone."""
    raiser, timer, other = sessions(), sessions(), sessions()
    other.autocommit = True
    steps = {
        **STEPS,
        "hear": {**STEPS["hear"], "deadline": "1 hour", "on_deadline": "end"},
    }
    other.execute(
        "select flow.set_workflow((select id from meta.model where code = 'desk'), 'hear', %s)",
        (Jsonb({"steps": steps}),),
    )
    id = start(other, 1)
    work(other)
    row = other.execute("select payload from queue.task where state = 'delayed'").fetchone()
    assert row is not None
    assert go(raiser, 1, "a") == 1
    with ThreadPoolExecutor(1) as pool:
        fired = pool.submit(timer.execute, "select flow.run_step(%s)", (Jsonb(row[0]),))
        until(lambda: waiting(other, timer.info.backend_pid), "the deadline to wait")
        raiser.commit()
        fired.result(30)
    timer.commit()
    work(other)
    steps_done = other.execute(
        "select step from flow.step_history where instance = %s and outcome = 'done' order by id",
        (id,),
    ).fetchall()
    assert [step for (step,) in steps_done] == ["start", "hear", "book", "end"]


def test_raisers_and_starters_in_a_crowd(workplace: Workplace) -> None:
    """Hundreds at once against two runners: each instance hears its event once."""
    define(workplace.conn)
    workplace.start("a")
    workplace.start("b")
    count, crowd = 200, 4
    barrier = threading.Barrier(2 * crowd)

    def starter(part: int) -> None:
        with workplace.database.connect() as conn:
            barrier.wait()
            for n in range(part, count, crowd):
                start(conn, n)

    def raiser(part: int) -> None:
        with workplace.database.connect() as conn:
            barrier.wait()
            for n in range(part, count, crowd):
                go(conn, n, "x")

    with ThreadPoolExecutor(2 * crowd) as pool:
        for done in [pool.submit(f, part) for part in range(crowd) for f in (starter, raiser)]:
            done.result(60)
    until(lambda: workplace.count("select count(*) from public.book") >= count, "all to hear")
    assert workplace.count("select count(distinct n) from public.book") == count
    assert workplace.count("select count(*) from flow.instance_status where state = 1") == count


def test_ten_thousand_wait_and_wake(workplace: Workplace) -> None:
    """While they wait there is no task; one event wakes all of them."""
    define(workplace.conn)
    workplace.conn.execute(
        "select count(flow.start_workflow('hear', null, '{\"n\": 1}'))"
        " from generate_series(1, 10000)"
    )
    workplace.start("a")
    hears = "select count(*) from flow.instance_status where stands_at = 'hear (event)'"
    until(lambda: workplace.count(hears) == 10_000, "all to wait")
    workplace.wait_asleep()
    assert workplace.count("select count(*) from queue.task") == 0
    assert go(workplace.conn, 1, "x") == 10_000
    until(lambda: workplace.count("select count(*) from public.book") == 10_000, "all to go on")


@pytest.mark.parametrize("first", ["raise", "resume"])
def test_event_while_its_instance_is_resumed(sessions: Sessions, first: str) -> None:
    """Whichever commits first, the branch that was woken goes on."""
    raiser, manager, other = sessions(), sessions(), sessions()
    other.autocommit = True
    id = start(other, 1)
    work(other)
    manage(other, id, "pause")
    acts: dict[str, Callable[[], object]] = {
        "raise": lambda: go(raiser, 1, "a"),
        "resume": lambda: manage(manager, id, "resume"),
    }
    for act in (first, "resume" if first == "raise" else "raise"):
        acts[act]()
    (raiser if first == "raise" else manager).commit()
    (manager if first == "raise" else raiser).commit()
    work(other)
    assert other.execute("select n, by from public.book").fetchall() == [(1, "a")]


def test_sub_workflow_ends_while_its_parent_is_resumed(sessions: Sessions) -> None:
    """The parent does not see the end, the end does not see the parent running: it goes on."""
    runner, manager, other = sessions(), sessions(), sessions()
    other.autocommit = True
    steps = {
        "start": {"kind": "start", "next": "below"},
        "below": {"kind": "workflow", "workflow": "hear", "variables": {"n": "1"}, "next": "end"},
        "end": {"kind": "end"},
    }
    other.execute(
        "select flow.set_workflow((select id from meta.model where code = 'desk'), 'above', %s)",
        (Jsonb({"steps": steps}),),
    )
    row = other.execute("select api.start_workflow('above')").fetchone()
    assert row is not None
    work(other)
    work(other)
    manage(other, row[0], "pause")
    assert go(other, 1, "a") == 1
    work(runner)  # to its end, not committed yet
    manage(manager, row[0], "resume")
    manager.commit()
    runner.commit()
    work(other)
    assert state(other, row[0]) == 1


@pytest.mark.parametrize("first", ["raise", "cancel"])
def test_event_while_its_instance_is_cancelled(sessions: Sessions, first: str) -> None:
    """Cancelled is cancelled; an event that nobody heard is kept for the next."""
    raiser, manager, other = sessions(), sessions(), sessions()
    other.autocommit = True
    id = start(other, 1)
    work(other)
    acts: dict[str, Callable[[], object]] = {
        "raise": lambda: go(raiser, 1, "a"),
        "cancel": lambda: manage(manager, id, "cancel"),
    }
    ends = {"raise": raiser, "cancel": manager}
    second = "cancel" if first == "raise" else "raise"
    acts[first]()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(acts[second])
        until(lambda: waiting(other, ends[second].info.backend_pid), "the second to wait")
        ends[first].commit()
        woken = done.result(30)
    ends[second].commit()
    work(other)
    assert state(other, id) == 2
    assert other.execute("select count(*) from flow.waiting").fetchone() == (0,)
    assert other.execute("select count(*) from public.book").fetchone() == (0,)
    if first == "cancel":
        assert woken == 0
        start(other, 1)
        work(other)
        assert other.execute("select by from public.book").fetchall() == [("a",)]
