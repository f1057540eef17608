"""kill -9 of the runner at each point: every task ends, and as its promise says.

A handler's act is done at least once; one that settles in the transaction of its act, and a
database task, exactly once. The second runner has the name of the first: nothing is stranded.
"""

from __future__ import annotations

from functools import partial

from tests.fix_runner import Workplace, until


def restart(workplace: Workplace) -> None:
    """A minute later a runner of the same name begins."""
    workplace.let_leases_run_out()
    workplace.start("same")


def test_before_claim(workplace: Workplace) -> None:
    """Killed while asleep: the bell rings for nobody, the task waits for the next runner."""
    runner = workplace.start("same")
    workplace.wait_asleep()
    runner.kill()
    id = workplace.enqueue("act")
    restart(workplace)
    workplace.wait_for(id)
    assert len(workplace.attempts_recorded(id)) == 1


def test_after_claim(workplace: Workplace) -> None:
    """Tasks in hand, one begun and others not: all are done by the next."""
    runner = workplace.start("same")
    with workplace.conn.transaction():
        ids = [workplace.enqueue("hold") for _ in range(2)]
    workplace.wait_begun(ids[0])
    until(
        lambda: workplace.count("select holds from queue.runner_status") == 2, "both to be claimed"
    )
    runner.kill()
    restart(workplace)
    workplace.wait_for(*ids)
    assert [workplace.attempts_recorded(id) for id in ids] == [[2], [2]]


def test_after_act(workplace: Workplace) -> None:
    """At least once: the act is done, but nothing says so, and it is done again."""
    runner = workplace.start("same")
    id = workplace.enqueue("block")
    workplace.wait_begun(id)
    runner.kill()
    assert workplace.state(id) == "leased"
    restart(workplace)
    workplace.wait_for(id)
    assert workplace.attempts_recorded(id) == [1, 2]


def test_before_settle(workplace: Workplace) -> None:
    """The handler has ended, its settling is under way and never arrives."""
    runner = workplace.start("same")
    with workplace.database.connect(autocommit=False) as lock:
        id = workplace.enqueue("gate")
        until(lambda: workplace.attempts_recorded(id), "the act")
        lock.execute("select from queue.task where id = %s for update", (id,))
        workplace.conn.execute("insert into gate values (true)")
        until(
            lambda: workplace.count(
                """
                select count(*) from pg_stat_activity
                where application_name = 'pgears settlement' and wait_event_type = 'Lock'
                  and datname = current_database()
                """
            ),
            "settling to wait",
        )
        runner.kill()
        workplace.conn.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'pgears settlement' and datname = current_database()
            """
        )
    assert workplace.state(id) == "leased"
    restart(workplace)
    workplace.wait_for(id)
    assert workplace.attempts_recorded(id) == [1, 2]


def test_inside_the_transaction_that_settles(workplace: Workplace) -> None:
    """Exactly once: what was not committed did not happen."""
    runner = workplace.start("same")
    id = workplace.enqueue("once", '{"block": "before"}')
    workplace.wait_begun(id)
    runner.kill()
    restart(workplace)
    workplace.wait_for(id)
    assert workplace.attempts_recorded(id) == [2]


def test_after_the_transaction_that_settles(workplace: Workplace) -> None:
    """Exactly once: what was committed is not done again."""
    runner = workplace.start("same")
    id = workplace.enqueue("once", '{"block": "after"}')
    workplace.wait_begun(id)
    runner.kill()
    restart(workplace)
    other = workplace.enqueue("act")
    workplace.wait_for(id, other)
    assert workplace.attempts_recorded(id) == [1]


def test_again_and_again_under_load(workplace: Workplace) -> None:
    """Five kills while hundreds of tasks run: all end, those that settle themselves once."""
    with workplace.conn.transaction():
        ids = [workplace.enqueue(kind) for _ in range(500) for kind in ("act", "once")]
    for _ in range(5):
        before = workplace.count("select count(*) from act")
        runner = workplace.start("same", listening=None)
        until(partial(workplace.count, "select count(*) - %s from act", before), "progress")
        runner.kill()
        workplace.let_leases_run_out()
    workplace.start("same")
    until(
        lambda: (
            workplace.count("select count(*) from queue.task_list where state = 'done'") == len(ids)
        ),
        "all to be done",
    )
    doubled = workplace.one(
        """
        select count(*) from (
          select from act inner join queue.finished as f on f.id = act.task
          where f.kind = 'once' group by f.id having count(*) > 1
        ) as twice
        """
    )
    assert doubled == 0
    assert workplace.count("select count(distinct task) from act") == len(ids)
