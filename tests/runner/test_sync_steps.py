"""Synchronisation by a runner: started in SQL, as a step of a job, as a step of a workflow, by the command."""

# ruff: noqa: E501
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.fix_runner import Workplace, until
from tests.fix_sync import Other, Place, new_place
from tests.runner.test_cli import Run, pgears

__all__ = ["pgears"]


@pytest.fixture
def place(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A class of goods beside runners."""
    with new_place(workplace.database, monkeypatch) as made:
        yield made


def set_flow(place: Place, kind: str, code: str, **definition: Any) -> None:
    """Make a job or workflow."""
    place.one(
        f"select flow.set_{kind}((select id from meta.model where code = 'shop'), %s, %s)",
        code,
        Jsonb(definition),
    )


def ended(place: Place, job: str) -> tuple[str, str | None]:
    """Start a job and wait."""
    run = place.one("select flow.run_job(%s)", job)
    until(
        lambda: (
            place.one("select state from flow.run_status where id = %s", run) in ("done", "failed")
        ),
        "the job to end",
    )
    found = place.rows("select state, error from flow.run_status where id = %s", run)[0]
    return found["state"], found["error"]


def test_started_in_sql_and_done_by_a_runner(
    place: Place, workplace: Workplace, sqlite: Other
) -> None:
    """S01: api.run_sync gives a run that waits; a runner does it."""
    sqlite.put({"id": "a"})
    place.define("goods", sqlite)
    workplace.start()
    result = place.one("select api.run_sync('goods')")
    assert result["state"] == "waiting"
    until(
        lambda: (
            place.one("select state from sync.run_status where id = %s", result["run"]) == "done"
        ),
        "the run",
    )
    assert place.goods("number") == [("a",)]


def test_step_of_a_job(place: Place, workplace: Workplace, sqlite: Other) -> None:
    """S04: runs as a job step and leaves a log; what is refused fails the step; a plan writes nothing."""
    sqlite.put({"id": "a"}, {"id": "b"})
    place.define("goods", sqlite, missing="delete")
    set_flow(place, "job", "plan", steps=[{"sync": "goods", "parameters": {"plan": True}}])
    set_flow(place, "job", "nightly", steps=[{"sync": "goods"}])
    set_flow(
        place, "job", "clear", steps=[{"sync": "goods", "parameters": {"allow_deletes": True}}]
    )
    workplace.start()
    assert ended(place, "plan") == ("done", None)
    assert place.goods("number") == []
    assert ended(place, "nightly") == ("done", None)
    detail = json.loads(
        place.one("select detail from flow.run_log where outcome = 'done' order by id desc limit 1")
    )
    assert (detail["sync"], detail["inserted"]) == ("shop.goods", 2)
    assert place.rows(
        "select cause, state, inserted from sync.run_status order by id desc limit 1"
    ) == [{"cause": "job", "state": "done", "inserted": 2}]
    sqlite.do("delete from goods")
    state, error = ended(place, "nightly")
    assert (state, "would delete 2 of 2 rows" in str(error)) == ("failed", True)
    assert ended(place, "clear") == ("done", None)
    assert place.goods("number") == []
    place.one("select sync.drop_sync(id) from sync.definition")
    assert "PG740" in str(ended(place, "nightly")[1])


def test_job_goes_on_after_a_kill(place: Place, workplace: Workplace, sqlite: Other) -> None:
    """S04, S05: a runner killed at the step; another one does the step again and the job ends."""
    sqlite.put(*({"id": f"{n:04}"} for n in range(3000)))
    place.define("goods", sqlite, batch_size=1)
    set_flow(place, "job", "nightly", steps=[{"sync": "goods"}])
    first = workplace.start("first")
    run = place.one("select flow.run_job('nightly')")
    until(
        lambda: place.one("select count(*) from sync.run where state = 'reading'"),
        "the run to read",
    )
    first.kill()
    assert place.goods("number") == []
    workplace.let_leases_run_out()
    place.conn.execute("select core.set_clock(core.now() + interval '5 minutes')")
    workplace.start("second")
    until(
        lambda: place.one("select state from flow.run_status where id = %s", run) == "done",
        "the job to end",
    )
    assert len(place.goods("number")) == 3000
    assert (
        place.one(
            "select count(*) from pg_class where relnamespace = 'sync'::regnamespace and relname ~ '_[0-9]+'"
        )
        == 0
    )


def test_job_waits_while_another_process_synchronises(
    place: Place, workplace: Workplace, sqlite: Other
) -> None:
    """S04: no failure and no litter: the step looks again until the other one is done."""
    sqlite.put({"id": "a"})
    definition = place.define("goods", sqlite)
    set_flow(place, "job", "nightly", steps=[{"sync": "goods"}])
    other_run = place.one("select sync.new_run(%s, 'manual')", definition)
    token = "00000000-0000-0000-0000-000000000001"
    place.one("select sync.begin_run(%s, %s, '1 hour')", other_run, token)
    workplace.start()
    run = place.one("select flow.run_job('nightly')")
    until(
        lambda: (
            place.one("select error from queue.task_list where kind = 'job.sync'")
            == "another process does the synchronisation"
        ),
        "the step to be put off",
    )
    assert place.one("select count(*) from sync.run") == 1
    place.one("select sync.release_run(%s, %s)", other_run, token)
    place.conn.execute("select core.set_clock(core.now() + interval '20 seconds')")
    until(
        lambda: place.one("select state from flow.run_status where id = %s", run) == "done",
        "the job to end",
    )
    assert place.goods("number") == [("a",)]


def test_runner_that_stops_gives_its_run_back(
    place: Place, workplace: Workplace, sqlite: Other
) -> None:
    """S05: an orderly stop in the middle of reading; the next runner does the run at once."""
    sqlite.put(*({"id": f"{n:05}"} for n in range(60_000)))
    place.define("goods", sqlite, batch_size=1)
    first = workplace.start("first")
    run = place.one("select api.run_sync('goods')")["run"]
    until(
        lambda: place.one("select state from sync.run where id = %s", run) == "reading",
        "the run to read",
    )
    first.stop()
    assert place.rows("select state, token from sync.run where id = %s", run) == [
        {"state": "waiting", "token": None}
    ]
    assert place.one("select lease_token from sync.definition") is None
    sqlite.do("delete from goods where id > '00009'")
    workplace.start("second")
    until(
        lambda: place.one("select state from sync.run where id = %s", run) == "done",
        "the run to end",
    )
    assert len(place.goods("number")) == 10


def test_step_of_a_workflow(place: Place, workplace: Workplace, sqlite: Other) -> None:
    """S04: the branch waits for the runner and goes on with the numbers; a failure takes its way."""
    sqlite.put({"id": "a"})
    place.define("goods", sqlite)
    steps = {
        "start": {"kind": "start", "next": "pull"},
        "pull": {
            "kind": "sync",
            "sync": "goods",
            "into": "pulled",
            "attempts": 2,
            "on_error": "sorry",
            "next": "good",
        },
        "good": {"kind": "end", "message": "{{variables.pulled}}"},
        "sorry": {"kind": "end", "message": "sorry"},
    }
    set_flow(place, "workflow", "fetch", steps=steps)
    workplace.start()
    instance = place.one("select api.start_workflow('fetch')")
    until(lambda: ending(place, instance), "the workflow to end")
    assert json.loads(ending(place, instance))["inserted"] == 1
    sqlite.do("drop table goods")
    second = place.one("select api.start_workflow('fetch')")
    until(lambda: ending(place, second), "the workflow to end")
    assert ending(place, second) == "sorry"
    failures = place.rows(
        "select detail from flow.step_log where instance_id = %s and outcome = 'failed' order by id",
        second,
    )
    assert [row["detail"].startswith("PG745: run ") for row in failures] == [True, True]
    assert place.one("select count(*) from sync.run where state = 'failed'") == 2


def ending(place: Place, instance: Any) -> Any:
    """What the end of an instance says."""
    return place.one(
        "select detail from flow.step_log where instance_id = %s and step in ('good', 'sorry') and outcome = 'done'",
        instance,
    )


def test_command(place: Place, sqlite: Other, pgears: Run, tmp_path: Path) -> None:
    """S01, S07: pgears sync with plan, list, log, JSON; failures are one line and a hint."""
    sqlite.put({"id": "a", "name": "x"})
    secret = tmp_path / "url"
    secret.write_text(sqlite.url)
    place.define("goods", sqlite, missing="delete")
    place.conn.execute(
        "update sync.definition set definition = definition || jsonb_build_object('url', 'file:' || %s::text)",
        (str(secret),),
    )
    url = place.database.url

    def command(*arguments: str) -> Any:
        done = pgears("sync", *arguments, database_url=url)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    assert "shop.goods" in command()
    plan = command("goods", "--plan", "--json")
    assert (plan["plan"], plan["inserted"], plan["samples"][0]["after"]["name"]) == (True, 1, "x")
    assert place.goods("number") == []
    shown = command("shop.goods")
    assert "inserted" in shown
    assert place.goods("number") == [("a",)]
    assert [row["plan"] for row in command("goods", "--log", "--json")] == [False, True]
    assert command("--list", "--json")[0]["last_state"] == "done"
    sqlite.do("delete from goods")
    done = pgears("sync", "goods", database_url=url)
    assert (
        done.returncode,
        "would delete 1 of 1 rows" in done.stderr,
        "Traceback" in done.stderr,
    ) == (1, True, False)
    assert command("goods", "--allow-deletes", "--json")["deleted"] == 1
    unknown = pgears("sync", "none", database_url=url)
    assert (unknown.returncode, "no synchronisation" in unknown.stderr) == (1, True)
