"""kill -9 of runners and of PostgreSQL in the middle of workflows of every kind of step.

Each instance writes every step down in a book. In the end the books balance: every instance has
finished, and each entry is there exactly once.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.apply import upgrade
from runner.embedded import Server, postmaster
from tests.fix_database import Database
from tests.fix_meta import Definitions
from tests.fix_runner import RunnerProcess, Workplace, until

INSTANCES = 120
BOOKED = ("1", "2", "3", "left", "right", "heard", "child", "last")


def book(what: str, next: str) -> dict[str, Any]:
    """A step that writes something down."""
    return {"kind": "script", "script": "book", "parameters": {"what": what}, "next": next}


STEPS = {
    "start": {"kind": "start", "next": "count"},
    "count": {"kind": "set", "set": {"n": "{{variables.n}}::int + 1"}, "next": "write"},
    "write": book("{{variables.n}}", "again"),
    "again": {
        "kind": "condition", "when": "{{variables.n}}::int < 3", "yes": "count", "no": "fork",
    },
    "fork": {"kind": "parallel", "branches": ["left", "rest", "hear"], "next": "child"},
    "left": book("'left'", "call"),
    "call": {"kind": "raise", "event": "call", "scope": "instance", "next": "join"},
    "rest": {"kind": "timer", "wait": "100 milliseconds", "next": "right"},
    "right": book("'right'", "join"),
    "hear": {
        "kind": "event", "event": "call", "scope": "instance", "deadline": "1 day",
        "next": "heard", "on_deadline": "join",
    },
    "heard": book("'heard'", "join"),
    "join": {"kind": "join"},
    "child": {
        "kind": "workflow", "workflow": "child", "variables": {"parent": "{{instance.id}}"},
        "next": "effect",
    },
    "effect": {"kind": "enqueue", "task": "once", "next": "mail"},
    "mail": {"kind": "mail", "notify": "news", "next": "last"},
    "last": book("'last'", "end"),
    "end": {"kind": "end"},
}  # fmt: skip
CHILD = {
    "start": {"kind": "start", "next": "rest"},
    "rest": {"kind": "timer", "wait": "50 milliseconds", "next": "write"},
    "write": {
        "kind": "script", "script": "book", "next": "end",
        "parameters": {"what": "'child'", "instance": "{{variables.parent}}"},
    },
    "end": {"kind": "end"},
}  # fmt: skip


def define(conn: psycopg.Connection[Any]) -> None:
    """The workflow, its script and its mail."""
    conn.execute("create table public.book (instance bigint, what text)")
    definitions = Definitions(conn)
    ticket = definitions.create_class("desk.ticket", {"subject": {"type": "text"}})
    model = definitions.scalar("select id from meta.model where code = 'desk'")
    account = {"host": "127.0.0.1", "port": 9, "from_address": "a@b.example", "is_default": True}
    conn.execute("select mail.set_account('main', %s)", (Jsonb(account),))
    notification = {"class": "ticket", "to": "c@d.example", "subject": "News", "body": "News"}
    conn.execute("select flow.set_notification(%s, 'news', %s)", (model, Jsonb(notification)))
    sql = """
      insert into public.book values (
        coalesce(context -> 'parameters' ->> 'instance', context ->> 'instance')::bigint,
        context -> 'parameters' ->> 'what');
    """
    conn.execute("select flow.set_script(%s, 'book', %s)", (model, Jsonb({"sql": sql})))
    child = {"steps": CHILD}
    parent = {"class": "ticket", "steps": STEPS, "variables": {"n": 0}}
    for code, definition in (("child", child), ("parent", parent)):
        conn.execute("select flow.set_workflow(%s, %s, %s)", (model, code, Jsonb(definition)))
    for _ in range(INSTANCES):
        row = ticket.insert(subject="x")
        conn.execute("select api.start_workflow('parent', %s)", (row,))


def finished(conn: psycopg.Connection[Any]) -> int:
    """Instances that are over."""
    row = conn.execute(
        "select count(*) from flow.instance_status where workflow = 'desk.parent' and state = 1"
    ).fetchone()
    assert row is not None
    return int(row[0])


def check(conn: psycopg.Connection[Any]) -> None:
    """The books balance."""
    entries = conn.execute(
        "select what, count(*), count(distinct instance) from public.book group by 1"
    )
    assert sorted(entries.fetchall()) == sorted((what, INSTANCES, INSTANCES) for what in BOOKED)
    counts = conn.execute(
        """
        select
          (select count(*) from mail.message_status),
          (select count(*) from flow.instance_status where state <> 1),
          (select count(*) from flow.branch),
          (select count(*) from (select from act group by task having count(*) > 1) as twice),
          (select count(distinct task) from act),
          (select count(*) from flow.step_history where outcome = 'failed')
        """
    ).fetchone()
    assert counts == (INSTANCES, 0, 0, 0, INSTANCES, 0)


def test_runner_killed_again_and_again(workplace: Workplace) -> None:
    """At random moments; the next of the same name takes over."""
    conn = workplace.conn
    define(conn)
    moments = random.Random(5)
    interrupted = 0
    for _ in range(8):
        runner = workplace.start("same", listening=None)
        until(
            lambda: (
                workplace.count("select count(*) from queue.runner_status where holds > 0")
                or finished(conn) == INSTANCES
            ),
            "work",
        )
        time.sleep(moments.uniform(0, 0.15))
        runner.kill()
        interrupted += finished(conn) < INSTANCES
        workplace.let_leases_run_out()
    workplace.start("same")
    until(lambda: finished(conn) == INSTANCES, "all to finish")
    until(lambda: workplace.count("select count(distinct task) from act") == INSTANCES, "effects")
    check(conn)
    assert interrupted >= 3


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Folder of a server that survives a kill."""
    home = tmp_path / ".pgears"
    yield home
    server = Server(home)
    server.stop()
    shutil.rmtree(server._cluster().folder.parent, ignore_errors=True)


@pytest.mark.slow
def test_server_killed_again_and_again(home: Path, tmp_path: Path) -> None:
    """kill -9 of PostgreSQL: what was not committed did not happen; the runner goes on."""
    url = Server(home).ensure()
    upgrade(url)
    with psycopg.connect(url, autocommit=True) as conn:
        place = Workplace(Database("postgres", url), conn, tmp_path)
        define(conn)
    runner = RunnerProcess(tmp_path, url, "r")
    try:
        moments = random.Random(6)
        until(lambda: "runner r is" in runner.log.read_text(), "the runner to start")
        for _ in range(3):
            time.sleep(moments.uniform(0.5, 1.2))
            pid = postmaster(Server(home)._cluster())
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert Server(home).ensure() == url
        with psycopg.connect(url, autocommit=True) as conn:
            place.conn = conn
            until(lambda: finished(conn) == INSTANCES, "all to finish")
            until(
                lambda: place.count("select count(distinct task) from act") == INSTANCES, "effects"
            )
            check(conn)
        assert runner.process.poll() is None, runner.log.read_text()
    finally:
        runner.kill()
