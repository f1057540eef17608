"""Steps of no-op workflows a second, by one process, beside DBOS.

Ten steps a workflow; each is a script here and a function there, and each leaves a row with its
outcome. All workflows are there before the clock starts, which ends when the last has ended.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator

import psycopg
from psycopg.types.json import Jsonb

from runner.errors import UserError

from .lab import Lab, environment
from .peers.install import NotInstalled, Peer, python_peer
from .results import Budget, Result, ratio
from .rounds import Variant, interleave
from .service import runner

BUDGET = Budget(1, "at least")
STEPS = 10
WORKFLOWS = 10_000
PEER_WORKFLOWS = 500
WAIT = 300.0


def run(lab: Lab) -> Iterator[Result]:
    """One result against DBOS, or the figure alone where it cannot be installed."""
    work, against = "steps of no-op workflows a second, one process", "DBOS"
    peer: Peer | None = None
    reason = ""
    try:
        peer = python_peer("DBOS", "dbos_worker.py", PEER_WORKFLOWS, "")
    except NotInstalled as error:
        reason = f"DBOS not measured: {error}"
    with lab.database() as url, lab.database("template1") as others:
        _define(url)
        variants: dict[str, Variant] = {"pgears": lambda: _pgears(lab, url)}
        if peer is not None:
            found = peer
            _call(found, others, "setup")
            variants["DBOS"] = lambda: _peer(lab, found, others)
        figures = interleave(variants, rounds=lab.rounds(2), unit="steps/s", warm_up=0)
    value = ratio(figures["pgears"], figures["DBOS"]) if peer is not None else None
    yield Result(work, against, BUDGET, value, list(figures.values()), reason)


def _define(url: str) -> None:
    steps = {f"s{n}": {"kind": "script", "script": "noop", "next": f"s{n + 1}"} for n in range(10)}
    definition = {
        "steps": {
            "start": {"kind": "start", "next": "s0"},
            **steps,
            f"s{STEPS}": {"kind": "end"},
        }
    }
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("select meta.create_model('bench', '{}')")
        for function, code, given in (
            ("set_script", "noop", {"sql": "null;"}),
            ("set_workflow", "noop", definition),
        ):
            conn.execute(
                f"select flow.{function}((select id from meta.model), %s, %s)".encode(),
                (code, Jsonb(given)),
            )


def _pgears(lab: Lab, url: str) -> float:
    count = lab.size(WORKFLOWS)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            "select count(api.start_workflow('noop')) from generate_series(1, %s)", (count,)
        )
        conn.execute("vacuum analyze")
        deadline = time.monotonic() + WAIT
        with runner(url):
            begun = time.monotonic()
            while conn.execute(
                "select exists (select from flow.instance_status where state = 0)"
            ).fetchone() == (True,):
                if time.monotonic() > deadline:
                    raise UserError("workflows are left")
                time.sleep(0.02)
            return count * STEPS / (time.monotonic() - begun)


def _peer(lab: Lab, peer: Peer, url: str) -> float:
    count = lab.size(peer.jobs)
    return count * STEPS / float(_call(peer, url, "work", str(count)).split()[-1])


def _call(peer: Peer, url: str, *arguments: str) -> str:
    done = subprocess.run(
        [*peer.command, *arguments],
        env={**os.environ, **environment(url), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise UserError(f"{peer.name} {arguments[0]}: {lines[-1]}")
    return done.stdout
