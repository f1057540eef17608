"""Replication by real processes: kill -9 in every phase, takeover, writers at work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.fix_replica import Instance
from tests.fix_runner import ROOT, RunnerProcess, until

Pair = tuple[Instance, Instance]
PHASES = [
    (function, when)
    for function in ("open_reading", "start_reading", "read_copy", "read_changes", "apply_changes")
    for when in ("before", "within", "after")
]


@pytest.fixture
def start(pair: Pair, tmp_path: Path) -> Iterator[Callable[[str], RunnerProcess]]:
    """Starts a runner at the first instance; all are killed in the end."""
    runners: list[RunnerProcess] = []

    def begin(name: str) -> RunnerProcess:
        runners.append(RunnerProcess(tmp_path, pair[0].database.url, name))
        return runners[-1]

    yield begin
    for runner in runners:
        runner.kill()


def same(here: Instance, there: Instance) -> bool:
    """Both hold the same rows."""
    return all(here.rows(of) == there.rows(of) for of in ("customer", "ticket"))


@pytest.mark.parametrize(("function", "when"), PHASES)
def test_killed_in_every_phase(pair: Pair, function: str, when: str) -> None:
    """Each change is written once, wherever the process that carries it is killed."""
    here, there = pair
    id = here.subscribe(there)
    ada = there.insert("customer", name="Ada")
    if function != "read_copy":
        here.read()
    there.update("customer", ada, city="Oslo")
    killed = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.runner.die_replicating",
            here.database.url,
            str(id),
            function,
            when,
        ],
        cwd=ROOT,
        env=os.environ,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    here.conn.execute("select core.set_clock(core.now() + '2 minutes'::interval)")
    here.read()
    assert same(here, there)
    table = here.classes["customer"]
    written = here.conn.execute(
        "select count(*) from feed.change where class_id = %s and source = 'replica'", (table.id,)
    ).fetchone()
    assert written == (1 if function == "read_copy" else 2,)
    assert here.read().rows == 0


def test_a_runner_follows_and_another_takes_over(
    pair: Pair, start: Callable[[str], RunnerProcess]
) -> None:
    """Changes come by themselves, after a cut, and after kill -9 of the runner that had it."""
    here, there = pair
    here.subscribe(there)
    first = start("first")
    ada = there.insert("customer", name="Ada")
    until(lambda: here.has("customer", ada), "the first row")
    there.conn.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and application_name = 'pgears replication'"
    )
    there.update("customer", ada, city="Oslo")
    until(lambda: same(here, there), "the change after the cut")
    until(lambda: here.status()["error"] is None, "the error to be over")
    first.kill()
    start("second")
    there.update("customer", ada, city="Rome")
    here.conn.execute("select core.set_clock(core.now() + '2 minutes'::interval)")
    until(lambda: same(here, there), "the change by the second runner")
    status = here.status()
    assert (status["state"], status["lag_rows"], status["conflicts"]) == ("streaming", 0, 0)


def test_a_task_reads_once(pair: Pair, start: Callable[[str], RunnerProcess]) -> None:
    """api.replicate and a step of a job have a runner read; an unknown name is dead at once."""
    here, there = pair
    here.subscribe(there)
    here.conn.execute("update replica.subscription set lease_until = 'infinity'")
    start("r")
    dead = here.definitions.scalar(
        "select queue.enqueue('replicate', %s)", Jsonb({"subscription": "nothing"})
    )
    state = "select state from queue.task_list where id = %s"
    until(lambda: here.definitions.scalar(state, dead) == "dead", "a task without a subscription")
    task = here.definitions.scalar("select api.replicate('shop.from_b')")
    until(lambda: here.definitions.scalar(state, task) == "done", "the task")


def test_resync_of_one_class_while_a_runner_follows(
    pair: Pair, start: Callable[[str], RunnerProcess]
) -> None:
    """What was lost of the class comes again; others are not copied, and new rows go on coming."""
    here, there = pair
    id = here.subscribe(there)
    start("r")
    ada = there.insert("customer", name="Ada")
    told = there.insert("ticket", subject="told")
    until(lambda: here.has("ticket", told) and same(here, there), "the rows")
    for of, uid in (("customer", ada), ("ticket", told)):
        table = here.classes[of].table
        with here.conn.transaction():
            here.conn.execute(sql.SQL("alter table {} disable trigger user").format(table))
            here.conn.execute(sql.SQL("delete from {} where uid = %s").format(table), (uid,))
            here.conn.execute("delete from replica.row_state where uid = %s", (uid,))
            here.conn.execute(sql.SQL("alter table {} enable trigger user").format(table))
    here.conn.execute("select replica.resync(%s, 'customer')", (id,))
    new = there.insert("ticket", subject="new")
    until(lambda: here.has("customer", ada) and here.has("ticket", new), "the class, and a new row")
    until(lambda: here.status()["state"] == "streaming", "the copy to be over")
    assert not here.has("ticket", told)
    here.conn.execute("select replica.resync(%s, 'ticket')", (id,))
    until(lambda: same(here, there), "the other class")


def test_resync_while_writers_run(pair: Pair) -> None:
    """Rows written on both sides while a class is copied again are neither lost nor doubled."""
    here, there = pair
    id, back = here.subscribe(there), there.subscribe(here)
    uids = [there.insert("customer", name=str(n)) for n in range(30)]
    here.read()
    there.read()
    stop = threading.Event()

    def write(instance: Instance) -> None:
        table = instance.classes["customer"]
        with instance.database.connect() as conn:
            number = 0
            while not stop.is_set() and number < 300:
                number += 1
                conn.execute(
                    sql.SQL("update {} set {} = %s where uid = %s").format(
                        table.table, table.column("city")
                    ),
                    (f"{instance.name}{number}", uids[number % len(uids)]),
                )
                conn.execute(
                    sql.SQL("insert into {} ({}) values (%s)").format(
                        table.table, table.column("name")
                    ),
                    (f"{instance.name}{number}",),
                )

    writers = [threading.Thread(target=write, args=(instance,)) for instance in pair]
    for writer in writers:
        writer.start()
    try:
        for _ in range(5):
            here.conn.execute("select replica.resync(%s, 'customer')", (id,))
            for instance, subscription in ((here, id), (there, back)):
                try:
                    instance.read(subscription)
                except psycopg.errors.SerializationFailure:
                    # Too busy for now: nothing was written, and the next turn goes on.
                    continue
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    for _ in range(5):
        here.read()
        there.read()
    assert same(here, there)
    assert here.conflicts() + there.conflicts() == []
