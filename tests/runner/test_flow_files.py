"""Scripts, rules, workflows and jobs in a model file; the helpdesk's escalation by its deadline."""

# ruff: noqa: E501
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.errors import UserError
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.file import load
from runner.paths import examples_dir
from tests.fix_database import Database

MODEL = """
model: shop
classes:
  bill:
    columns:
      name: {type: text}
      due: {type: date}
      total: {type: decimal}
scripts:
  noop: {sql: "null;", class: bill, url: true}
rules:
  total: {class: bill, event: before_insert, set: {total: "coalesce({{column.total}}, 0)"}}
  keep: {class: bill, event: before_delete, refuse: {en: kept, de: bleibt}}
  run: {class: bill, event: after_update, script: noop, position: 2}
  remind: {class: bill, event: on_date, date: due, offsets: [-3 days], start: shop.pay}
workflows:
  pay:
    class: bill
    steps:
      start: {kind: start, next: wait}
      wait: {kind: event, event: "paid-{{record.id}}", next: sub}
      sub: {kind: workflow, workflow: thank, next: end}
      end: {kind: end}
  thank:
    variables: {n: 1}
    steps:
      start: {kind: start, next: end}
      end: {kind: end, message: "{{variables.n}}"}
jobs:
  nightly:
    cron: "0 2 * * *"
    time_zone: Europe/Prague
    steps:
      - {script: noop}
      - {workflow: thank, on_error: continue}
"""


@pytest.fixture
def conn(database: Database) -> Any:
    """An instance of one's own."""
    with database.connect() as connection:
        yield connection


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write a model file."""

    def write(text: str) -> Path:
        path = tmp_path / "model.yaml"
        path.write_text(text)
        return path

    return write


def test_applied_file_has_nothing_left_to_do(conn: psycopg.Connection[Any], written: Any) -> None:
    """Applied, planned again, dumped and planned from the dump: nothing to do."""
    file = load(written(MODEL))
    steps = [step.object for step in apply(conn, file)]
    assert {"shop.noop", "shop.total", "shop.remind", "shop.pay", "shop.nightly"} <= set(steps)
    assert plan(conn, file) == []
    dumped = dump(conn, "shop")
    assert plan(conn, load(written(dumped))) == []


def test_changes_and_drops(conn: psycopg.Connection[Any], written: Any) -> None:
    """A renamed column takes its rules along; what left the file is dropped."""
    apply(conn, load(written(MODEL)))
    renamed = (
        MODEL.replace("due: {type: date}", "until: {type: date, renamed_from: due}")
        .replace("date: due", "date: until")
        .replace('cron: "0 2 * * *"', 'cron: "0 3 * * *"')
    )
    assert {step.action for step in apply(conn, load(written(renamed)))} <= {
        "rename",
        "alter",
        "renew",
    }
    assert plan(conn, load(written(renamed))) == []
    bare = renamed[: renamed.index("scripts:")]
    apply(conn, load(written(bare)), allow_destructive=True)
    left = conn.execute(
        """
        select (select count(*) from flow.rule) + (select count(*) from flow.script)
          + (select count(*) from flow.workflow) + (select count(*) from flow.job)
        """
    ).fetchone()
    assert left == (0,)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("kind: event,", "kind: events,"), r":21: .*of no known kind"),
        (("next: sub}", "next: nowhere}"), r":21: .*nowhere"),
        (('cron: "0 2 * * *"', 'cron: "0 25 * * *"'), "no field of a cron expression"),
        (("script: noop, position", "script: nope, position"), 'no script "nope"'),
        (("offsets: [-3 days]", "offsets: [soon]"), "no time span"),
    ],
)
def test_wrong_files(
    conn: psycopg.Connection[Any], written: Any, wrong: tuple[str, str], message: str
) -> None:
    """Refused when applied, with the place where it can be told."""
    assert wrong[0] in MODEL
    with pytest.raises(UserError) as refusal:
        apply(conn, load(written(MODEL.replace(*wrong))))
    said = str(refusal.value)
    assert re.search(message, said), said


def test_helpdesk_escalates_by_its_deadline(conn: psycopg.Connection[Any]) -> None:
    """An urgent ticket that nobody solves goes to another agent; one that is solved does not."""
    apply(conn, load(examples_dir() / "helpdesk" / "model.yaml"))
    conn.execute(
        "insert into api.helpdesk_agent (name, email) values ('A', 'a@b.example'), ('B', 'b@b.example')"
    )
    agents = [row[0] for row in conn.execute("select id from api.helpdesk_agent order by id")]
    tickets = [
        row[0]
        for row in conn.execute(
            "insert into api.helpdesk_ticket (subject, agent) values ('x', %s), ('y', %s) returning id",
            (agents[0], agents[0]),
        )
    ]
    conn.execute("update api.helpdesk_ticket set priority = 1")
    work(conn)
    conn.execute("update api.helpdesk_ticket set status = 'solved' where id = %s", (tickets[1],))
    work(conn)
    conn.execute("select core.set_clock(core.now() + interval '241 minutes')")
    work(conn)
    found = conn.execute("select agent, modified_source from api.helpdesk_ticket order by id")
    assert found.fetchall() == [(agents[1], "workflow"), (agents[0], "sql")]
    states = conn.execute("select distinct state_name from flow.instance_status").fetchall()
    assert states == [("finished",)]


def work(conn: psycopg.Connection[Any]) -> None:
    """Do the tasks that are due."""
    functions = {"rule": b"select flow.run_rule(%s)", "workflow.step": b"select flow.run_step(%s)"}
    conn.execute("select queue.promote()")
    while rows := conn.execute(
        "delete from queue.task where state = 'ready' and kind = any (%s) returning kind, payload",
        (list(functions),),
    ).fetchall():
        for kind, payload in rows:
            conn.execute(functions[kind], (Jsonb(payload),))
