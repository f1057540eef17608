"""Tasks: order, leases, ends of attempts, takeover, and what wakes a sleeper."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from runner.errors import BadOutcome, NoSuchTask, RunnerLost, TaskRuns, UnknownKind
from tests.fix_database import Database

Conn = psycopg.Connection[Any]


def one(conn: Conn, query: str, *values: object) -> Any:
    """The single value of a query."""
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


def register(conn: Conn, kind: str = "t", **limits: object) -> None:
    """Register a kind with limits by the names of the parameters."""
    conn.execute(
        """
        select queue.register_kind(%s,
          p_max_attempts => %s, p_backoff_base => %s, p_backoff_cap => %s, p_keep => %s)
        """,
        (
            kind,
            limits.get("max_attempts"),
            limits.get("base"),
            limits.get("cap"),
            limits.get("keep"),
        ),
    )


def enqueue(conn: Conn, kind: str = "t", lane: int = 1, due: str | None = None) -> int:
    """Store one task."""
    return int(
        one(conn, "select queue.enqueue(%s, '{}', core.now() + %s::interval, %s::smallint)",
            kind, due, lane)
    )  # fmt: skip


def start(conn: Conn) -> uuid.UUID:
    """Register a runner."""
    return uuid.UUID(str(one(conn, "select queue.start_runner('test')")))


def claim(
    conn: Conn,
    runner: uuid.UUID,
    limit: int = 100,
    after: list[int] | None = None,
    kinds: list[str] | None = None,
) -> tuple[uuid.UUID, list[int]]:
    """Claim and give the token and the ids in their turn."""
    token = uuid.uuid4()
    rows = conn.execute(
        "select id, lane, turn from queue.claim(%s, %s, %s, %s::text[], %s::bigint[])",
        (runner, token, limit, kinds, after),
    ).fetchall()
    return token, [row[0] for row in sorted(rows, key=lambda row: row[1:])]


def settle(conn: Conn, token: uuid.UUID, ids: list[int], *how: object) -> list[int]:
    """Settle and give those whose lease is lost."""
    rest = (*how, None, None, None)[:3]
    return list(
        one(conn, "select queue.settle(%s, %s::bigint[], coalesce(%s, 'done'), %s, %s)",
            token, ids, *rest)
    )  # fmt: skip


def task(conn: Conn, id: int) -> dict[str, Any]:
    """What the list of tasks shows of one."""
    with conn.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        row = cursor.execute("select * from queue.task_list where id = %s", (id,)).fetchone()
    assert row is not None
    return row


def test_claims_go_by_lane_then_by_turn(conn: Conn) -> None:
    """Urgent ones first, then the rest in the order of their coming."""
    register(conn)
    bulk, first, urgent, second = (enqueue(conn, lane=lane) for lane in (2, 1, 0, 1))
    runner = start(conn)
    assert claim(conn, runner, 2)[1] == [urgent, first]
    assert claim(conn, runner, 10)[1] == [second, bulk]
    assert claim(conn, runner)[1] == []


def test_claim_takes_kinds_named(conn: Conn) -> None:
    """What a runner has no handler for is left to others, and is no attempt."""
    register(conn, "t")
    register(conn, "other")
    other, mine = enqueue(conn, "other"), enqueue(conn)
    runner = start(conn)
    assert claim(conn, runner, kinds=["t"])[1] == [mine]
    assert (task(conn, other)["state"], task(conn, other)["attempts"]) == ("ready", 0)
    assert claim(conn, runner)[1] == [other]


def test_a_claim_is_shared_between_kinds(conn: Conn) -> None:
    """A kind with much to do keeps none waiting; what one does not need is the next one's."""
    for kind in ("much", "some", "late"):
        register(conn, kind)
    one(conn, "select count(queue.enqueue('much')) from generate_series(1, 50)")
    some = [enqueue(conn, "some") for _ in range(2)]
    late = [enqueue(conn, "late") for _ in range(20)]
    taken = claim(conn, start(conn), 30)[1]
    assert set(some) < set(taken)
    assert len(set(late) & set(taken)) == 18
    assert len(taken) == 30


def test_claim_behind_a_watermark_and_look_without(conn: Conn) -> None:
    """A fast claim steps over what lies before; a look finds it."""
    register(conn)
    late, early = enqueue(conn), enqueue(conn)
    turn = one(conn, "select turn from queue.task where id = %s", late)
    runner = start(conn)
    kinds, after = ["none", "t"], [0, 0, 0, 0, turn, 0]
    assert claim(conn, runner, after=after, kinds=kinds)[1] == [early]
    assert claim(conn, runner, after=after, kinds=kinds)[1] == []
    assert claim(conn, runner)[1] == [late]


