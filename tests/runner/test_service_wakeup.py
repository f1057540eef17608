"""Falling asleep and being woken up: no wake-up is lost, nobody is rung for in vain."""

from __future__ import annotations

import os
import signal
import time

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.fix_runner import Workplace, until
from tests.fix_server import TestServer


def rings(conn: psycopg.Connection, seconds: float = 0.3) -> int:
    """Rings for everybody that were heard; probes have a payload."""
    return sum(note.payload == "" for note in conn.notifies(timeout=seconds))


def test_late_writer_that_saw_nobody_asleep(workplace: Workplace) -> None:
    """It reads "nobody sleeps", the runner falls asleep, then it commits and rings for nobody."""
    with (
        workplace.database.connect(autocommit=False) as writer,
        workplace.database.connect() as ear,
    ):
        id = int((writer.execute("select queue.enqueue('act')").fetchone() or [0])[0])
        ear.execute("listen pgears_queue")
        workplace.start()
        workplace.wait_asleep()
        writer.commit()
        workplace.wait_for(id)
        assert rings(ear) == 0, "the writer did see somebody asleep: nothing was forced"


def test_bell_rings_for_sleepers_only(workplace: Workplace) -> None:
    """The first of a burst of tasks rings; while the runner is busy the others do not."""
    with workplace.database.connect() as ear:
        ear.execute("listen pgears_queue")
        workplace.start()
        workplace.wait_asleep()
        rings(ear)
        workplace.wait_for(workplace.enqueue("act"))
        assert rings(ear) >= 1
        workplace.conn.execute("select queue.register_kind('act', p_keep => '0')")
        workplace.conn.execute(
            "insert into queue.task (kind) select 'act' from generate_series(1, 500)"
        )
        workplace.wait_asleep()
        number = 300
        for _ in range(number):
            workplace.enqueue("act")
        until(lambda: workplace.count("select count(*) from queue.task") == 0, "all to be done")
        assert rings(ear) < number


def test_two_sleepers(workplace: Workplace) -> None:
    """One of two is stopped in its sleep: the other is still rung for."""
    first = workplace.start("a")
    workplace.start("b")
    workplace.wait_asleep(2)
    os.kill(first.process.pid, signal.SIGSTOP)
    with workplace.database.connect() as ear:
        ear.execute("listen pgears_queue")
        for _ in range(3):
            workplace.wait_for(workplace.enqueue("act"))
            until(
                lambda: (
                    workplace.count(
                        "select count(*) from queue.runner_status where state = 'asleep'"
                    )
                    == 2
                ),
                "b to sleep again",
            )
        assert rings(ear) >= 3
    os.kill(first.process.pid, signal.SIGCONT)


def test_long_transaction_does_not_make_it_spin(workplace: Workplace) -> None:
    """The fence cannot be passed while it is open; the runner looks as rarely as in sleep."""

    def transactions() -> int:
        workplace.conn.execute("select pg_stat_clear_snapshot()")
        return workplace.count(
            "select xact_commit from pg_stat_database where datname = current_database()"
        )

    with workplace.database.connect(autocommit=False) as other:
        other.execute("select pg_current_xact_id()")
        workplace.start()
        workplace.wait_asleep()
        time.sleep(2)
        before = transactions()
        time.sleep(4)
        spent = transactions() - before
        # looking every 4 ms, each time by two statements, would be about 2,000
        assert spent < 200
        workplace.wait_for(workplace.enqueue("act"))


def test_deaf_is_reported_and_tasks_still_run(workplace: Workplace, server: TestServer) -> None:
    """Notifications of another database are never delivered, as behind a pooler."""
    runner = workplace.start(listening="deaf", database_direct_url=server.url)
    workplace.wait_for(workplace.enqueue("act"))
    assert "PGEARS_DATABASE_DIRECT_URL" in runner.log.read_text()


def test_deaf_behind_a_pooler(workplace: Workplace, pooler: str) -> None:
    """All goes through PgBouncer: deaf, said so, and tasks run."""
    workplace.start(listening="deaf", database_url=pooler)
    ids = [workplace.enqueue("act") for _ in range(20)]
    workplace.wait_for(*ids)


def test_hears_past_a_pooler(workplace: Workplace, pooler: str) -> None:
    """Work goes through PgBouncer, LISTEN past it."""
    workplace.start(listening="ok", database_url=pooler, database_direct_url=workplace.database.url)
    workplace.wait_asleep()
    workplace.wait_for(workplace.enqueue("act"))


def test_connections_come_back(workplace: Workplace) -> None:
    """All of them cut, several times, asleep and at work: the runner goes on, all tasks end."""

    def cut() -> None:
        workplace.conn.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name like 'pgears%%' and datname = current_database()
              and pid <> pg_backend_pid()
            """
        )

    runner = workplace.start()
    workplace.wait_asleep()
    cut()
    workplace.wait_for(workplace.enqueue("act"))
    with workplace.conn.transaction():
        ids = [workplace.enqueue("act") for _ in range(2000)]
    for _ in range(4):
        time.sleep(0.1)
        cut()
    workplace.let_leases_run_out()
    workplace.wait_for(*ids)
    workplace.wait_for(workplace.enqueue("act"))
    assert runner.process.poll() is None
    runner.stop()


def test_outage(workplace: Workplace) -> None:
    """The database takes no connection for a while, in the middle of work: it goes on after."""
    runner = workplace.start()
    with workplace.conn.transaction():
        ids = [workplace.enqueue("act") for _ in range(500)]

    def allow(connections: bool) -> None:
        with psycopg.connect(
            make_conninfo(workplace.database.url, dbname="postgres"), autocommit=True
        ) as conn:
            conn.execute(
                sql.SQL("alter database {} allow_connections {}").format(
                    sql.Identifier(workplace.database.name), sql.Literal(connections)
                )
            )

    allow(False)
    workplace.conn.execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """
    )
    time.sleep(2)
    allow(True)
    workplace.let_leases_run_out()
    until(
        lambda: (
            workplace.count("select count(*) from queue.task_list where state = 'leased'") == 0
            and workplace.count("select count(distinct task) from act") == len(ids)
        ),
        "all to be done",
    )
    assert runner.process.poll() is None, runner.log.read_text()
    workplace.wait_for(workplace.enqueue("act"))
    runner.stop()
