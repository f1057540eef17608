"""Jobs by a real runner: slots, the service's start, commands, Python entry points, kills."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from runner.flow.steps import allowed
from tests.fix_runner import Workplace, until

ACTIONS = """
import asyncio
def add(a, b):
    return {"sum": a + b}
async def slow():
    await asyncio.sleep(1000)
def broken():
    raise ValueError("no paper")
"""


def define(place: Workplace, code: str, *steps: dict[str, Any], **definition: Any) -> None:
    """Make a job."""
    place.conn.execute(
        "select flow.set_job((select id from meta.model where code = 'shop'), %s, %s)",
        (code, Jsonb({**definition, "steps": list(steps)})),
    )


def run(place: Workplace, code: str) -> tuple[str, str | None]:
    """Start a job and wait; gives state and error."""
    id = place.count("select flow.run_job(%s)", code)
    return ended(place, id)


def ended(place: Workplace, id: int) -> tuple[str, str | None]:
    """Wait for the end of a run."""
    state = "select state from flow.run_status where id = %s"
    until(lambda: place.one(state, id) in ("done", "failed"), f"run {id} to end")
    return place.one(state, id), place.one("select error from flow.run_status where id = %s", id)


def details(place: Workplace) -> list[str]:
    """What the steps left in the log."""
    rows = place.conn.execute(
        "select detail from flow.run_log where detail is not null order by id"
    )
    return [row[0] for row in rows]


@pytest.fixture
def place(workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A model, and an installed package with actions."""
    workplace.conn.execute("select meta.create_model('shop', '{}')")
    folder = tmp_path / "site"
    info = folder / "own-1.dist-info"
    info.mkdir(parents=True)
    (folder / "own_actions.py").write_text(ACTIONS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1\n")
    points = "\n".join(f"{name} = own_actions:{name}" for name in ("add", "slow", "broken"))
    (info / "entry_points.txt").write_text(f"[pgears.actions]\n{points}\nlost = own_actions:lost\n")
    hook = tmp_path / "own_handlers.py"
    hook.write_text(f"import sys\nsys.path.insert(0, {str(folder)!r})\nHANDLERS = {{}}\n")
    return workplace


def start(place: Workplace, name: str = "r") -> Any:
    """A runner that allows the test's commands and knows its actions."""
    return place.start(
        name,
        handlers="tests.runner.handlers,own_handlers",
        commands=f"{sys.executable} -c *,echo hello",
    )


def test_commands(place: Workplace) -> None:
    """J07: of the allow-list only, without a shell, with output, exit code and time-out."""
    start(place)
    python = [sys.executable, "-c"]
    define(place, "echo", {"command": ["echo", "hello"]})
    define(place, "code", {"command": [*python, "print('out'); exit(3)"]})
    define(place, "slow", {"command": [*python, "import time; time.sleep(99)"], "timeout": 0.2})
    define(place, "denied", {"command": ["echo", "hello", "; rm -rf /"]})
    assert run(place, "echo") == ("done", None)
    assert run(place, "code")[1] == "step 1: exit code 3"
    assert run(place, "slow")[1] == "step 1: time-out after 0.2 s"
    state, error = run(place, "denied")
    assert (state, "is not in PGEARS_COMMANDS" in str(error)) == ("failed", True)
    assert details(place)[:2] == ["hello\n", "exit code 3\nout\n"]


def test_patterns_of_commands() -> None:
    """A command is compared as a shell would have to be given it: quotes cannot be slipped in."""
    assert allowed(["backup", "a b"], ("backup *",))
    assert not allowed(["backup"], ("backup *",))
    assert not allowed(["sh", "-c", "backup x"], ("backup *",))
    assert not allowed(["backup", "a"], ())


def test_actions(place: Workplace) -> None:
    """J07: functions and coroutines of installed packages; what they raise is their failure."""
    start(place)
    define(place, "add", {"action": "add", "parameters": {"a": 1, "b": 2}})
    define(place, "broken", {"action": "broken", "on_error": "continue"}, {"action": "add"})
    define(place, "slow", {"action": "slow", "timeout": 0.2})
    define(place, "lost", {"action": "lost"})
    define(place, "none", {"action": "none"})
    assert run(place, "add") == ("done", None)
    assert details(place) == ['{"sum": 3}']
    assert run(place, "broken")[1] == "step 1: ValueError: no paper"
    assert "missing 2 required" in details(place)[-1]
    assert run(place, "slow")[1] == "step 1: time-out after 0.2 s"
    assert "cannot be loaded" in str(run(place, "lost")[1])
    assert "no entry point none" in str(run(place, "none")[1])


def test_runner_killed_in_a_command(place: Workplace, tmp_path: Path) -> None:
    """The step is begun again by the next runner, and the run goes on to its end, once."""
    file = tmp_path / "tries"
    code = f"f = open({str(file)!r}, 'a'); f.write('x'); f.close(); import time; time.sleep(0.7)"
    place.conn.execute("create table public.book (what text)")
    place.conn.execute(
        "select flow.set_script((select id from meta.model where code = 'shop'), 'book', %s)",
        (Jsonb({"sql": "insert into public.book values ('after');"}),),
    )
    define(place, "long", {"command": [sys.executable, "-c", code]}, {"script": "book"})
    runner = start(place, "same")
    id = place.count("select flow.run_job('long')")
    until(file.exists, "the command to begin")
    runner.kill()
    place.let_leases_run_out()
    start(place, "same")
    assert ended(place, id) == ("done", None)
    assert file.read_text() == "xx"
    assert place.count("select count(*) from public.book") == 1


def test_slots_and_the_start_of_the_service(place: Workplace) -> None:
    """J01: by the clock of the instance, by one of two runners; at the service's start once."""
    step = {"command": ["echo", "hello"]}
    define(place, "yearly", step, cron="0 0 1 1 *")
    define(place, "begin", step, at_start=True)
    start(place, "a")
    start(place, "b")
    begun = "select count(*) from flow.run_status where job = 'shop.begin'"
    until(lambda: place.count(begun), "the job of the start")
    place.conn.execute(
        "select core.set_clock(next_slot + '2 seconds'::interval) from flow.job_status"
        " where job = 'shop.yearly'"
    )
    yearly = "select count(*) from flow.run_status where job = 'shop.yearly' and state = 'done'"
    until(lambda: place.count(yearly), "the slot")
    assert (place.count(yearly), place.count(begun)) == (1, 1)