def test_the_token_proves_the_lease(conn: Conn) -> None:
    """Another token settles nothing and says so; the right one settles once."""
    register(conn)
    id = enqueue(conn)
    token, _ = claim(conn, start(conn))
    assert settle(conn, uuid.uuid4(), [id]) == [id]
    assert task(conn, id)["state"] == "leased"
    assert settle(conn, token, [id]) == []
    assert task(conn, id)["state"] == "done"
    assert settle(conn, token, [id]) == [id]


def test_finished_tasks_are_kept_as_the_kind_says(conn: Conn) -> None:
    """keep = 0 leaves no trace of what is done."""
    register(conn, "traceless", keep="0")
    id = enqueue(conn, "traceless")
    token, _ = claim(conn, start(conn))
    assert settle(conn, token, [id]) == []
    assert one(conn, "select count(*) from queue.task_list where id = %s", id) == 0


def test_retry_waits_a_random_time_below_base_and_cap(conn: Conn) -> None:
    """Full jitter: between nothing and base * 2 ^ (attempts - 1), never above the cap."""
    register(conn, base="10 seconds", cap="35 seconds", max_attempts=100)
    conn.execute("insert into queue.task (kind) select 't' from generate_series(1, 200)")
    runner = start(conn)
    for attempt, limit in ((1, 10), (2, 20), (3, 35), (4, 35)):
        conn.execute("update queue.task set state = 'ready', due = null where state = 'delayed'")
        token, ids = claim(conn, runner, 1000)
        assert len(ids) == 200
        assert settle(conn, token, ids, "retry", "no luck") == []
        low, high, attempts = conn.execute(
            """
            select extract(epoch from min(due) - core.now()),
              extract(epoch from max(due) - core.now()), min(attempts)
            from queue.task
            """
        ).fetchone() or (0, 0, 0)
        assert attempts == attempt
        # 200 draws all in the upper or all in the lower half: once in 2 ^ 199 runs
        assert low < limit / 2 < high <= limit


def test_retry_takes_the_wait_of_the_handler(conn: Conn) -> None:
    """Retry(after=...) is kept to the second."""
    register(conn)
    id = enqueue(conn)
    token, _ = claim(conn, start(conn))
    settle(conn, token, [id], "retry", "greylisted", timedelta(minutes=7))
    assert one(conn, "select due - core.now() from queue.task where id = %s", id) == timedelta(
        minutes=7
    )


def test_due_tasks_become_ready(database: Database) -> None:
    """A delayed one is found by a look once its time has come, not before."""
    with database.connect() as conn:
        register(conn)
        id = enqueue(conn, due="1 hour")
        runner = start(conn)
        assert claim(conn, runner)[1] == []
        assert 3500 < one(conn, "select queue.next_due()") <= 3600
        conn.execute("select core.set_clock(now() + '61 minutes')")
        assert claim(conn, runner, after=[0, 0, 0])[1] == []
        assert claim(conn, runner)[1] == [id]
        assert one(conn, "select queue.next_due()") is None


def test_last_attempt_ends_dead_and_redrive_begins_anew(conn: Conn) -> None:
    """With its last error to be seen; one command gives it all its attempts again."""
    register(conn, max_attempts=2, base="0", cap="0")
    id = enqueue(conn)
    runner = start(conn)
    for _ in range(2):
        token, ids = claim(conn, runner)
        assert ids == [id]
        settle(conn, token, ids, "retry", "server on fire")
    dead = task(conn, id)
    assert (dead["state"], dead["attempts"], dead["error"]) == ("dead", 2, "server on fire")
    assert one(conn, "select dead from queue.status where kind = 't'") == 1

    assert one(conn, "select queue.redrive(%s)", id) == 1
    again = task(conn, id)
    assert (again["state"], again["attempts"]) == ("ready", 0)
    with pytest.raises(NoSuchTask), conn.transaction():
        conn.execute("select queue.redrive(%s)", (id,))


def test_redrive_of_a_kind(conn: Conn) -> None:
    """All of a kind, none of another; without kind and id nothing."""
    register(conn, "t")
    register(conn, "other")
    ids = [enqueue(conn), enqueue(conn), enqueue(conn, "other")]
    token, _ = claim(conn, start(conn))
    assert settle(conn, token, ids, "dead", "useless") == []
    assert one(conn, "select queue.redrive()") == 0
    assert one(conn, "select queue.redrive(p_kind => 't')") == 2
    assert [task(conn, id)["state"] for id in ids] == ["ready", "ready", "dead"]


