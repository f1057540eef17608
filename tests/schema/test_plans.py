"""Plans that must hold whatever the size of the tables: the index by name, and rows touched."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.fix_database import Database

BACKLOG = 20_000
CLAIM = 100


@pytest.fixture
def backlog(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Many tasks that nobody has analysed, as after a burst."""
    with explained(database) as conn:
        conn.execute(
            "insert into queue.task (kind) select 'x' from generate_series(1, %s)", (BACKLOG,)
        )
        yield conn


@contextmanager
def explained(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection that tells the plans of what it does."""
    with database.connect() as conn:
        conn.execute("load 'auto_explain'")
        for setting, value in (
            ("auto_explain.log_min_duration", "0"),
            ("auto_explain.log_nested_statements", "on"),
            ("auto_explain.log_analyze", "on"),
            ("auto_explain.log_format", "json"),
            ("client_min_messages", "log"),
        ):
            conn.execute("select set_config(%s, %s, false)", (setting, value))
        yield conn


def plans(conn: psycopg.Connection[Any], query: str, *values: object) -> list[dict[str, Any]]:
    """Nodes of all plans that a call runs, inside functions as well."""
    found: list[dict[str, Any]] = []

    def walk(node: dict[str, Any]) -> None:
        found.append(node)
        for child in node.get("Plans", ()):
            walk(child)

    def take(diagnostic: psycopg.errors.Diagnostic) -> None:
        _, _, text = (diagnostic.message_primary or "").partition("plan:\n")
        if text:
            walk(json.loads(text)["Plan"])

    conn.add_notice_handler(take)
    conn.execute(query.encode(), values)
    conn.remove_notice_handler(take)
    return found


def on_tasks(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes that read queue.task."""
    return reading(nodes, "task")


def reading(nodes: list[dict[str, Any]], *tables: str) -> list[dict[str, Any]]:
    """Nodes that read one of these tables."""
    return [
        node
        for node in nodes
        if node.get("Relation Name") in tables and "Scan" in node["Node Type"]
    ]


def name(node: dict[str, Any]) -> str:
    """The index of a scan, also of its bitmap, else its kind."""
    while node["Node Type"] == "Bitmap Heap Scan":
        (node,) = node["Plans"]
    return str(node.get("Index Name") or node["Node Type"])


def test_claim_walks_task_ready_idx(backlog: psycopg.Connection[Any]) -> None:
    """As many rows as are claimed, however long the backlog; a second claim no more."""
    row = backlog.execute("select queue.start_runner('test')").fetchone()
    assert row is not None
    for after in (None, [0, 0, 0, 0, 0, 0]):
        nodes = on_tasks(
            plans(
                backlog,
                "select count(*) from queue.claim(%s, %s, %s, %s::text[], %s::bigint[])",
                row[0],
                uuid.uuid4(),
                CLAIM,
                ["x", "y"],
                after,
            )
        )
        ready = [node for node in nodes if node.get("Index Name") == "task_ready_idx"]
        assert ready, nodes
        # One row more is the look whether the kind has something in the lane.
        rows = sum(node["Actual Rows"] * node["Actual Loops"] for node in ready)
        # Averages over the lanes are rounded by PostgreSQL before 18.
        assert round(rows) in (CLAIM, CLAIM + 1)
        others = {node["Node Type"] for node in nodes if node not in ready}
        assert others <= {"Tid Scan", "Index Scan"}, nodes
        assert all(node["Actual Rows"] * node["Actual Loops"] <= CLAIM for node in nodes), nodes


def test_claim_reads_nothing_of_kinds_that_are_not_wanted(backlog: psycopg.Connection[Any]) -> None:
    """A runner that has enough of one kind looks after the others at no cost."""
    row = backlog.execute("select queue.start_runner('test')").fetchone()
    assert row is not None
    query = "select count(*) from queue.claim(%s, %s, %s, %s::text[])"
    nodes = on_tasks(plans(backlog, query, row[0], uuid.uuid4(), CLAIM, ["w", "y"]))
    assert "task_ready_idx" in {name(node) for node in nodes}
    assert all(
        node["Actual Rows"] == 0 and not node.get("Rows Removed by Filter") for node in nodes
    )


def test_settle_goes_by_the_primary_key(backlog: psycopg.Connection[Any]) -> None:
    """Settling a hundred of many reads a hundred."""
    row = backlog.execute("select queue.start_runner('test')").fetchone()
    assert row is not None
    token = uuid.uuid4()
    ids = [
        id
        for (id,) in backlog.execute(
            "select id from queue.claim(%s, %s, %s, '{x}')", (row[0], token, CLAIM)
        )
    ]
    for outcome in ("release", "done"):
        nodes = on_tasks(
            plans(
                backlog,
                "select queue.settle(%s, %s::bigint[], %s)",
                token,
                ids if outcome == "done" else ids[:10],
                outcome,
            )
        )
        assert nodes != []
        assert {name(node) for node in nodes} == {"task_pkey"}
        assert all(node["Actual Rows"] * node["Actual Loops"] <= CLAIM for node in nodes)


def test_sweep_of_the_lost_does_not_touch_what_waits(backlog: psycopg.Connection[Any]) -> None:
    """With nobody lost it reads no task at all."""
    backlog.execute("select queue.start_runner('test')")
    assert on_tasks(plans(backlog, "select queue.sweep()")) == []


def test_delayed_tasks_by_task_delayed_idx(backlog: psycopg.Connection[Any]) -> None:
    """Asking for the next one that is due reads one row of many."""
    backlog.execute(
        """
        insert into queue.task (kind, state, due)
        select 'x', 'delayed', now() + make_interval(mins => n) from generate_series(1, 5000) as n
        """
    )
    for query in ("select queue.promote()", "select queue.next_due()"):
        nodes = on_tasks(plans(backlog, query))
        # the rows found are then fetched by their place
        assert {name(node) for node in nodes} - {"Tid Scan"} == {"task_delayed_idx"}, query
        assert all(node["Actual Rows"] <= 1 for node in nodes)


def test_tasks_are_run_by_the_key_with_plans_of_a_small_table(database: Database) -> None:
    """A session that has run tasks while there were few finds them among many all the same."""
    run = (
        "select count(*) from queue.run_many(array("
        "select id from queue.claim(%s, %s, 10, '{x}')), %s::uuid)"
    )
    with explained(database) as conn:
        conn.execute(
            "create function public.nothing(jsonb) returns void language sql as '';"
            "select queue.register_kind('x', 'Nothing.');"
            "update queue.kind set function = 'public.nothing' where kind = 'x'"
        )
        row = conn.execute("select queue.start_runner('test')").fetchone()
        assert row is not None
        for count in (10, 10, BACKLOG):
            conn.execute(
                "insert into queue.task (kind) select 'x' from generate_series(1, %s)", (count,)
            )
            token = uuid.uuid4()
            nodes = on_tasks(plans(conn, run, row[0], token, token))
            if count < BACKLOG:
                conn.execute("vacuum analyze queue.task")
        assert conn.execute("select count(*) from queue.task").fetchone() == (BACKLOG - 10,)
        run_by_key = [node for node in nodes if name(node) == "task_pkey"]
        assert len(run_by_key) >= 20  # locked and settled, ten times
        assert {name(node) for node in nodes} == {
            "task_delayed_idx",
            "task_pkey",
            "task_ready_idx",
            "Tid Scan",
        }


STEPS = {
    "start": {"kind": "start", "next": "hear"},
    "hear": {
        "kind": "event",
        "event": "go-{{variables.n}}",
        "deadline": "1 day",
        "on_deadline": "end",
        "next": "end",
    },
    "end": {"kind": "end"},
}


def test_instances_are_woken_by_keys_with_plans_of_small_tables(database: Database) -> None:
    """To begin to wait, to be woken and to end reads one branch and one task, of however many."""
    start = (
        "select count(flow.start_workflow('hear', null, jsonb_build_object('n', n)))"
        " from generate_series(%s::integer, %s) as n"
    )
    step = "select flow.run_step(%s)"

    with explained(database) as conn:
        conn.execute(
            "select flow.set_workflow(meta.create_model('desk', '{}'), 'hear', %s)",
            (Jsonb({"steps": STEPS}),),
        )

        def work(first: int, last: int) -> Iterator[dict[str, Any]]:
            for n in range(first, last + 1):
                for act in ("begin", "raise", "end"):
                    if act == "raise":
                        yield from plans(conn, "select flow.raise_event(%s)", f"go-{n}")
                        continue
                    (payload,) = conn.execute(
                        "delete from queue.task as t using flow.branch as b, flow.instance as i"
                        " where t.state = 'ready' and t.payload ->> 'branch' = b.id::text"
                        " and b.instance_id = i.id and i.variables ->> 'n' = %s"
                        " returning t.payload",
                        (str(n),),
                    ).fetchone() or (None,)
                    yield from plans(conn, step, Jsonb(payload))

        for first in (1, 11):
            conn.execute(start.encode(), (first, first + 9))
            list(work(first, first + 9))
            conn.execute("vacuum analyze flow.branch, flow.instance, flow.event, queue.task")
        conn.execute(start.encode(), (21, 3000))
        nodes = reading(list(work(25, 25)), "task", "branch", "instance", "event")
        assert {name(node) for node in nodes} == {
            "branch_instance_id_idx",
            "branch_parent_id_idx",
            "branch_pkey",
            "branch_scope_scope_id_event_code_idx",
            "event_pkey",
            "event_scope_scope_id_code_door_idx",
            "instance_pkey",
            "task_pkey",
        }
        assert all(node["Actual Rows"] * node["Actual Loops"] <= 1 for node in nodes), nodes
        row = conn.execute("select state from flow.instance where variables ->> 'n' = '25'")
        assert row.fetchone() == (1,)


def test_own_tasks_by_their_indexes(database: Database) -> None:
    """The few tasks of one among those of many people: no table is read whole."""
    with database.connect() as conn:
        conn.execute(
            """
            select flow.set_workflow(
              meta.create_model('desk', '{}'), 'w', '{"steps": {"a": {"kind": "start", "next": "b"}, "b": {"kind": "end"}}}'
            );
            insert into flow.instance (workflow_id, version, starter, started)
            select w.id, 1, '', now() from flow.workflow as w cross join generate_series(1, 20000);
            insert into flow.branch (instance_id, step, since) select i.id, 'b', now() from flow.instance as i;
            insert into flow.assignment (instance_id, branch_id, step, subject, assignee, deputies, created)
            select
              b.instance_id, b.id, 'b', '',
              case when b.id % 5000 = 0 then 'pgears_runner' else 'u' || b.id end,
              case when b.id % 5000 = 1 then '{pgears_runner}' else '{}' end::text[],
              now()
            from flow.branch as b;
            analyze flow.instance, flow.branch, flow.assignment;
            """  # noqa: E501
        )
        conn.execute("set role pgears_runner")
        rows = conn.execute(
            "explain (format json, analyze) select * from api.my_tasks()"
        ).fetchone()
        assert rows is not None
        found: list[dict[str, Any]] = []

        def walk(node: dict[str, Any]) -> None:
            found.append(node)
            for child in node.get("Plans", ()):
                walk(child)

        walk(rows[0][0]["Plan"])
        assert found[0]["Actual Rows"] == 8
        whole = [node for node in found if node["Node Type"] == "Seq Scan"]
        assert {"assignment", "instance"}.isdisjoint(node["Relation Name"] for node in whole)
        indexes = {node.get("Index Name") for node in found}
        assert {"assignment_assignee_idx", "assignment_deputies_idx"} <= indexes
