"""Workflows and events: the engine without a runner, its tasks done by the test."""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_meta import ClassTable, Definitions

Steps = dict[str, dict[str, Any]]
END: Steps = {"end": {"kind": "end"}}


class Flow:
    """Workflows of one model on one connection."""

    def __init__(self, conn: psycopg.Connection[Any], definitions: Definitions) -> None:
        self.conn = conn
        self.ticket: ClassTable = definitions.create_class(
            "desk.ticket", {"subject": {"type": "text"}, "priority": {"type": "integer"}}
        )
        self.model = definitions.scalar("select id from meta.model where code = 'desk'")
        conn.execute("create table public.book (id bigint generated always as identity, what text)")

    def one(self, query: str, *values: Any) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def define(self, code: str, steps: Steps, **definition: Any) -> None:
        """Make a workflow; steps begin with a start."""
        first = next(iter(steps))
        given = {"start": {"kind": "start", "next": first}, **steps}
        self.conn.execute(
            "select flow.set_workflow(%s, %s, %s)",
            (self.model, code, Jsonb({**definition, "steps": given})),
        )

    def script(self, code: str, sql: str) -> None:
        """Make a script."""
        self.conn.execute(
            "select flow.set_script(%s, %s, %s)", (self.model, code, Jsonb({"sql": sql}))
        )

    def booking(self) -> None:
        """A script `book` that writes its parameter `what` down."""
        self.script(
            "book", "insert into public.book (what) values (context -> 'parameters' ->> 'what');"
        )

    def book(self, what: str, next: str = "end") -> dict[str, Any]:
        """A step that does so."""
        return {
            "kind": "script",
            "script": "book",
            "parameters": {"what": f"'{what}'"},
            "next": next,
        }

    def booked(self) -> list[str]:
        """What was written down."""
        return [row[0] for row in self.conn.execute("select what from public.book order by id")]

    def start(self, code: str, record: int | None = None, **variables: Any) -> int:
        """Start an instance and do what there is to do."""
        id = self.one("select api.start_workflow(%s, %s, %s)", code, record, Jsonb(variables))
        self.work()
        return int(id)

    def work(self) -> None:
        """Do the tasks that are due, as a runner does, until there are none."""
        while True:
            self.conn.execute("select queue.promote()")
            rows = self.conn.execute(
                "delete from queue.task where kind = 'workflow.step' and state = 'ready' returning payload"
            ).fetchall()
            if not rows:
                return
            for (payload,) in rows:
                self.conn.execute("select flow.run_step(%s)", (Jsonb(payload),))

    def later(self, span: str) -> None:
        """Time goes by."""
        self.conn.execute("select core.set_clock(core.now() + %s::interval)", (span,))
        self.work()

    def state(self, id: int) -> dict[str, Any]:
        """State of an instance."""
        return dict(self.one("select api.workflow_state(%s)", id))

    def stands(self, id: int) -> tuple[str, list[str]]:
        """Name of the state and the open steps."""
        state = self.state(id)
        return state["name"], [branch["step"] for branch in state["open"]]

    def log(self, id: int) -> list[tuple[str, str]]:
        """Steps and outcomes."""
        return self.conn.execute(
            "select step, outcome from flow.step_history where instance = %s order by id", (id,)
        ).fetchall()

    def raise_event(self, code: str, scope: str = "global", id: int = 0, **payload: Any) -> int:
        """Raise an event and go on."""
        count = self.one("select api.raise_event(%s, %s, %s, %s)", code, scope, id, Jsonb(payload))
        self.work()
        return int(count)


@pytest.fixture
def flow(conn: psycopg.Connection[Any], definitions: Definitions) -> Flow:
    """A model with a class and a table to write things down in."""
    return Flow(conn, definitions)


def test_condition_takes_its_branch_and_logs(flow: Flow) -> None:
    """F04, F07: by record and variables; every step is in the log; states as listed."""
    flow.booking()
    flow.define(
        "choose",
        {
            "urgent": {
                "kind": "condition",
                "when": "{{column.priority}} <= {{variables.limit}}::int",
                "yes": "high", "no": "low",
            },
            "high": flow.book("high"),
            "low": flow.book("low"),
            **END,
        },
        **{"class": "ticket", "variables": {"limit": 2}},
    )  # fmt: skip
    first = flow.start("choose", flow.ticket.insert(priority=1))
    second = flow.start("choose", flow.ticket.insert(priority=3))
    assert flow.booked() == ["high", "low"]
    assert (flow.state(first)["state"], flow.state(first)["name"]) == (1, "finished")
    assert flow.log(second) == [
        ("start", "done"),
        ("urgent", "done"),
        ("low", "done"),
        ("end", "done"),
    ]


