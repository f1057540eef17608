"""Handlers that the runner under test is given: PGEARS_HANDLERS=bench.handlers.

They write times to the file named by BENCH_LOG, one a line and unbuffered.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from runner.tasks import Handler, Services, Task

EVERY = 1_000
_log = Path(os.environ["BENCH_LOG"]).open("a", buffering=1)  # noqa: SIM115
_calls = 0


async def noop(task: Task, services: Services) -> None:
    """Do nothing; write down the time of the first call and of every thousandth."""
    global _calls
    if _calls % EVERY == 0:
        _log.write(f"{_calls} {time.time()}\n")
    _calls += 1


async def clock(task: Task, services: Services) -> None:
    """Write down how long ago the task was enqueued, in seconds."""
    _log.write(f"{time.time() - task.payload['at']}\n")


HANDLERS = {"bench.noop": Handler(noop, parallel=100), "bench.clock": Handler(clock)}
