"""Strict order by key, and limits of kinds, over several runners."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from tests.fix_runner import Workplace, until


def keyed(place: Workplace, kind: str, key: str, payload: str = "{}") -> int:
    """Store a task of a key in a transaction of its own."""
    return place.count("select queue.enqueue_keyed(%s, %s, %s)", kind, key, payload)


def acts(place: Workplace) -> list[int]:
    """Tasks in the order in which they were done, each in a transaction of its own."""
    return [
        row[0] for row in place.conn.execute("select task from act order by xmin::text::bigint")
    ]


def test_order_of_a_key_over_several_runners(workplace: Workplace) -> None:
    """Each key in the order of its tasks; keys go on beside each other."""
    ids: dict[str, list[int]] = {key: [] for key in "abc"}
    for _ in range(30):
        for key, made in ids.items():
            made.append(keyed(workplace, "act", key))
    workplace.start("a")
    workplace.start("b")
    until(lambda: workplace.count("select count(*) from act") == 90, "all to be done")
    done = acts(workplace)
    for made in ids.values():
        assert [id for id in done if id in made] == made


def test_a_failure_blocks_its_key_only(workplace: Workplace) -> None:
    """While the first is dead, those behind it wait and are listed; cancelled, they go on."""
    workplace.conn.execute("select queue.register_kind('fail', p_max_attempts => 1)")
    first = keyed(workplace, "fail", "a", json.dumps({"how": "give up"}))
    second = keyed(workplace, "fail", "a", json.dumps({"how": "give up"}))
    other = keyed(workplace, "fail", "b", json.dumps({"how": "give up"}))
    workplace.start("a")
    workplace.wait_for(first, other, state="dead")
    third = keyed(workplace, "fail", "a", json.dumps({"how": "give up"}))
    listed = "select (key, blocked, head, head_state)::text from queue.blocked_key"
    assert workplace.one(listed) == f"(a,2,{first},dead)"
    assert [workplace.state(id) for id in (second, third)] == ["blocked", "blocked"]
    workplace.conn.execute("select queue.cancel(%s)", (first,))
    workplace.wait_for(second, state="dead")
    assert workplace.state(third) == "blocked"
    workplace.conn.execute("select queue.redrive(%s)", (second,))
    until(lambda: workplace.one(listed) == f"(a,1,{second},dead)", "the second to fail again")


def test_writers_of_one_key_and_its_end_at_once(workplace: Workplace) -> None:
    """Nothing is left blocked when enqueueing meets settling."""
    workplace.start("a")
    workplace.start("b")

    def write(_: int) -> None:
        with workplace.database.connect() as conn:
            for _ in range(50):
                conn.execute("select queue.enqueue_keyed('act', 'a')")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    until(lambda: workplace.count("select count(*) from queue.task") == 0, "all to be done")
    done = acts(workplace)
    assert done == sorted(done)
    assert len(done) == 200


def test_parallel_limit_over_several_runners(workplace: Workplace) -> None:
    """Never more at once than allowed, and all get done; other kinds are not held up."""
    workplace.conn.execute("select queue.limit_kind('gate', p_parallel => 3)")
    with workplace.conn.transaction():
        gates = [workplace.enqueue("gate") for _ in range(9)]
    workplace.start("a")
    workplace.start("b")
    until(lambda: workplace.count("select count(*) from act") == 3, "three to begin")
    other = workplace.enqueue("act")
    workplace.wait_for(other)
    leased = "select count(*) from queue.task_list where kind = 'gate' and state = 'leased'"
    assert workplace.count(leased) == 3
    workplace.conn.execute("insert into gate values (true)")
    workplace.wait_for(*gates)


def test_rate_limit_over_several_runners(workplace: Workplace) -> None:
    """So many begin in any interval, by the clock of the instance."""
    workplace.conn.execute(
        "select queue.limit_kind('act', p_rate => 4, p_interval => interval '1 hour')"
    )
    with workplace.conn.transaction():
        for _ in range(10):
            workplace.enqueue("act")
    workplace.start("a")
    workplace.start("b")
    done = "select count(*) from act"
    left = "select count(*) from queue.task where kind = 'act'"
    for expected in (4, 8, 10):
        until(lambda expected=expected: workplace.count(done) == expected, f"{expected}")  # type: ignore[misc]
        other = workplace.enqueue("once")
        workplace.wait_for(other)
        until(lambda n=10 - expected: workplace.count(left) == n, "them to be settled")  # type: ignore[misc]
        workplace.conn.execute("delete from act where task = %s", (other,))
        workplace.conn.execute("select core.set_clock(core.now() + interval '61 minutes')")


def test_room_of_a_dead_runner_comes_back(workplace: Workplace) -> None:
    """What it held counts until it is taken over, and not twice."""
    workplace.conn.execute("select queue.limit_kind('hold', p_parallel => 1)")
    first = workplace.enqueue("hold")
    runner = workplace.start("same")
    workplace.wait_begun(first)
    second = workplace.enqueue("act")
    workplace.wait_for(second)
    runner.kill()
    workplace.let_leases_run_out()
    workplace.start("same")
    workplace.wait_for(first)