def test_script_reads_record_and_sets_variables(flow: Flow) -> None:
    """Run variables go in and out; rows it writes are marked; set computes."""
    flow.script(
        "raise-priority",
        f"""
        update data.datarow_{flow.ticket.id} set {flow.ticket.physical("priority")} = 1
        where id = (context -> 'record' ->> 'id')::bigint;
        result := jsonb_build_object('variables', jsonb_build_object(
          'was', context -> 'record' -> 'priority', 'twice', (context -> 'variables' ->> 'n')::int * 2));
        """,
    )
    flow.define(
        "go",
        {
            "count": {"kind": "set", "set": {"n": "{{record.id}} * 0 + 21"}, "next": "do"},
            "do": {"kind": "script", "script": "raise-priority", "next": "end"},
            **END,
        },
        **{"class": "ticket"},
    )
    row = flow.ticket.insert(priority=4)
    id = flow.start("go", row)
    assert flow.state(id)["variables"] == {"n": 21, "was": 4, "twice": 42}
    assert flow.ticket.row(row)["modified_source"] == "workflow"


def test_timer_and_deadline(flow: Flow) -> None:
    """F04, F09: by the clock of the instance; nothing before its time; the deadline branch fires."""
    flow.booking()
    flow.define(
        "wait",
        {
            "sleep": {"kind": "timer", "wait": "2 days", "next": "hear"},
            "hear": {
                "kind": "event", "event": "paid-{{variables.n}}", "deadline": "1 hour",
                "next": "paid", "on_deadline": "late",
            },
            "paid": flow.book("paid"),
            "late": flow.book("late"),
            **END,
        },
    )  # fmt: skip
    first, second = flow.start("wait", n=1), flow.start("wait", n=2)
    flow.later("47 hours")
    assert flow.stands(first) == ("running", ["sleep"])
    flow.later("2 hours")
    assert flow.stands(second) == ("running", ["hear"])
    assert flow.raise_event("paid-1", x=5) == 1
    flow.later("2 hours")
    assert flow.booked() == ["paid", "late"]
    assert [flow.stands(id)[0] for id in (first, second)] == ["finished", "finished"]
    assert flow.one("select count(*) from queue.task") == 0


def test_event_codes_with_record_id(flow: Flow) -> None:
    """F03: of two that wait, only the one whose code is called goes on."""
    flow.define(
        "hear",
        {
            "e": {"kind": "event", "event": "done-{{record.id}}", "next": "end", "into": "got"},
            **END,
        },
        **{"class": "ticket"},
    )
    rows = [flow.ticket.insert(subject=s) for s in "ab"]
    ids = [flow.start("hear", row) for row in rows]
    assert flow.raise_event(f"done-{rows[1]}", amount=7) == 1
    assert [flow.stands(id)[0] for id in ids] == ["running", "finished"]
    assert flow.state(ids[1])["variables"] == {"got": {"amount": 7}}


def test_early_event_first_wins_and_expires(flow: Flow) -> None:
    """F09: raised before the wait it is taken, once; of two the first; after its deadline not."""
    flow.define(
        "hear", {"e": {"kind": "event", "event": "go", "next": "end", "into": "got"}, **END}
    )
    assert [flow.raise_event("go", n=1), flow.raise_event("go", n=2)] == [0, 0]
    first, second = flow.start("hear"), flow.start("hear")
    assert flow.state(first)["variables"] == {"got": {"n": 1}}
    assert flow.stands(second) == ("running", ["e"])
    assert flow.raise_event("go", n=3) == 1
    flow.conn.execute("select flow.raise_event('go', p_keep => '1 hour')")
    flow.later("2 hours")
    third = flow.start("hear")
    assert flow.stands(third) == ("running", ["e"])
    assert flow.raise_event("go", n=4) == 1


