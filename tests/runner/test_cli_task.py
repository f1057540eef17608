"""pgears task, run and status: what they print, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.fix_database import Database
from tests.runner.test_cli import Run, pgears

__all__ = ["pgears"]


@pytest.fixture
def ids(database: Database) -> dict[str, int]:
    """A ready, a delayed and a dead task."""
    with database.connect() as conn:
        conn.execute("select queue.register_kind('t'), queue.register_kind('u')")
        made = {}
        for name, query in (
            ("dead", "select queue.enqueue('t')"),
            ("ready", "select queue.enqueue('u')"),
            ("delayed", "select queue.enqueue('t', '{}', now() + '1 hour'::interval)"),
        ):
            made[name] = int((conn.execute(query.encode()).fetchone() or [0])[0])
        conn.execute(
            """
            select queue.settle(r.token, array[c.id], 'dead', 'out of ink')
            from (select queue.start_runner('test') as id, gen_random_uuid() as token) as r
            cross join queue.claim(r.id, r.token, 1) as c
            """
        )
    return made


def states(pgears: Run, database: Database, *options: str) -> dict[int, str]:
    """What `task list` shows."""
    done = pgears("task", "list", "--json", *options, database_url=database.url)
    assert done.returncode == 0, done.stderr
    return {row["id"]: row["state"] for row in json.loads(done.stdout)}


def test_list_filters(pgears: Run, database: Database, ids: dict[str, int]) -> None:
    """By kind and state; the error of a dead one is in the table for people."""
    assert states(pgears, database) == {id: state for state, id in ids.items()}
    assert set(states(pgears, database, "--kind", "u")) == {ids["ready"]}
    assert set(states(pgears, database, "--state", "delayed")) == {ids["delayed"]}
    assert len(states(pgears, database, "--limit", "1")) == 1
    assert "out of ink" in pgears("task", "list", database_url=database.url).stdout
    wrong = pgears("task", "list", "--state", "lost", database_url=database.url)
    assert wrong.returncode == 1
    assert "cancelled" in wrong.stderr


def test_retry(pgears: Run, database: Database, ids: dict[str, int]) -> None:
    """One command makes a dead task ready; a second finds none and says what to look at."""
    done = pgears("task", "retry", str(ids["dead"]), database_url=database.url)
    assert done.returncode == 0, done.stderr
    assert states(pgears, database)[ids["dead"]] == "ready"
    again = pgears("task", "retry", str(ids["dead"]), database_url=database.url)
    assert again.returncode == 1
    assert "pgears task list" in again.stderr
    none = pgears("task", "retry", "--kind", "t", "--json", database_url=database.url)
    assert json.loads(none.stdout) == {"ready": 0}
    assert pgears("task", "retry", database_url=database.url).returncode == 2


def test_cancel(pgears: Run, database: Database, ids: dict[str, int]) -> None:
    """A waiting task goes, and is listed as cancelled."""
    done = pgears("task", "cancel", str(ids["delayed"]), database_url=database.url)
    assert done.returncode == 0, done.stderr
    assert set(states(pgears, database, "--state", "cancelled")) == {ids["delayed"]}
    assert pgears("task", "cancel", "999", database_url=database.url).returncode == 1


def test_status_shows_runners_and_queue(
    pgears: Run, database: Database, ids: dict[str, int]
) -> None:
    """Who works, and what waits, also as JSON."""
    state = json.loads(pgears("status", "--json", database_url=database.url).stdout)
    assert [runner["name"] for runner in state["runners"]] == ["test"]
    queue = {row["kind"]: row for row in state["queue"]}
    assert (queue["t"]["dead"], queue["t"]["delayed"], queue["u"]["ready"]) == (1, 1, 1)
    assert "runners" in pgears("status", database_url=database.url).stdout


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be imported"),
        ("x = 1", "has no HANDLERS"),
        ("HANDLERS = {'t': print}", "has no HANDLERS"),
    ],
)
def test_wrong_handlers_are_named(
    pgears: Run, database: Database, tmp_path: Path, text: str | None, complaint: str
) -> None:
    """A runner that lacks what it was told to have does not start."""
    if text is not None:
        (tmp_path / "mine.py").write_text(text)
    failed = pgears("run", "--once", database_url=database.url, handlers="mine")
    assert failed.returncode == 1
    assert "mine" in failed.stderr
    assert complaint in failed.stderr
    assert "Traceback" not in failed.stderr


def test_own_handler_as_documented(pgears: Run, database: Database, tmp_path: Path) -> None:
    """The example of docs/queue.md does what it says."""
    page = (Path(__file__).parents[2] / "docs" / "queue.md").read_text()
    example = page.split("```python\n")[1].split("```")[0]
    (tmp_path / "greet.py").write_text(example.replace("from pgears.", "from runner."))
    with psycopg.connect(database.url, autocommit=True) as conn:
        conn.execute("select queue.register_kind('greet')")
        conn.execute("""select queue.enqueue('greet', '{"name": "Ada"}')""")
    done = pgears("run", "--once", database_url=database.url, handlers="greet")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "greetings.txt").read_text() == "Hello Ada\n"