def test_release_is_no_attempt(conn: Conn) -> None:
    """At once, or after a wait."""
    register(conn)
    now, later = enqueue(conn), enqueue(conn)
    token, _ = claim(conn, start(conn))
    settle(conn, token, [now], "release")
    settle(conn, token, [later], "release", None, timedelta(hours=1))
    assert [(task(conn, id)["state"], task(conn, id)["attempts"]) for id in (now, later)] == [
        ("ready", 0),
        ("delayed", 0),
    ]


def test_cancel(conn: Conn) -> None:
    """What waits or is dead can be cancelled, what runs or is over cannot."""
    register(conn)
    waits, runs, dead = enqueue(conn, due="1 hour"), enqueue(conn), enqueue(conn)
    token, _ = claim(conn, start(conn))
    settle(conn, token, [dead], "dead", "useless")
    for id in (waits, dead):
        conn.execute("select queue.cancel(%s)", (id,))
        assert task(conn, id)["state"] == "cancelled"
    with pytest.raises(TaskRuns), conn.transaction():
        conn.execute("select queue.cancel(%s)", (runs,))
    with pytest.raises(NoSuchTask), conn.transaction():
        conn.execute("select queue.cancel(%s)", (waits,))
    assert task(conn, runs)["state"] == "leased"


def test_sweep_takes_over_from_the_lost(conn: Conn) -> None:
    """Its tasks are ready, or dead after the last attempt; a living runner keeps its own."""
    register(conn, "t")
    register(conn, "once", max_attempts=1)
    again, last = enqueue(conn), enqueue(conn, "once")
    lost, alive = start(conn), start(conn)
    token, _ = claim(conn, lost)
    kept = enqueue(conn)
    claim(conn, alive)
    conn.execute("update queue.runner set lease_until = now() - '1 s'::interval where id = %s",
                 (lost,))  # fmt: skip
    assert one(conn, "select queue.sweep()") == 1
    assert task(conn, again)["state"] == "ready"
    assert task(conn, again)["error"] == "the runner was lost"
    assert task(conn, last)["state"] == "dead"
    assert task(conn, kept)["state"] == "leased"
    assert settle(conn, token, [again]) == [again]
    assert one(conn, "select queue.beat(%s)", lost) is False
    with pytest.raises(RunnerLost), conn.transaction():
        claim(conn, lost)


def test_adopt_moves_what_is_named(conn: Conn) -> None:
    """The new identity gets the tasks that the process knows; the rest waits for the sweep."""
    register(conn)
    known, unknown = enqueue(conn), enqueue(conn)
    old = start(conn)
    token, _ = claim(conn, old)
    new = start(conn)
    assert one(conn, "select queue.adopt(%s, %s, %s::bigint[])", old, new, [known]) == [known]
    conn.execute("update queue.runner set lease_until = now() - '1 s'::interval where id = %s",
                 (old,))  # fmt: skip
    conn.execute("select queue.sweep()")
    assert task(conn, unknown)["state"] == "ready"
    assert settle(conn, token, [known]) == []


def test_stop_runner_gives_back(conn: Conn) -> None:
    """A runner that signs off leaves ready tasks and no attempts behind."""
    register(conn)
    id = enqueue(conn)
    runner = start(conn)
    claim(conn, runner)
    conn.execute("select queue.stop_runner(%s)", (runner,))
    assert (task(conn, id)["state"], task(conn, id)["attempts"]) == ("ready", 0)


def test_unknown_kind(conn: Conn) -> None:
    """enqueue refuses it; a plain insert is seen in the status, and dies at its first failure."""
    with pytest.raises(UnknownKind), conn.transaction():
        conn.execute("select queue.enqueue('nobody')")
    id = one(conn, "insert into queue.task (kind) values ('nobody') returning id")
    assert one(conn, "select ready from queue.status where kind = 'nobody'") == 1
    token, _ = claim(conn, start(conn), kinds=["nobody"])
    settle(conn, token, [id], "retry", "no such kind")
    assert task(conn, id)["state"] == "dead"


def test_unknown_outcome(conn: Conn) -> None:
    """A spelling error in an outcome loses no task."""
    with pytest.raises(BadOutcome):
        settle(conn, uuid.uuid4(), [1], "finished")