def test_scopes_of_events(flow: Flow) -> None:
    """Three scopes: an instance, a workflow with all its instances, everything."""
    for scope in ("instance", "workflow", "global"):
        flow.define(
            f"on-{scope}",
            {"e": {"kind": "event", "event": "go", "scope": scope, "next": "end"}, **END},
        )
    one, other = flow.start("on-instance"), flow.start("on-instance")
    group = [flow.start("on-workflow") for _ in range(3)]
    all = flow.start("on-global")
    assert flow.raise_event("go", "instance", other) == 1
    assert flow.raise_event("go") == 1
    workflow = flow.one("select id from flow.workflow_status where workflow = 'desk.on-workflow'")
    assert flow.raise_event("go", "workflow", workflow) == 3
    assert [flow.stands(id)[0] for id in (one, other, *group, all)] == [
        "running",
        *["finished"] * 5,
    ]
    wrong: tuple[tuple[str | None, str], ...] = (("nobody", "go"), ("global", ""), (None, "go"))
    for place, code in wrong:
        with pytest.raises(errors.BadEvent), flow.conn.transaction():
            flow.conn.execute("select flow.raise_event(%s, %s)", (code, place))


def test_parallel_branches_join(flow: Flow) -> None:
    """F06: nested; what comes after goes on once, when all have ended."""
    flow.booking()
    flow.define(
        "both",
        {
            "fork": {"kind": "parallel", "branches": ["a", "inner"], "next": "after"},
            "a": flow.book("a", "join"),
            "inner": {"kind": "parallel", "branches": ["b", "hear"], "next": "c"},
            "b": flow.book("b", "join"),
            "hear": {"kind": "event", "event": "go", "next": "join"},
            "c": flow.book("c", "join"),
            "join": {"kind": "join"},
            "after": flow.book("after"),
            **END,
        },
    )
    id = flow.start("both")
    assert sorted(flow.booked()) == ["a", "b"]
    assert flow.stands(id) == ("running", ["fork", "inner", "hear"])
    flow.raise_event("go")
    assert flow.booked()[2:] == ["c", "after"]
    assert flow.stands(id) == ("finished", [])


def test_end_of_all_cancels_what_waits(flow: Flow) -> None:
    """F06: tasks of people, timers and sub-workflows end with it."""
    flow.define("sub", {"t": {"kind": "timer", "wait": "1 day", "next": "end"}, **END})
    flow.define(
        "race",
        {
            "fork": {"kind": "parallel", "branches": ["ask", "sub", "hear"], "next": "end"},
            "ask": {"kind": "task", "assignee": "pgears_admin", "next": "join"},
            "sub": {"kind": "workflow", "workflow": "sub", "next": "join"},
            "hear": {"kind": "event", "event": "stop", "next": "stop"},
            "stop": {"kind": "end", "all": True, "message": "stopped"},
            "join": {"kind": "join"},
            **END,
        },
    )
    id = flow.start("race")
    flow.raise_event("stop")
    assert flow.stands(id) == ("finished", [])
    assert (
        flow.one("select state_name from flow.instance_status where workflow = 'desk.sub'")
        == "cancelled"
    )
    assert flow.one("select count(*) from api.my_tasks()") == 0
    assert flow.one("select count(*) from queue.task") == 0


def test_sub_workflow_waits_or_not(flow: Flow) -> None:
    """F05: properties go down; those of the one that is waited for come back."""
    flow.define(
        "child",
        {
            "hear": {"kind": "event", "event": "child-{{variables.n}}", "next": "sum"},
            "sum": {"kind": "set", "set": {"sum": "{{variables.n}}::int + 1"}, "next": "end"},
            **END,
        },
    )
    for wait in (True, False):
        flow.define(
            f"parent-{wait}".lower(),
            {
                "sub": {
                    "kind": "workflow", "workflow": "child", "wait": wait, "into": "child",
                    "variables": {"n": "{{variables.m}}::int * 10"}, "next": "end",
                },
                **END,
            },
        )  # fmt: skip
    waits, goes = flow.start("parent-true", m=1), flow.start("parent-false", m=2)
    assert (flow.stands(waits), flow.stands(goes)) == (("running", ["sub"]), ("finished", []))
    flow.raise_event("child-10")
    flow.raise_event("child-20")
    assert flow.state(waits)["variables"]["child"] == {"n": 10, "sum": 11}
    assert flow.stands(waits)[0] == "finished"


