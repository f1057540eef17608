"""The queue under a backlog of a million tasks, and beside a transaction held open."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from .lab import Lab
from .results import Budget, Result, ratio
from .rounds import interleave
from .service import Process, empty_queue, enqueue_many, register_kinds, runner

BACKLOG = Budget(0.8, "at least")
HELD = Budget(0.5, "at least")
MILLION = 1_000_000
TASKS = 100_000
SKIP = 5_000


def run(lab: Lab) -> Iterator[Result]:
    """No-op tasks a second, over the same number of tasks in each variant."""
    tasks = lab.size(TASKS)
    with lab.database() as empty, lab.database() as full:
        for url in (empty, full):
            register_kinds(url)
        enqueue_many(full, lab.size(MILLION))
        with psycopg.connect(full, autocommit=True) as conn:
            conn.execute("vacuum analyze queue.task")

        def drain(url: str) -> float:
            with runner(url) as process:
                return rate(process, tasks)

        def from_empty() -> float:
            empty_queue(empty)
            enqueue_many(empty, tasks + SKIP)
            return drain(empty)

        def held() -> float:
            empty_queue(empty)
            with psycopg.connect(empty) as old:
                old.execute("set transaction isolation level repeatable read")
                old.execute("select pg_current_xact_id()")
                enqueue_many(empty, tasks + SKIP)
                return drain(empty)

        figures = interleave(
            {"empty before": from_empty, "backlog": lambda: drain(full), "held": held},
            rounds=lab.rounds(3),
            unit="tasks/s",
            warm_up=0,
        )
    for name, budget, against in (
        ("backlog", BACKLOG, "itself with nothing else waiting"),
        ("held", HELD, "itself freshly vacuumed"),
    ):
        yield Result(
            f"no-op tasks with a backlog of {lab.size(MILLION):,}"
            if name == "backlog"
            else "no-op tasks beside a transaction held open",
            against,
            budget,
            ratio(figures[name], figures["empty before"]),
            [figures[name], figures["empty before"]],
        )


def rate(process: Process, tasks: int) -> float:
    """Tasks a second between the first thousands and the last."""
    calls = process.wait_for_call(tasks)
    return (tasks - SKIP) / (calls[tasks] - calls[SKIP])
