"""No-op tasks a second by one process, beside the queues that others use.

Time counts from the first job's start, which the worker reports, until its table says that
no job is left: what is claimed, done and written down, not what was fetched.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial

import psycopg

from runner.errors import UserError

from .lab import Lab, environment
from .peers.install import NotInstalled, Peer, node_peer, python_peer
from .results import Budget, Figure, Result, ratio
from .rounds import Variant, interleave
from .service import empty_queue, enqueue_many, register_kinds, runner

BUDGET = Budget(2, "at least")
TASKS = 100_000
WAIT = 120.0

PEERS: tuple[tuple[str, Callable[[], Peer]], ...] = tuple(
    (name, partial(make, name, script, jobs, left))
    for name, make, script, jobs, left in (
        (
            "graphile-worker",
            node_peer,
            "graphile_worker.mjs",
            40_000,
            "select from graphile_worker._private_jobs",
        ),
        (
            "pg-boss",
            node_peer,
            "pg_boss.mjs",
            40_000,
            "select from pgboss.job where name = 'noop' and state < 'completed'",
        ),
        ("pgqueuer", python_peer, "pgqueuer_worker.py", 15_000, "select from pgqueuer"),
        (
            "procrastinate",
            python_peer,
            "procrastinate_worker.py",
            1_500,
            "select from procrastinate_jobs where status in ('todo', 'doing')",
        ),
    )
)


def run(lab: Lab) -> Iterator[Result]:
    """One result against the best peer that could be installed."""
    missing: list[str] = []
    peers: list[Peer] = []
    for name, make in PEERS:
        try:
            peers.append(make())
        except NotInstalled as error:
            missing.append(f"{name} not measured: {error}")

    with lab.database() as url, lab.database() as keeping, lab.database("template1") as others:
        register_kinds(url)
        register_kinds(keeping, keep="1 day")
        variants: dict[str, Variant] = {
            "pgears": lambda: _pgears(lab, url),
            "pgears, finished tasks kept a day": lambda: _pgears(lab, keeping),
        }
        for peer in list(peers):
            try:
                _call(peer, others, "setup")
            except UserError as error:
                missing.append(f"{peer.name} not measured: {error}")
                peers.remove(peer)
            else:
                variants[peer.name] = partial(_peer, lab, peer, others)
        figures = interleave(variants, rounds=lab.rounds(3), unit="tasks/s", warm_up=0)

    yield _verdict(figures, [peer.name for peer in peers], "; ".join(missing))


def _verdict(figures: dict[str, Figure], peers: list[str], missing: str) -> Result:
    work, against = "no-op tasks a second, one runner process", "best of its peers"
    if not peers:
        return Result(work, against, BUDGET, None, list(figures.values()), missing)
    best = max(peers, key=lambda name: figures[name].median)
    return Result(
        work,
        f"{against}: {best}",
        BUDGET,
        ratio(figures["pgears"], figures[best]),
        list(figures.values()),
        missing,
    )


def _pgears(lab: Lab, url: str) -> float:
    tasks = lab.size(TASKS)
    empty_queue(url)
    enqueue_many(url, tasks)
    with runner(url) as process:
        end = when_empty(url, "select from queue.task")
        return tasks / (end - process.calls()[0])


def _peer(lab: Lab, peer: Peer, url: str) -> float:
    jobs = lab.size(peer.jobs)
    _call(peer, url, "enqueue", str(jobs))
    worker = subprocess.Popen(
        [*peer.command, "work"], env=_environment(url), stdout=subprocess.PIPE, text=True
    )
    try:
        end = when_empty(url, peer.left)
        worker.terminate()
        output, _ = worker.communicate(timeout=30)
    finally:
        worker.kill()
        worker.wait()
    return jobs / (end - float(output.split()[0]))


def when_empty(url: str, left: str) -> float:
    """Time at which a query gives no row any more."""
    deadline = time.monotonic() + WAIT
    with psycopg.connect(url, autocommit=True) as conn:
        while conn.execute(f"{left} limit 1".encode()).fetchone() is not None:
            if time.monotonic() > deadline:
                raise UserError(f"jobs are left after {WAIT:g} s: {left}")
            time.sleep(0.01)
    return time.time()


def _call(peer: Peer, url: str, *arguments: str) -> None:
    done = subprocess.run(
        [*peer.command, *arguments],
        env=_environment(url),
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise UserError(f"{peer.name} {arguments[0]}: {lines[-1]}")


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, **environment(url), "DATABASE_URL": url}