def test_task_for_a_person(flow: Flow) -> None:
    """F04: assignee or deputy completes it, others may not; outcome chooses the way; the deadline too."""
    flow.booking()
    flow.conn.execute("create role t_anna; create role t_ben; create role t_carl")
    flow.define(
        "ask",
        {
            "ask": {
                "kind": "task", "assignee": "{{variables.who}}", "deputies": ["t_ben"],
                "subject": "Approve {{record.id}}", "deadline": "2 days", "on_deadline": "late",
                "outcomes": {"yes": "yes", "no": "no"},
            },
            "yes": flow.book("yes"), "no": flow.book("no"), "late": flow.book("late"),
            **END,
        },
    )  # fmt: skip
    ids = [flow.start("ask", who="t_anna") for _ in range(3)]
    tasks = [row[0] for row in flow.conn.execute("select id from flow.assignment order by id")]

    def complete(who: str, task: int, outcome: str) -> None:
        with flow.conn.transaction():
            flow.conn.execute(f"set local role {who}".encode())
            flow.conn.execute("select api.complete_task(%s, %s)", (task, outcome))
            flow.conn.execute("reset role")
        flow.work()

    with pytest.raises(errors.NotAssigned):
        complete("t_carl", tasks[0], "yes")
    with pytest.raises(errors.BadTaskOutcome):
        complete("t_anna", tasks[0], "maybe")
    complete("t_anna", tasks[0], "yes")
    complete("t_ben", tasks[1], "no")
    with pytest.raises(errors.TaskNotOpen):
        complete("t_anna", tasks[0], "yes")
    assert flow.booked() == ["yes", "no"]
    flow.later("3 days")
    assert flow.booked() == ["yes", "no", "late"]
    with pytest.raises(errors.TaskNotOpen):
        complete("t_anna", tasks[2], "yes")
    assert [flow.stands(id)[0] for id in ids] == ["finished"] * 3


def test_cycle(flow: Flow) -> None:
    """A condition that leads back; many rounds need several tasks of the queue."""
    flow.define(
        "loop",
        {
            "add": {"kind": "set", "set": {"n": "{{variables.n}}::int + 1"}, "next": "more"},
            "more": {
                "kind": "condition",
                "when": "{{variables.n}}::int < 250",
                "yes": "add",
                "no": "end",
            },
            **END,
        },
        variables={"n": 0},
    )
    id = flow.start("loop")
    assert flow.state(id)["variables"] == {"n": 250}
    assert flow.stands(id)[0] == "finished"


def test_failure_is_undone_retried_and_can_be_mended(flow: Flow) -> None:
    """What came before stays once; attempts are in the log; a retry after the mending goes on there."""
    flow.booking()
    flow.script("shaky", "insert into public.book (what) values ('shaky'); perform 1 / 0;")
    flow.define(
        "try",
        {
            "before": flow.book("before", "shaky"),
            "shaky": {"kind": "script", "script": "shaky", "attempts": 3, "next": "after"},
            "after": flow.book("after"),
            **END,
        },
    )
    id = flow.start("try")
    assert flow.stands(id) == ("running", ["shaky"])
    flow.later("1 minute")
    flow.later("1 minute")
    assert flow.stands(id) == ("failed", ["shaky"])
    assert "division by zero" in flow.state(id)["error"]
    assert flow.log(id)[2:] == [("shaky", "failed")] * 3
    assert flow.booked() == ["before"]
    flow.script("shaky", "null;")
    flow.conn.execute("select flow.resume_instance(%s)", (id,))
    flow.work()
    assert flow.stands(id)[0] == "finished"
    assert flow.booked() == ["before", "after"]


def test_step_tried_again_does_not_take_what_woke_the_one_before(flow: Flow) -> None:
    """A task that had nobody to do it waits for a person once it has."""
    flow.define(
        "ask",
        {
            "e": {"kind": "event", "event": "go", "next": "ask"},
            "ask": {"kind": "task", "assignee": "{{variables.who}}", "next": "end"},
            **END,
        },
    )
    id = flow.start("ask")
    flow.raise_event("go")
    for _ in range(5):
        flow.later("10 minutes")
    assert flow.stands(id) == ("failed", ["ask"])
    flow.conn.execute('update flow.instance set variables = \'{"who": "t_anna"}\'')
    flow.conn.execute("select flow.resume_instance(%s)", (id,))
    flow.work()
    assert flow.stands(id) == ("running", ["ask"])
    assert flow.one("select assignee from flow.assignment") == "t_anna"


