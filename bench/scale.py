"""Tasks and mails a second by 1, 2 and 4 runner processes on one database.

No-op tasks show what the processors of this machine carry; mails to a server that takes its
time show what more runners give where each of them waits for others.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import psycopg
from psycopg.types.json import Jsonb

from .lab import Lab
from .results import Result, ratio
from .rounds import interleave
from .service import empty_queue, enqueue_many, register_kinds, runner
from .smtp_server import Taker
from .tasks import when_empty

RUNNERS = (1, 2, 4)
TASKS = 100_000
MAILS = 6_000
LATENCY = 0.02


class Late(Taker):
    """Takes everything, and each answer to a mail 20 ms late."""

    def data_received(self, data: bytes) -> None:
        """Answer later; what one client sends keeps its order."""
        asyncio.get_running_loop().call_later(LATENCY, super().data_received, data)


def run(lab: Lab) -> Iterator[Result]:
    """A result for tasks and one for mails: four runners against one."""
    tasks, mails = lab.size(TASKS), lab.size(MAILS)
    cores = os.cpu_count()
    with lab.database() as url:
        register_kinds(url)
        yield _result(lab, f"no-op tasks a second, {cores} cores", "tasks/s", _tasks, url, tasks)
    with lab.database() as url, _late_server() as port:
        account = {
            "host": "127.0.0.1", "port": port, "tls": "none",
            "from_address": "bench@pgears.example", "is_default": True,
        }  # fmt: skip
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("select mail.set_account('bench', %s)", (Jsonb(account),))
            conn.execute("select mail.set_guard('deliver')")
        yield _result(
            lab, f"mails a second, {LATENCY * 1e3:g} ms a turn, {cores} cores", "mails/s",
            _mails, url, mails,
        )  # fmt: skip


def _result(lab: Lab, work: str, unit: str, measure: object, url: str, number: int) -> Result:
    assert callable(measure)
    figures = interleave(
        {f"runners: {count}": partial(measure, url, number, count) for count in RUNNERS},
        rounds=lab.rounds(3),
        unit=unit,
        warm_up=0,
    )
    most, one = (figures[f"runners: {count}"] for count in (RUNNERS[-1], RUNNERS[0]))
    return Result(f"{work}: 4 runners", "1 runner", None, ratio(most, one), list(figures.values()))


def _tasks(url: str, number: int, count: int) -> float:
    empty_queue(url)
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(runner(url))
        _wait_asleep(url, count)
        begin = time.time()
        enqueue_many(url, number)
        return number / (when_empty(url, "select from queue.task") - begin)


def _mails(url: str, number: int, count: int) -> float:
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(runner(url))
        _wait_asleep(url, count)
        begin = time.time()
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(
                "select mail.send(p_to => 'c' || n || '@partner.example', p_subject => 'x',"
                " p_body => 'y') from generate_series(1, %s) as n",
                (number,),
            )
        return number / (when_empty(url, "select from queue.task") - begin)


def _wait_asleep(url: str, count: int) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        while conn.execute(
            "select count(*) from queue.runner_status where state = 'asleep'"
        ).fetchone() != (count,):
            time.sleep(0.05)


@contextmanager
def _late_server() -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    making = loop.create_server(Late, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(making, loop).result(10)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
