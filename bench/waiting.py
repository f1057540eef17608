"""Workflow instances that wait, all woken: by one event, or by an event of each one's own.

Woken is when the events are committed and each instance has its task; ended when the last instance
has. One runner is at work, and asleep when the clock starts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import psycopg
from psycopg.types.json import Jsonb

from runner.errors import UserError

from .lab import Lab
from .results import Budget, Figure, Result
from .rounds import Variant, interleave
from .service import runner

BUDGET = Budget(1, unit="s")
INSTANCES = 10_000
WAIT = 300.0
STEPS = {
    "start": {"kind": "start", "next": "wait"},
    "wait": {"kind": "event", "event": "{{variables.code}}", "next": "end"},
    "end": {"kind": "end"},
}

Wake = Callable[[psycopg.Connection, int], None]


def run(lab: Lab) -> Iterator[Result]:
    """For each way of waking: until all are woken, and until all have ended."""
    count, rounds = lab.size(INSTANCES), 1
    ended: dict[str, list[float]] = {"one event": [], "an event each": []}
    with lab.database() as url, psycopg.connect(url, autocommit=True) as conn:
        conn.execute("select meta.create_model('bench', '{}')")
        conn.execute(
            "select flow.set_workflow((select id from meta.model), 'wait', %s)",
            (Jsonb({"steps": STEPS}),),
        )

        def variant(name: str, code: str, wake: Wake) -> Variant:
            def sample() -> float:
                woken, all_ended = _woken(conn, count, code, wake)
                ended[name].append(all_ended)
                return woken

            return sample

        with runner(url):
            variants = {
                "one event": variant("one event", "'go'", _one),
                "an event each": variant("an event each", "'go-' || n", _each),
            }
            figures = interleave(variants, rounds=rounds, unit="s", warm_up=0)
    for name, figure in figures.items():
        whole = Figure("all ended", ended[name][-rounds:], "s")
        work = f"{count:,} waiting instances woken by {name}"
        yield Result(work, "-", BUDGET, figure.median, [figure, whole])


def _woken(conn: psycopg.Connection, count: int, code: str, wake: Wake) -> tuple[float, float]:
    conn.execute(
        f"""
        select count(api.start_workflow('wait', null, jsonb_build_object('code', {code})))
        from generate_series(1, %s) as n
        """.encode(),
        (count,),
    )
    _until(conn, "select count(*) from flow.waiting", count)
    conn.execute("vacuum analyze flow.branch, flow.instance, flow.event, queue.task")
    begun = time.monotonic()
    wake(conn, count)
    woken = time.monotonic() - begun
    # The engine deletes the branch of an instance in the transaction that ends it.
    _until(conn, "select count(*) from flow.branch", 0)
    return woken, time.monotonic() - begun


def _one(conn: psycopg.Connection, count: int) -> None:
    conn.execute("select flow.raise_event('go')")


def _each(conn: psycopg.Connection, count: int) -> None:
    conn.execute(
        "select count(flow.raise_event('go-' || n)) from generate_series(1, %s) as n", (count,)
    )


def _until(conn: psycopg.Connection, query: str, number: int) -> None:
    deadline = time.monotonic() + WAIT
    while conn.execute(query.encode()).fetchone() != (number,):
        if time.monotonic() > deadline:
            raise UserError(f"waited in vain for {number}: {query}")
        time.sleep(0.02)