def test_way_for_errors(flow: Flow) -> None:
    """After the last attempt the instance goes there instead of failing."""
    flow.booking()
    flow.script("bad", "perform flow.refuse('no');")
    flow.define(
        "try",
        {
            "bad": {
                "kind": "script",
                "script": "bad",
                "attempts": 1,
                "next": "end",
                "on_error": "sorry",
            },
            "sorry": flow.book("sorry"),
            **END,
        },
    )
    id = flow.start("try")
    assert (flow.booked(), flow.stands(id)[0]) == (["sorry"], "finished")


def test_pause_resume_cancel(flow: Flow) -> None:
    """An event that comes while paused is not lost; cancelled is over."""
    flow.booking()
    flow.define(
        "hear", {"e": {"kind": "event", "event": "go", "next": "b"}, "b": flow.book("b"), **END}
    )
    first, second = flow.start("hear"), flow.start("hear")
    flow.conn.execute("select flow.pause_instance(%s)", (first,))
    assert flow.raise_event("go") == 2
    assert flow.stands(first) == ("paused", ["e"])
    assert flow.booked() == ["b"]
    flow.conn.execute("select flow.resume_instance(%s)", (first,))
    flow.work()
    assert flow.booked() == ["b", "b"]
    third = flow.start("hear")
    flow.conn.execute("select flow.cancel_instance(%s)", (third,))
    assert (flow.state(third)["state"], flow.raise_event("go")) == (2, 0)
    for function, id in (("pause", second), ("resume", second), ("cancel", third)):
        with pytest.raises(errors.WrongInstanceState), flow.conn.transaction():
            flow.conn.execute(f"select flow.{function}_instance(%s)".encode(), (id,))
    with pytest.raises(errors.NoSuchInstance):
        flow.conn.execute("select flow.cancel_instance(0)")


def test_a_task_is_late_while_its_instance_is_paused(flow: Flow) -> None:
    """The way of the deadline is the one that is gone; nobody completes the task in vain."""
    flow.booking()
    flow.conn.execute("create role t_anna")
    flow.define(
        "ask",
        {
            "ask": {
                "kind": "task", "assignee": "t_anna", "deadline": "2 days",
                "next": "done", "on_deadline": "late",
            },
            "done": flow.book("done"), "late": flow.book("late"),
            **END,
        },
    )  # fmt: skip
    id = flow.start("ask")
    flow.conn.execute("select flow.pause_instance(%s)", (id,))
    flow.later("3 days")
    assert flow.stands(id) == ("paused", ["ask"])
    task = flow.one("select id from flow.assignment where state = 'late'")
    with pytest.raises(errors.TaskNotOpen), flow.conn.transaction():
        flow.conn.execute("select api.complete_task(%s)", (task,))
    flow.conn.execute("select flow.resume_instance(%s)", (id,))
    flow.work()
    assert flow.booked() == ["late"]


def test_versions(flow: Flow) -> None:
    """F01: who runs ends on the old version; new starts use the current; one can be moved."""
    flow.booking()

    def define(what: str, waits: str = "e") -> None:
        flow.define(
            "w",
            {waits: {"kind": "event", "event": "go", "next": what}, what: flow.book(what), **END},
        )

    define("zero")
    define("one")
    ids = [flow.start("w"), flow.start("w")]
    define("one")
    define("two", "f")
    ids.append(flow.start("w"))
    assert [flow.state(id)["version"] for id in ids] == [1, 1, 2]
    with pytest.raises(errors.BadWorkflow), flow.conn.transaction():
        flow.conn.execute("select flow.move_instance(%s, 2)", (ids[1],))
    flow.conn.execute('select flow.move_instance(%s, 2, \'{"e": "f"}\')', (ids[1],))
    flow.raise_event("go")
    assert sorted(flow.booked()) == ["one", "two", "two"]
    assert ("e", "moved") in flow.log(ids[1])


