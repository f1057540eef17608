"""Jobs: slots on the clock of a time zone, policies, steps; rules by date."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_meta import ClassTable, Definitions

PRAGUE = ZoneInfo("Europe/Prague")


class Jobs:
    """Jobs of one model on one connection, with a clock."""

    def __init__(self, conn: psycopg.Connection[Any], definitions: Definitions) -> None:
        self.conn = conn
        self.model = definitions.model("shop")
        conn.execute("create table public.done (id bigint generated always as identity, what text)")
        self.script(
            "note",
            "insert into public.done (what) values (context -> 'parameters' ->> 'what'); result := '1';",
        )
        self.script("bad", "insert into public.done (what) values ('bad'); perform 1 / 0;")

    def script(self, code: str, sql: str, **more: Any) -> None:
        """Make a script."""
        self.conn.execute(
            "select flow.set_script(%s, %s, %s)", (self.model, code, Jsonb({"sql": sql, **more}))
        )

    def define(self, code: str, *steps: dict[str, Any], **definition: Any) -> None:
        """Make a job."""
        given = list(steps) or [note(code)]
        self.conn.execute(
            "select flow.set_job(%s, %s, %s)",
            (self.model, code, Jsonb({**definition, "steps": given})),
        )

    def at(self, when: str, work: bool = True) -> None:
        """Set the clock (UTC) and do what a runner does."""
        self.conn.execute("select core.set_clock(%s::timestamptz)", (f"{when}+00",))
        self.conn.execute("select flow.schedule_jobs()")
        if work:
            self.work()

    def work(self) -> None:
        """Do the tasks there are."""
        while rows := self.conn.execute(
            "delete from queue.task where kind in ('job.run', 'rule') returning kind, payload"
        ).fetchall():
            for kind, payload in rows:
                function = "flow.run_job_steps" if kind == "job.run" else "flow.run_rule"
                self.conn.execute(f"select {function}(%s)".encode(), (Jsonb(payload),))

    def runs(self, job: str) -> list[tuple[Any, str]]:
        """Slots on the clock of Prague and states, in order."""
        found = self.conn.execute(
            "select slot, state from flow.run_status where job = %s order by id", (f"shop.{job}",)
        )
        return [
            (slot and f"{slot.astimezone(PRAGUE):%d.%m. %H:%M}", state) for slot, state in found
        ]

    def done(self) -> list[str]:
        """What was written down."""
        return [row[0] for row in self.conn.execute("select what from public.done order by id")]

    def log(self) -> list[tuple[int, str]]:
        """Positions and outcomes."""
        return self.conn.execute(
            "select position, outcome from flow.run_log order by id"
        ).fetchall()


def note(what: str, **more: Any) -> dict[str, Any]:
    """A step that writes something down."""
    return {"script": "note", "parameters": {"what": what}, **more}


@pytest.fixture
def jobs(conn: psycopg.Connection[Any], definitions: Definitions) -> Jobs:
    """A model with scripts."""
    return Jobs(conn, definitions)


def slots(conn: psycopg.Connection[Any], cron: str, zone: str, after: str, count: int) -> list[str]:
    """Next slots, on the clock of UTC."""
    found = []
    at = datetime.fromisoformat(after).replace(tzinfo=UTC)
    for _ in range(count):
        row = conn.execute("select flow.next_slot(%s, %s, %s)", (cron, zone, at)).fetchone()
        assert row is not None
        at = row[0]
        found.append(f"{at.astimezone(UTC):%Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("*/20 * * * *", "2026-01-01 00:05", ["2026-01-01 00:20", "2026-01-01 00:40", "2026-01-01 01:00"]),
        ("30 2 * * 1-5", "2026-01-02 12:00", ["2026-01-05 02:30", "2026-01-06 02:30"]),
        ("0 9 * * mon,wed", "2026-01-01 00:00", ["2026-01-05 09:00", "2026-01-07 09:00"]),
        ("0 0 31 * *", "2026-01-31 00:00", ["2026-03-31 00:00", "2026-05-31 00:00"]),
        ("0 0 29 2 *", "2026-01-01 00:00", ["2028-02-29 00:00"]),
        ("0 0 13 * 5", "2026-02-01 00:00", ["2026-02-06 00:00", "2026-02-13 00:00", "2026-02-20 00:00"]),
        ("5,10 8-9 * jan *", "2026-01-01 08:07", ["2026-01-01 08:10", "2026-01-01 09:05"]),
        ("@monthly", "2026-01-15 00:00", ["2026-02-01 00:00"]),
        ("0 0 * * 7", "2026-01-01 00:00", ["2026-01-04 00:00"]),
        ("59 23 31 dec *", "2026-12-31 23:59", ["2027-12-31 23:59"]),
    ],
)  # fmt: skip
def test_cron(conn: psycopg.Connection[Any], cron: str, after: str, expected: list[str]) -> None:
    """J01: fields, ranges, steps, names; day and weekday together as either."""
    assert slots(conn, cron, "UTC", after, len(expected)) == expected


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        # 2026-03-29, 2:00 becomes 3:00 (01:00 UTC): a named time is used after the jump, once.
        ("30 2 * * *", "2026-03-28 00:00", ["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"]),
        # Every hour follows real time.
        ("30 * * * *", "2026-03-29 00:00", ["2026-03-29 00:30", "2026-03-29 01:30", "2026-03-29 02:30"]),
        # 2026-10-25, 3:00 becomes 2:00 (01:00 UTC): a named time is used once, the first time.
        ("30 2 * * *", "2026-10-24 12:00", ["2026-10-25 00:30", "2026-10-26 01:30"]),
        # The free hour comes twice.
        ("30 * * * *", "2026-10-24 23:50", ["2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 02:30"]),
        ("*/30 * * * *", "2026-10-25 00:10", ["2026-10-25 00:30", "2026-10-25 01:00", "2026-10-25 01:30", "2026-10-25 02:00"]),
    ],
)  # fmt: skip
def test_daylight_saving(
    conn: psycopg.Connection[Any], cron: str, after: str, expected: list[str]
) -> None:
    """J05: in Prague, over both changes of 2026."""
    assert slots(conn, cron, "Europe/Prague", after, len(expected)) == expected


def test_half_an_hour_of_daylight_saving(conn: psycopg.Connection[Any]) -> None:
    """Lord Howe Island moves its clock by thirty minutes: 2026-04-05 2:00 becomes 1:30."""
    found = slots(conn, "45 1 * * *", "Australia/Lord_Howe", "2026-04-03 00:00", 3)
    assert found == ["2026-04-03 14:45", "2026-04-04 14:45", "2026-04-05 15:15"]


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "a * * * *",
        "*/0 * * * *",
        "5-1 * * * *",
        "* * 0 * *",
    ],
)
def test_cron_that_cannot_be_read(conn: psycopg.Connection[Any], cron: str) -> None:
    """Refused, never taken for something else."""
    with pytest.raises(errors.BadSchedule):
        conn.execute("select flow.next_slot(%s, 'UTC', now())", (cron,))


def test_job_over_the_change_of_the_clock(jobs: Jobs) -> None:
    """J05: each slot a row, none twice, by the settable clock."""
    jobs.at("2026-10-24 12:00")
    jobs.define("night", cron="30 2 * * *", time_zone="Europe/Prague")
    for hour in ("2026-10-25 00:29", "2026-10-25 00:31", "2026-10-25 01:31", "2026-10-26 01:30:30"):
        jobs.at(hour)
    assert jobs.runs("night") == [("25.10. 02:30", "done"), ("26.10. 02:30", "done")]
    assert jobs.done() == ["night"] * 2


@pytest.mark.parametrize(
    ("policy", "states"),
    [
        ("skip", ["missed", "missed", "missed"]),
        ("latest", ["missed", "missed", "done"]),
        ("all", ["done", "done", "done"]),
    ],
)
def test_missed_slots(jobs: Jobs, policy: str, states: list[str]) -> None:
    """J05: what came while nobody was there is rows, run by the policy."""
    jobs.at("2026-06-01 00:00")
    jobs.define("hourly", cron="0 * * * *", time_zone="Europe/Prague", missed=policy)
    jobs.at("2026-06-01 03:30")
    assert jobs.runs("hourly") == list(
        zip(["01.06. 03:00", "01.06. 04:00", "01.06. 05:00"], states, strict=True)
    )
    assert jobs.done() == ["hourly"] * states.count("done")


@pytest.mark.parametrize(
    ("policy", "states"),
    [
        ("skip", ["running", "skipped"]),
        ("wait", ["running", "waiting"]),
        ("parallel", ["running", "running"]),
    ],
)
def test_overlap(jobs: Jobs, policy: str, states: list[str]) -> None:
    """J05: a slot that comes while a run is not over."""
    jobs.at("2026-06-01 00:00")
    jobs.define("long", cron="*/10 * * * *", overlap=policy)
    jobs.at("2026-06-01 00:10", work=False)
    jobs.at("2026-06-01 00:20", work=False)
    assert [state for _, state in jobs.runs("long")] == states
    jobs.work()
    assert jobs.done() == ["long"] * (1 if policy == "skip" else 2)
    assert [state for _, state in jobs.runs("long")] == [
        "done",
        "skipped" if policy == "skip" else "done",
    ]


def test_once_validity_condition_and_switches(jobs: Jobs) -> None:
    """J01, G01: at a time, within a window, where the condition holds, while integration is on."""
    jobs.at("2026-06-01 00:00")
    jobs.define("once", at="2026-06-01 12:00", time_zone="Europe/Prague")
    jobs.define("window", cron="0 10 * * *", valid_from="2026-06-02", valid_to="2026-06-03 12:00")
    jobs.define("never", cron="0 10 * * *", when="core.environment() = 'production'", missed="all")
    jobs.define("partner", cron="0 10 1 * *", integration=True)
    jobs.define("off", cron="0 10 * * *", enabled=False)
    jobs.conn.execute("select core.set_integration(false)")
    for day in range(1, 6):
        jobs.at(f"2026-06-0{day} 10:00:10")
    assert jobs.done() == ["once", "window", "window"]
    assert [state for _, state in jobs.runs("never")] == ["skipped"] * 5
    assert [state for _, state in jobs.runs("partner")] == ["skipped"]
    assert jobs.runs("off") == []
    with pytest.raises(errors.SwitchedOff):
        jobs.conn.execute("select flow.run_job('off')")


def test_steps_in_order_with_their_choices_on_error(jobs: Jobs) -> None:
    """J02, J03: a disabled step is passed over, a failure stops or not, the log has all of it."""
    jobs.define("next", note("next"))
    jobs.conn.execute("select queue.register_kind('own')")
    bad = {"script": "bad", "on_error": "continue"}
    jobs.define(
        "goes",
        note("a"),
        note("b", enabled=False),
        bad,
        {"task": "own"},
        {"job": "shop.next"},
        note("c"),
    )
    jobs.conn.execute("select flow.run_job('goes')")
    jobs.work()
    assert jobs.done() == ["a", "c", "next"]
    assert jobs.log()[:6] == [
        (1, "done"),
        (2, "skipped"),
        (3, "failed"),
        (4, "done"),
        (5, "done"),
        (6, "done"),
    ]
    row = jobs.conn.execute(
        "select state, error from flow.run_status where job = 'shop.goes'"
    ).fetchone()
    assert row is not None
    assert (row[0], row[1].startswith("step 3: 22012")) == ("failed", True)
    jobs.define("stops", note("d"), {"script": "bad"}, note("e"))
    jobs.conn.execute("select flow.run_job('stops')")
    jobs.work()
    assert jobs.done()[3:] == ["d"]


def test_workflow_as_a_step(jobs: Jobs) -> None:
    """J02: its instance is started with the parameters."""
    steps = {"start": {"kind": "start", "next": "end"}, "end": {"kind": "end"}}
    jobs.conn.execute(
        "select flow.set_workflow(%s, 'w', %s)", (jobs.model, Jsonb({"steps": steps}))
    )
    jobs.define("starts", {"workflow": "w", "parameters": {"x": 1}})
    jobs.conn.execute("select flow.run_job('starts')")
    jobs.work()
    row = jobs.conn.execute(
        "select api.workflow_state(id) -> 'variables' from flow.instance_status"
    ).fetchone()
    assert row == ({"x": 1},)


def test_replication_as_a_step(jobs: Jobs, bill: ClassTable) -> None:
    """A subscription by its code is read by a task; one that is not there is an error of the run."""
    conn = jobs.conn
    conn.execute("select replica.set_peer('north', 'env:NORTH')")
    conn.execute(
        "select replica.set_subscription(%s, 'tickets', %s)",
        (jobs.model, Jsonb({"peer": "north", "classes": ["bill"]})),
    )
    states = []
    for code in ("tickets", "none"):
        jobs.define("reads", {"replicate": code})
        run = conn.execute("select flow.run_job('reads')").fetchone()
        jobs.work()
        state = conn.execute("select state from flow.run_status where id = %s", run).fetchone()
        states.append(state)
    tasks = conn.execute("select payload from queue.task where kind = 'replicate'").fetchall()
    assert tasks == [({"subscription": "shop.tickets"},)]
    assert states == [("done",), ("failed",)]


def test_one_time_job_from_a_script(jobs: Jobs) -> None:
    """J04: the service runs it once, by its code."""
    jobs.at("2026-06-01 00:00")
    jobs.script(
        "later",
        """perform flow.run_once('later-1', '[{"script": "shop.note", "parameters": {"what": "later"}}]');""",
    )
    jobs.conn.execute("select api.run_script('later')")
    with pytest.raises(errors.AlreadyThere), jobs.conn.transaction():
        jobs.conn.execute("select api.run_script('later')")
    jobs.at("2026-06-01 00:00:01")
    jobs.at("2026-06-02 00:00")
    assert jobs.done() == ["later"]


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ({"cron": "nonsense"}, "PG521"),
        ({"cron": "@daily", "time_zone": "Nowhere"}, "PG521"),
        ({"at": "tomorrow-ish"}, "PG521"),
        ({"cron": "@daily", "at": "2026-01-01"}, "PG113"),
        ({"when": "1 +"}, "PG119"),
        ({"steps": [{"script": "none"}]}, "PG501"),
        ({"steps": [{"script": "note", "job": "x"}]}, "PG522"),
        ({"steps": [{"command": "rm -rf"}]}, "PG522"),
        ({"steps": [{"script": "note", "colour": "x"}]}, "PG522"),
        ({"steps": [{"sync": "x"}]}, "PG740"),
    ],
)  # fmt: skip
def test_jobs_that_cannot_run(jobs: Jobs, definition: dict[str, Any], code: str) -> None:
    """Refused when they are stored."""
    with pytest.raises(psycopg.Error) as refusal:
        jobs.conn.execute(
            "select flow.set_job(%s, 'wrong', %s)",
            (jobs.model, Jsonb({"steps": [note("x")], **definition})),
        )
    assert refusal.value.sqlstate == code


@pytest.fixture
def bill(definitions: Definitions, jobs: Jobs) -> ClassTable:
    """A class with a date."""
    return definitions.create_class(
        "shop.bill",
        {"name": {"type": "text"}, "due": {"type": "timestamp"}, "paid": {"type": "boolean"}},
    )


def test_rule_by_date_acts_once_for_each_record_and_offset(jobs: Jobs, bill: ClassTable) -> None:
    """T01: five offsets before and after; the filter is asked at each; what was before the rule is past."""
    jobs.at("2026-06-01 00:00")
    jobs.script("warn", "insert into public.done (what) values (context -> 'record' ->> 'name');")
    rule = {
        "class": "bill", "event": "on_date", "date": "due", "script": "warn",
        "offsets": ["-3 days", "-1 day", "0 days", "1 hour", "1 month"],
        "when": "{{column.paid}} is not true",
    }  # fmt: skip
    jobs.conn.execute("select flow.set_rule(%s, 'warn', %s)", (jobs.model, Jsonb(rule)))
    row = bill.insert(name="a", due="2026-06-10 12:00+00")
    bill.insert(name="paid", due="2026-06-10 12:00+00", paid=True)
    bill.insert(name="old", due="2026-04-01 12:00+00")
    counts = []
    for when in (
        "06-07 11:59",
        "06-07 12:01",
        "06-07 12:02",
        "06-09 12:00",
        "06-10 12:30",
        "06-10 13:00",
        "07-10 12:00",
        "12-01 00:00",
    ):
        jobs.at(f"2026-{when}")
        jobs.conn.execute("select flow.fire_dates()")
        jobs.work()
        counts.append(len(jobs.done()))
    assert counts == [0, 1, 1, 2, 3, 4, 5, 5]
    assert set(jobs.done()) == {"a"}
    bill.update(row, due="2026-12-24 00:00+00")
    jobs.at("2026-12-24 00:00")
    jobs.conn.execute("select flow.fire_dates()")
    jobs.work()
    assert len(jobs.done()) == 5


def test_a_condition_that_raises_fails_its_own_run_alone(jobs: Jobs) -> None:
    """Whatever the condition of one job does, the others run at their time."""
    jobs.conn.execute("insert into public.done (what) values ('before')")
    jobs.define(
        "broken",
        cron="0 * * * *",
        time_zone="UTC",
        when="(select 1 / count(*) > 0 from public.done)",
    )
    jobs.define("sound", cron="30 * * * *", time_zone="UTC")
    jobs.at("2026-01-01 11:59", work=False)
    jobs.conn.execute("delete from public.done")
    jobs.conn.execute("update flow.job set next_slot = '2026-01-01 12:00+00' where code = 'broken'")
    jobs.conn.execute("update flow.job set next_slot = '2026-01-01 12:30+00' where code = 'sound'")
    jobs.at("2026-01-01 12:30")
    assert jobs.done() == ["sound"]
    assert jobs.runs("broken")[-1][1] == "failed"
    row = jobs.conn.execute(
        "select error from flow.run_status where job = 'shop.broken' order by id desc limit 1"
    ).fetchone()
    assert row == ("its condition failed: division by zero",)


def test_a_rule_by_date_that_raises_stops_no_other(jobs: Jobs, bill: ClassTable) -> None:
    """It is told by a warning each time, and acts once it is mended."""
    jobs.at("2026-06-01 00:00")
    rule: dict[str, Any] = {
        "class": "bill",
        "event": "on_date",
        "date": "due",
        "offsets": ["0 days"],
    }
    whens = {"a_broken": "1 / length({{column.name}}) >= 0", "b_sound": "true"}
    for code, when in whens.items():
        jobs.script(code, f"insert into public.done (what) values ('{code}');")
        given = {**rule, "when": when, "script": code}
        jobs.conn.execute("select flow.set_rule(%s, %s, %s)", (jobs.model, code, Jsonb(given)))
    row = bill.insert(name="", due="2026-06-10 12:00+00")
    warnings: list[str] = []
    jobs.conn.add_notice_handler(lambda notice: warnings.append(str(notice.message_primary)))
    jobs.at("2026-06-10 12:01")
    jobs.conn.execute("select flow.fire_dates()")
    jobs.work()
    assert jobs.done() == ["b_sound"]
    assert warnings == ["rule a_broken by date fails: 22012 division by zero"]
    bill.update(row, name="x")
    jobs.conn.execute("select flow.fire_dates()")
    jobs.work()
    assert jobs.done() == ["b_sound", "a_broken"]
