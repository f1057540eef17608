"""A runner at work: ends of attempts, limits, stop, several runners, database tasks."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator

import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.fix_runner import Workplace, until


def test_failures_end_as_they_should(workplace: Workplace) -> None:
    """GiveUp is dead at once, Retry waits, any other error too; each error is kept."""
    workplace.start()
    dead = workplace.enqueue("fail", '{"how": "give up"}')
    later = workplace.enqueue("fail", '{"how": "retry"}')
    broken = workplace.enqueue("fail", '{"how": "error"}')
    workplace.wait_for(dead, state="dead")
    until(
        lambda: (
            workplace.count(
                "select count(*) from queue.task_list where id = any (%s) and error is not null",
                [later, broken],
            )
            == 2
        ),
        "both errors",
    )
    errors = dict(
        workplace.conn.execute(
            "select id, error from queue.task_list where id = any (%s)", ([dead, later, broken],)
        ).fetchall()
    )
    assert errors == {dead: "never again", later: "later", broken: "ValueError: broken  error"}


def test_retried_until_it_is_dead(workplace: Workplace) -> None:
    """As many attempts as the kind has; one command makes it ready again."""
    workplace.conn.execute(
        "select queue.register_kind('fail', p_max_attempts => 3, p_backoff_base => '10 ms')"
    )
    workplace.start()
    id = workplace.enqueue("fail", '{"how": "error"}')
    workplace.wait_for(id, state="dead")
    assert workplace.one("select attempts from queue.task_list where id = %s", id) == 3
    workplace.conn.execute('update queue.dead set payload = \'{"how": "give up"}\'')
    workplace.conn.execute("select queue.redrive(%s)", (id,))
    until(lambda: workplace.one("select error from queue.task_list where id = %s", id)
          == "never again", "the redriven task to die anew")  # fmt: skip


def test_time_out(workplace: Workplace) -> None:
    """An attempt that takes too long is ended, and its slot goes on."""
    workplace.conn.execute(
        "select queue.register_kind('slow', p_timeout => '300 ms', p_max_attempts => 1)"
    )
    workplace.start()
    with workplace.conn.transaction():
        late = [workplace.enqueue("slow", '{"seconds": 1000}') for _ in range(3)]
        quick = workplace.enqueue("slow", '{"seconds": 0}')
    workplace.wait_for(*late, state="dead")
    workplace.wait_for(quick)
    errors = workplace.conn.execute("select distinct error from queue.dead").fetchall()
    assert errors == [("time-out after 0.3 s",)]


def test_parallel_limit(workplace: Workplace) -> None:
    """So many of a kind at once and no more; other kinds go on beside them."""
    workplace.start()
    with workplace.conn.transaction():
        blocked = [workplace.enqueue("slow", '{"seconds": 1000}') for _ in range(30)]
    workplace.wait_begun(*blocked[:2])
    workplace.wait_for(workplace.enqueue("act"))
    assert workplace.count("select count(*) from begun") == 2
    assert workplace.count("select holds from queue.runner_status") < 30


def test_kind_without_handler_is_left_alone(workplace: Workplace) -> None:
    """It waits for a runner that has one, and no attempt is lost."""
    workplace.conn.execute("select queue.register_kind('foreign')")
    workplace.start()
    foreign = workplace.enqueue("foreign")
    workplace.wait_for(workplace.enqueue("act"))
    assert workplace.conn.execute(
        "select state, attempts from queue.task_list where id = %s", (foreign,)
    ).fetchone() == ("ready", 0)


def test_graceful_stop(workplace: Workplace) -> None:
    """What runs may end, what waits in hand is ready again and was no attempt."""
    runner = workplace.start()
    with workplace.conn.transaction():
        runs = [workplace.enqueue("slow", '{"seconds": 1}') for _ in range(2)]
        waits = [workplace.enqueue("slow", '{"seconds": 1}') for _ in range(2)]
    workplace.wait_begun(*runs)
    log = runner.stop()
    assert [workplace.state(id) for id in runs] == ["done", "done"]
    assert workplace.conn.execute(
        "select distinct state, attempts from queue.task_list where id = any (%s)", (waits,)
    ).fetchall() == [("ready", 0)]
    assert workplace.count("select count(*) from queue.runner_status") == 0
    assert "signed off" in log


def test_second_signal_does_not_wait(workplace: Workplace) -> None:
    """A handler that does not end is cancelled and its task released."""
    runner = workplace.start()
    id = workplace.enqueue("slow", '{"seconds": 1000}')
    workplace.wait_begun(id)
    runner.process.send_signal(signal.SIGINT)
    until(lambda: "stopping" in runner.log.read_text(), "the first signal")
    runner.stop()
    assert workplace.state(id) == "ready"


def test_several_runners_share(workplace: Workplace) -> None:
    """Each task is done once, and both runners do some."""
    workplace.start("a")
    workplace.start("b")
    with workplace.conn.transaction():
        number = 3000
        workplace.conn.execute(
            "insert into queue.task (kind) select 'act' from generate_series(1, %s)", (number,)
        )
        workplace.conn.execute("select queue.ring()")
    until(
        lambda: (
            workplace.count("select count(*) from queue.task_list where state = 'done'") == number
        ),
        "all to be done",
    )
    assert workplace.count("select count(*) from act") == number
    assert workplace.count("select count(distinct task) from act") == number
    shares = workplace.conn.execute(
        "select runner, count(*) from queue.task_list group by runner order by runner"
    ).fetchall()
    assert [name for name, _ in shares] == ["a", "b"], shares


def test_suspended_runner_begins_nothing_that_is_others(workplace: Workplace) -> None:
    """Stopped for longer than its lease, it finds its tasks done by another and lets them be."""
    first = workplace.start("first")
    with workplace.conn.transaction():
        ids = [workplace.enqueue("slow", '{"seconds": 2}') for _ in range(4)]
    workplace.wait_begun(*ids[:2])
    os.kill(first.process.pid, signal.SIGSTOP)
    workplace.let_leases_run_out()
    workplace.start("second")
    workplace.wait_for(*ids)
    done = workplace.count("select count(*) from act where task = any (%s)", ids[2:])
    assert done == 2
    os.kill(first.process.pid, signal.SIGCONT)
    until(
        lambda: workplace.count("select count(*) from queue.runner_status where name = 'first'"),
        "the first to begin anew",
    )
    id = workplace.enqueue("act")
    workplace.wait_for(id)
    assert workplace.count("select count(*) from act where task = any (%s)", ids[2:]) == 2


def test_database_tasks(workplace: Workplace) -> None:
    """Done by a function in the transaction that settles: each on its own if it fails."""
    workplace.conn.execute(
        """
        create function work(p_payload jsonb) returns void language plpgsql as $$
        begin
          insert into public.act (task, attempt) values ((p_payload ->> 'n')::bigint, 1);
          perform pg_sleep((p_payload ->> 'sleep')::double precision);
          perform 1 / (p_payload ->> 'n')::integer;
        end;
        $$
        """
    )
    workplace.conn.execute(
        """
        insert into queue.kind (kind, description, function, max_attempts, timeout)
        values ('work', 'test', 'public.work', 1, '500 ms')
        """
    )
    workplace.start()
    with workplace.conn.transaction():
        ids = [workplace.enqueue("work", f'{{"n": {n}}}') for n in range(200)]
        late = workplace.enqueue("work", '{"n": 1000, "sleep": 30}')
    workplace.wait_for(*ids[1:])
    workplace.wait_for(ids[0], late, state="dead")
    errors = dict(workplace.conn.execute("select id, error from queue.dead").fetchall())
    assert errors[ids[0]].startswith("22012: ")
    assert errors[late] == "time-out after 0.5 s"
    acts = workplace.conn.execute("select task from act order by task").fetchall()
    assert acts == [(n,) for n in range(1, 200)]


def test_once_ends_when_nothing_is_ready(workplace: Workplace) -> None:
    """Tasks of tasks included; delayed ones stay."""
    with workplace.conn.transaction():
        ids = [workplace.enqueue("act") for _ in range(50)]
    later = workplace.count("select queue.enqueue('act', '{}', core.now() + '1 hour'::interval)")
    runner = workplace.start("r", "--once", listening=None)
    assert runner.process.wait(60) == 0, runner.log.read_text()
    assert {workplace.state(id) for id in ids} == {"done"}
    assert workplace.state(later) == "delayed"
    assert "50 tasks settled" in runner.log.read_text()


def test_delayed_task_runs_when_it_is_due(workplace: Workplace) -> None:
    """A sleeping runner wakes up for it by itself."""
    workplace.start()
    workplace.wait_asleep()
    workplace.wait_for(
        workplace.count("select queue.enqueue('act', '{}', core.now() + '300 ms'::interval)")
    )


@pytest.fixture
def low_account(workplace: Workplace) -> Iterator[str]:
    """URL for a login that has the rights of pgears_runner and no more."""
    login = f"t_{uuid.uuid4().hex}"
    name = sql.Identifier(login)
    workplace.conn.execute(
        sql.SQL("create role {} login password {} in role pgears_runner").format(
            name, sql.Literal("low")
        )
    )
    workplace.conn.execute(sql.SQL("grant all on act, begun, gate to {}").format(name))
    yield make_conninfo(workplace.database.url, user=login, password="low")
    workplace.conn.execute(sql.SQL("drop owned by {}").format(name))
    workplace.conn.execute(sql.SQL("drop role {}").format(name))


def test_rights_of_pgears_runner_are_enough(workplace: Workplace, low_account: str) -> None:
    """The runner needs no superuser and no owner: chores, tasks and sleep work without."""
    runner = workplace.start(database_url=low_account)
    workplace.wait_asleep()
    workplace.wait_for(workplace.enqueue("act"))
    until(
        lambda: (
            workplace.count(
                "select count(*) from pg_inherits where inhparent = 'queue.finished'::regclass"
            )
            > 1
        ),
        "partitions",
    )
    log = runner.stop()
    assert "ERROR" not in log
    assert "Traceback" not in log


def test_an_error_that_is_no_utf8_ends_its_task_and_not_the_runner(workplace: Workplace) -> None:
    """Names of files and answers of servers can have bytes that the database does not take."""
    workplace.conn.execute("select queue.register_kind('fail', p_max_attempts => 1)")
    runner = workplace.start()
    id = workplace.enqueue("fail", '{"how": "bytes"}')
    workplace.wait_for(id, state="dead")
    workplace.wait_for(workplace.enqueue("act"))
    assert workplace.one("select error from queue.task_list where id = %s", id) == (
        "ValueError: no file \ufffd"
    )
    runner.stop()


def test_a_server_that_writes_nothing_for_a_while(workplace: Workplace) -> None:
    """A standby after a failover, or a database set read-only: waited for, and told once."""
    runner = workplace.start()
    name = sql.Identifier(workplace.one("select current_database()"))
    change = sql.SQL("alter database {} set default_transaction_read_only = {}")
    others = """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'pgears %'
    """
    workplace.conn.execute(change.format(name, sql.SQL("on")))
    workplace.conn.execute(others.encode())
    said = "pgears claims: cannot execute"
    until(lambda: said in runner.log.read_text(), "a claim that is refused")
    until(lambda: "mailboxes: cannot execute" in runner.log.read_text(), "a chore refused")
    workplace.conn.execute(change.format(name, sql.SQL("off")))
    workplace.conn.execute(others.encode())
    workplace.wait_for(workplace.enqueue("act"))
    log = runner.stop()
    assert log.count(said) == 1
    assert log.count("mailboxes: cannot execute") == 1