def test_rollback_leaves_nothing(database: Database) -> None:
    """A task belongs to the transaction that stores it."""
    with database.connect(autocommit=False) as conn:
        register(conn)
        conn.commit()
        enqueue(conn)
        conn.rollback()
        assert one(conn, "select count(*) from queue.task") == 0


def test_claims_do_not_wait_for_each_other(database: Database) -> None:
    """Two runners at once get different tasks, none twice, none left out."""
    with database.connect() as conn, database.connect(autocommit=False) as other:
        register(conn)
        ids = [enqueue(conn) for _ in range(10)]
        mine, others = start(conn), start(conn)
        _, first = claim(other, others, 4)
        _, second = claim(conn, mine, 100)
        other.commit()
        assert sorted(first + second) == ids


def test_bell_rings_while_any_runner_sleeps(database: Database) -> None:
    """Writers ring only for sleepers; one that wakes up does not silence the other's bell."""
    with database.connect() as conn, database.connect() as ear:
        register(conn)
        ear.execute("listen pgears_queue")

        def rings() -> int:
            enqueue(conn)
            return len(list(ear.notifies(timeout=0.2)))

        first, second = start(conn), start(conn)
        assert rings() == 0
        for runner in (first, second):
            conn.execute("select queue.fall_asleep(%s)", (runner,))
        assert rings() == 1
        conn.execute("select queue.wake_up(%s)", (first,))
        assert rings() == 1
        conn.execute("select queue.wake_up(%s)", (second,))
        assert rings() == 0
        conn.execute("select queue.fall_asleep(%s)", (first,))
        conn.execute("update queue.runner set lease_until = now() - '1 s'::interval")
        conn.execute("select queue.sweep()")
        assert rings() == 0, "nobody is left to ring for"


def test_rolled_back_writer_takes_no_wake_up_along(database: Database) -> None:
    """Writers only read the flag: after a rollback the next one still rings."""
    with database.connect(autocommit=False) as conn, database.connect() as ear:
        register(conn)
        conn.execute("select queue.fall_asleep(%s)", (start(conn),))
        conn.commit()
        ear.execute("listen pgears_queue")
        enqueue(conn)
        conn.rollback()
        assert list(ear.notifies(timeout=0.2)) == []
        enqueue(conn)
        conn.commit()
        assert len(list(ear.notifies(timeout=5, stop_after=1))) == 1


def test_fence_waits_for_the_writer_that_saw_nobody_asleep(database: Database) -> None:
    """Also for one whose id is above all that have ended."""
    with database.connect(autocommit=False) as writer, database.connect() as conn:
        register(conn)
        enqueue(writer)
        fence = one(conn, "select queue.fall_asleep(%s)::text", start(conn))
        assert one(conn, "select queue.fence_passed(%s::xid8)", fence) is False
        writer.commit()
        assert one(conn, "select queue.fence_passed(%s::xid8)", fence) is True


def test_maintain_makes_days_and_drops_old_ones(database: Database) -> None:
    """A partition a day; what came before them is moved, what is old goes, by kind."""
    with database.connect() as conn:
        register(conn, "long", keep="30 days")
        register(conn, "short", keep="2 days")
        conn.execute(
            """
            insert into queue.finished
              (id, kind, payload, lane, attempts, outcome, created, finished)
            select
              n, case when n % 2 = 0 then 'long' else 'short' end, '{}', 1, 1, 'done', now(),
              now() - make_interval(days => n / 2)
            from generate_series(0, 79) as n
            """
        )
        conn.execute(
            """
            create table queue.finished_20200101 partition of queue.finished
            for values from ('2020-01-01 00:00+00') to ('2020-01-02 00:00+00')
            """
        )
        assert one(conn, "select queue.maintain()") == 5
        partitions = conn.execute(
            """
            select inhrelid::regclass::text
            from pg_inherits where inhparent = 'queue.finished'::regclass order by 1
            """
        ).fetchall()
        assert len(partitions) == 5
        assert ("queue.finished_20200101",) not in partitions
        # today's rows have moved into today's partition
        assert one(conn, "select count(*) from queue.finished_default where finished > now() - "
                         "'1 s'::interval") == 0  # fmt: skip
        kept: dict[str, int] = dict(
            conn.execute("select kind, count(*) from queue.finished group by kind")
        )
        assert kept == {"long": 30, "short": 2}
        assert one(conn, "select queue.maintain()") == 0
