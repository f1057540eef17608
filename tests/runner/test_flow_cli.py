"""pgears workflow, event, script, job, integration: what they do, print and refuse."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.fix_database import Database
from tests.runner.test_cli import Run, pgears

__all__ = ["pgears"]

STEPS = {
    "start": {"kind": "start", "next": "hear"},
    "hear": {"kind": "event", "event": "go-{{variables.n}}", "next": "end"},
    "end": {"kind": "end"},
}


class Shell:
    """Commands against one instance."""

    def __init__(self, pgears: Run, database: Database) -> None:
        self.run = pgears
        self.database = database

    def __call__(self, *arguments: str) -> str:
        """Run a command and give what it printed."""
        done = self.run(*arguments, database_url=self.database.url)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """Run a command with --json."""
        return json.loads(self(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """Run a command that fails with a line and a hint."""
        done = self.run(*arguments, database_url=self.database.url)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture
def shell(pgears: Run, database: Database) -> Shell:
    """An instance with a script, a workflow and a job."""
    with database.connect() as conn:
        row = conn.execute("select meta.create_model('shop', '{}')").fetchone()
        assert row is not None
        for function, code, definition in (
            ("script", "echo", {"sql": "result := context -> 'parameters';"}),
            ("workflow", "hear", {"steps": STEPS}),
            ("job", "daily", {"cron": "@daily", "steps": [{"script": "echo"}]}),
        ):
            conn.execute(
                f"select flow.set_{function}(%s, %s, %s)".encode(),
                (row[0], code, Jsonb(definition)),
            )
    return Shell(pgears, database)


def work(shell: Shell) -> None:
    """A runner does what there is to do."""
    shell("run", "--once")


def test_a_workflow_from_start_to_end(shell: Shell) -> None:
    """Started once by its key, paused, woken, drawn, cancelled."""
    id = shell.json("workflow", "start", "hear", "--set", "n=7", "--key", "a")["instance"]
    assert shell.json("workflow", "start", "shop.hear", "--key", "a")["instance"] == id
    work(shell)
    (row,) = shell.json("workflow", "list", "hear", "--state", "running")
    assert (row["id"], row["stands_at"]) == (id, "hear (event)")
    assert "is paused" in shell("workflow", "pause", str(id))
    assert shell.json("event", "raise", "go-7", "--set", "by=me") == {"woken": 1}
    work(shell)
    assert shell.json("workflow", "show", str(id))["name"] == "paused"
    shell("workflow", "resume", str(id))
    work(shell)
    shown = shell.json("workflow", "show", str(id))
    assert (shown["name"], shown["variables"]) == ("finished", {"n": 7})
    assert [line["step"] for line in shown["log"] if line["outcome"] == "done"] == list(STEPS)
    assert "  class end_,hear_,start_ taken" in shell("workflow", "draw", str(id))
    assert shell("workflow", "draw", "hear").startswith("flowchart TD")
    other = shell.json("workflow", "start", "hear", "--set", "n=8")["instance"]
    shell("workflow", "cancel", str(other), "--reason", "no more")
    assert shell.json("workflow", "show", str(other))["error"] == "no more"
    assert "cannot be paused" in shell.refused("workflow", "pause", str(other))
    assert "no workflow" in shell.refused("workflow", "start", "none")
    assert "no instance" in shell.refused("workflow", "show", "0")


def test_scripts_and_events(shell: Shell) -> None:
    """Values are JSON where they can be; an event for nobody is kept."""
    given = ("--set", "a=1", "--set", "b=x y")
    assert shell.json("script", "run", "echo", *given) == {"a": 1, "b": "x y"}
    assert shell.json("script", "list")[0]["script"] == "shop.echo"
    assert "nobody waits" in shell("event", "raise", "early")
    assert shell.json("event", "list")[0]["state"] == "kept"
    assert "no script" in shell.refused("script", "run", "none")


def test_jobs_and_the_switch(shell: Shell) -> None:
    """A run by hand with its log; the switch shown and turned."""
    assert shell.json("job", "list")[0]["cron"] == "@daily"
    id = shell.json("job", "run", "daily")["run"]
    work(shell)
    (run,) = shell.json("job", "runs", "daily")
    assert (run["id"], run["state"], run["cause"]) == (id, "done", "manual")
    assert [line["outcome"] for line in shell.json("job", "log", str(id))] == ["done"]
    assert "there is no run 999999" in shell.refused("job", "log", "999999")
    assert "no job" in shell.refused("job", "run", "none")
    assert "integration is off" in shell("integration", "off")
    assert shell.json("integration") == {"integration": False}
    assert shell.json("task", "keys") == []
    assert "web service is off" in shell("web", "off")
    assert shell.json("web", "status")["on"] is False


def test_as_an_ordinary_account(shell: Shell) -> None:
    """The same commands for who logs in under an account of his own, as far as his rights go."""
    with shell.database.connect() as conn:
        (model,) = conn.execute("select id from meta.model").fetchone() or (0,)
        login = f"t_{shell.database.name}"
        rights = [
            {"script": "echo", "allow": ["execute"]},
            {"workflow": "hear", "allow": ["start", "view"]},
            {"job": "daily", "allow": ["start"]},
        ]
        conn.execute("select access.set_role(%s, 'doer', %s)", (model, Jsonb({"rights": rights})))
        conn.execute("select access.create_account(%s)", (login,))
        conn.execute(sql.SQL("alter role {} password 'x'").format(sql.Identifier(login)))
        conn.execute("select access.grant_role(%s, 'doer')", (login,))
    owner = urlsplit(shell.database.url)
    there = owner._replace(netloc=f"{login}:x@{owner.netloc.rpartition('@')[2]}")
    account = Shell(shell.run, Database(shell.database.name, there.geturl()))
    try:
        assert account.json("script", "run", "echo", "--set", "a=1") == {"a": 1}
        id = account.json("workflow", "start", "hear", "--set", "n=7")["instance"]
        work(shell)
        shown = account.json("workflow", "show", str(id))
        assert (shown["name"], shown["log"][-1]["step"]) == ("running", "hear")
        assert account.json("job", "run", "daily")["state"] == "started"
        refusal = account.refused("event", "raise", "go-7")
        assert "may not raise event go-7" in refusal
        assert '"raise" on {event: go-7}' in refusal
    finally:
        with shell.database.connect() as conn:
            conn.execute("select access.revoke_role(%s, 'doer')", (login,))
            conn.execute("select access.drop_role('doer')")
            conn.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))
