"""pgears workflow, event, script, job, integration: what they do, print and refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
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
    assert "no job" in shell.refused("job", "run", "none")
    assert "integration is off" in shell("integration", "off")
    assert shell.json("integration") == {"integration": False}
    assert shell.json("task", "keys") == []
