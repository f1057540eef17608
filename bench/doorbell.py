"""Commits per second of writers that enqueue, a runner at work, with and without doorbell.

Writers without a doorbell wake nobody. So that the runner takes as much of the machine there,
another connection wakes it once, when the first task is there: then it stays awake by itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg

from .lab import Lab
from .results import Budget, Result, ratio
from .rounds import interleave
from .service import empty_queue, register_kinds, runner

BUDGET = Budget(0.95, "at least")
SCRIPT = "select queue.enqueue('bench.noop', '{}')"
SECONDS = 3


def run(lab: Lab) -> Iterator[Result]:
    """One result for each number of writers."""
    with lab.database() as with_bell, lab.database() as without:
        for url in (with_bell, without):
            register_kinds(url)
        _take_bell_away(without)

        def sample(url: str, writers: int) -> float:
            empty_queue(url)
            seconds = 1 if lab.quick else SECONDS
            with runner(url), ThreadPoolExecutor(1) as other:
                woken = other.submit(_wake, url)
                commits = lab.pgbench(url, SCRIPT, clients=writers, seconds=seconds)
                woken.result()
                return commits

        for writers in (64, 8):
            figures = interleave(
                {
                    "doorbell": partial(sample, with_bell, writers),
                    "without": partial(sample, without, writers),
                },
                rounds=lab.rounds(5),
                unit="commits/s",
                warm_up=0 if lab.quick else 1,
            )
            yield Result(
                f"commits with {writers} writers that enqueue, a runner at work",
                "the same without doorbell",
                BUDGET,
                ratio(figures["doorbell"], figures["without"]),
                list(figures.values()),
            )


def _wake(url: str) -> None:
    """Wait for the first task, and wake the runner."""
    turn = "select last_value from queue.turn"
    with psycopg.connect(url, autocommit=True) as conn:
        before = conn.execute(turn).fetchone()
        deadline = time.monotonic() + SECONDS
        while conn.execute(turn).fetchone() == before and time.monotonic() < deadline:
            time.sleep(0.005)
        conn.execute("notify pgears_queue")


def _take_bell_away(url: str) -> None:
    """Replace queue.enqueue by itself without its call of queue.ring."""
    with psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute("select pg_get_functiondef('queue.enqueue'::regproc)").fetchone()
        text = str(row[0]) if row else ""
        silent = text.replace("perform queue.ring();", "null;")
        if silent == text:
            raise RuntimeError("queue.enqueue does not call queue.ring() as this expects")
        conn.execute(silent.encode())
