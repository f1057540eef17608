"""Ten thousand instances that wait cost nothing: no task, no query, no row read for any of them."""

from __future__ import annotations

import time

from psycopg.types.json import Jsonb

from tests.fix_meta import Definitions
from tests.fix_runner import Workplace, until

INSTANCES = 10_000
STEPS = {
    "start": {"kind": "start", "next": "wait"},
    "wait": {"kind": "event", "event": "go-{{variables.group}}", "next": "end"},
    "end": {"kind": "end"},
}
TIMED = {
    **STEPS,
    "wait": {**STEPS["wait"], "deadline": "30 days", "on_deadline": "end"},
}
TOUCHED = """
    select relname::text,
      (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int,
      (n_tup_ins + n_tup_upd + n_tup_del)::int
    from pg_stat_user_tables
    where (schemaname, relname) in (('flow', 'branch'), ('flow', 'instance'), ('queue', 'task'))
"""


def touched(place: Workplace) -> dict[str, tuple[int, int]]:
    """Rows read and written so far, by table."""
    time.sleep(1.5)  # statistics of other sessions arrive within a second
    return {name: (read, written) for name, read, written in place.conn.execute(TOUCHED.encode())}


def test_waiting_instances_cost_nothing(workplace: Workplace) -> None:
    model = Definitions(workplace.conn).model("shop")
    for code, steps in (("open", STEPS), ("timed", TIMED)):
        workplace.conn.execute(
            "select flow.set_workflow(%s, %s, %s)", (model, code, Jsonb({"steps": steps}))
        )
    workplace.conn.execute(
        """
        select count(api.start_workflow(
          case n %% 2 when 0 then 'open' else 'timed' end, null,
          jsonb_build_object('group', n / 1000)
        )) from generate_series(0, %s - 1) as n
        """,
        (INSTANCES,),
    )
    workplace.start()
    waiting = "select count(*) from flow.waiting"
    until(lambda: workplace.count(waiting) == INSTANCES, "all to wait")
    workplace.wait_asleep()
    workplace.conn.execute("analyze flow.branch, flow.instance, queue.task")
    touched(workplace)

    before = touched(workplace)
    time.sleep(6)
    after = touched(workplace)
    for table in ("branch", "instance", "task"):
        read, written = (b - a for a, b in zip(before[table], after[table], strict=True))
        assert (table, written) == (table, 0)
        assert read < 100, f"{read} rows of {table} were read for {INSTANCES} that wait"

    assert workplace.count("select flow.raise_event('go-7')") == 1000
    until(lambda: workplace.count(waiting) == INSTANCES - 1000, "those of the event to go on")
    for group in range(10):
        workplace.conn.execute("select flow.raise_event(%s)", (f"go-{group}",))
    until(lambda: workplace.count(waiting) == 0, "all to go on")
    over = "select count(*) from flow.instance_status where state = 1"
    until(lambda: workplace.count(over) == INSTANCES, "all to end")
    assert workplace.count("select count(*) from queue.task") == 0, "deadlines are withdrawn"