def test_start_once_by_key(flow: Flow) -> None:
    """The same key is the same instance."""
    flow.define("w", {**END})
    ids = [flow.one("select api.start_workflow('w', key => %s)", key) for key in ("a", "a", "b")]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("steps", "code", "message"),
    [
        ({"a": {"kind": "nonsense"}}, "PG511", "no known kind"),
        ({"a": {"kind": "end", "next": "a"}}, "PG511", 'has the key "next"'),
        ({"a": {"kind": "timer", "wait": "1 day"}}, "PG511", 'lacks "next"'),
        ({"a": {"kind": "timer", "wait": "soon", "next": "end"}, **END}, "PG111", "no time span"),
        ({"a": {"kind": "condition", "when": "true", "yes": "a"}}, "PG511", 'lacks "no"'),
        ({"a": {"kind": "condition", "when": "true", "yes": "a", "no": "b"}}, "PG511", "no step"),
        ({"a": {"kind": "condition", "when": "1 +", "yes": "a", "no": "a"}}, "PG119", "compile"),
        ({"a": {"kind": "end"}, "b": {"kind": "end"}}, "PG511", 'nothing leads to the step "b"'),
        ({"a": {"kind": "event", "event": "x", "next": "end", "deadline": "1 h"}, **END}, "PG511", "one way"),
        ({"a": {"kind": "script", "script": "none", "next": "end"}, **END}, "PG501", "no script"),
        ({"a": {"kind": "mail", "notify": "none", "next": "end"}, **END}, "PG106", "no notification"),
        ({"a": {"kind": "enqueue", "task": "none", "next": "end"}, **END}, "PG301", "no kind of task"),
        ({"a": {"kind": "set", "set": {"x": "{{column.x}}"}, "next": "end"}, **END}, "PG106", "class"),
    ],
)  # fmt: skip
def test_workflows_that_cannot_run(flow: Flow, steps: Steps, code: str, message: str) -> None:
    """Unreachable steps, missing branches, unknown codes: refused when applied."""
    with pytest.raises(psycopg.Error, match=message) as refusal:
        flow.define("w", steps)
    assert refusal.value.sqlstate == code


def test_unknown_sub_workflow_is_refused_at_commit(flow: Flow) -> None:
    """Two of one file may start each other; one that does not come is named."""
    flow.define("a", {"s": {"kind": "workflow", "workflow": "b", "next": "end"}, **END})
    flow.define("b", {**END})
    flow.conn.execute("set constraints all immediate")
    flow.conn.execute("set constraints all deferred")
    flow.define("c", {"s": {"kind": "workflow", "workflow": "none", "next": "end"}, **END})
    with pytest.raises(errors.NoSuchWorkflow):
        flow.conn.execute("set constraints all immediate")


def test_rule_starts_a_workflow_about_its_row(flow: Flow) -> None:
    """R04: after the row was written, in a task of the same transaction."""
    flow.booking()
    flow.define("w", {"b": flow.book("started"), **END}, **{"class": "ticket"})
    flow.conn.execute(
        "select flow.set_rule(%s, 'urgent', %s)",
        (
            flow.model,
            Jsonb(
                {
                    "class": "ticket",
                    "event": "after_insert",
                    "when": "{{column.priority}} = 1",
                    "start": "w",
                }
            ),
        ),
    )
    flow.ticket.insert(priority=2)
    row = flow.ticket.insert(priority=1)
    for (payload,) in flow.conn.execute(
        "delete from queue.task where kind = 'rule' returning payload"
    ).fetchall():
        flow.conn.execute("select flow.run_rule(%s)", (Jsonb(payload),))
    flow.work()
    assert flow.booked() == ["started"]
    assert flow.one("select record from flow.instance_status") == row


def test_drawing(flow: Flow) -> None:
    """F10: shapes by kind, ways with labels, the way taken and the place marked."""
    flow.define(
        "w",
        {
            "ask": {"kind": "condition", "when": "true", "yes": "hear", "no": "end"},
            "hear": {
                "kind": "event",
                "event": "go",
                "next": "end",
                "deadline": "1 h",
                "on_deadline": "end",
            },
            **END,
        },
    )
    plain = flow.one("select flow.draw_version('w')")
    assert '  ask_{"ask"}' in plain
    assert "  ask_ -->|yes| hear_" in plain
    assert "  hear_ -->|deadline| end_" in plain
    assert "taken" not in plain
    id = flow.start("w")
    drawn = flow.one("select flow.draw_instance(%s)", id)
    assert drawn.startswith(plain)
    assert "  class ask_,start_ taken" in drawn
    assert "  class hear_ current" in drawn
    assert "  linkStyle 1,4 stroke" in drawn
    flow.raise_event("go")
    assert "current" not in flow.one("select flow.draw_instance(%s)", id)
