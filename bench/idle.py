"""An idle runner: how soon it begins a task, and how much memory it holds."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator

import psycopg
from psycopg.types.json import Jsonb

from runner.errors import UserError

from .lab import Lab
from .results import Budget, Figure, Result
from .rounds import percentile
from .service import register_kinds, runner

LATENCY = Budget(10, unit="ms")
MEMORY = Budget(120, unit="MB")
TASKS = 300
PAUSE = 0.05


def run(lab: Lab) -> Iterator[Result]:
    """Latency under about 20 tasks a second, then the resident memory of the same process."""
    tasks = lab.size(TASKS)
    with lab.database() as url:
        register_kinds(url)
        with runner(url) as process, psycopg.connect(url, autocommit=True) as conn:
            time.sleep(3)  # start-up is over, the runner sleeps
            for _ in range(tasks):
                conn.execute(
                    "select queue.enqueue('bench.clock', %s)", (Jsonb({"at": time.time()}),)
                )
                time.sleep(random.uniform(0.5, 1.5) * PAUSE)
            deadline = time.monotonic() + 10
            while len(process.lines()) < tasks:
                if time.monotonic() > deadline:
                    raise UserError(f"{len(process.lines())} of {tasks} tasks were begun")
                time.sleep(0.1)
            latencies = [float(line) * 1e3 for line in process.lines()]
            time.sleep(2)
            memory = _resident(process.pid)

    yield Result(
        "enqueue to start of the handler when idle, p95",
        "-",
        LATENCY,
        percentile(latencies, 95),
        [
            Figure("enqueue to start", latencies, "ms"),
            *(
                Figure(f"p{percent}", [percentile(latencies, percent)], "ms")
                for percent in (50, 95, 99)
            ),
        ],
    )
    if memory is None:
        yield Result("memory of an idle runner", "-", MEMORY, None, reason="ps gives no size here")
    else:
        yield Result(
            "memory of an idle runner", "-", MEMORY, memory, [Figure("resident", [memory], "MB")]
        )


def _resident(pid: int) -> float | None:
    try:
        done = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return int(done.stdout) / 1024 if done.stdout.strip().isdigit() else None
