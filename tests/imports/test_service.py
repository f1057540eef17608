# ruff: noqa: E501 - definitions and queries in one line
"""Imports and exports by the runner: folders, jobs, workflows, callers; and what is killed in between."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from runner.batch.exporter import run_export
from tests.fix_runner import Workplace, until

from .parts import Shop, make_shop

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(workplace: Workplace, tmp_path: Path) -> Shop:
    """The shop in the instance of the workplace."""
    return make_shop(workplace.database, workplace.conn, tmp_path)


def ended(desk: Shop, number: int = 1) -> list[dict[str, Any]]:
    """Wait until so many runs of imports have ended."""
    query = "select * from batch.import_run_status where state not in ('waiting', 'running') order by run"
    until(lambda: len(desk.all(query)) >= number, f"{number} runs to end")
    return desk.all(query)


def test_folder(workplace: Workplace, desk: Shop) -> None:
    """Complete files are imported and moved; those under way are left; rows in error come as a file."""
    folder = desk.folder / "watched"
    desk.define(match=["email"], folder=str(folder), pattern="*.csv", column_count=2)
    workplace.start()
    until((folder / "in").is_dir, "the folders")
    for name, content in {
        "good.csv": "name,email\nAnn,a@x\n",
        "bad.csv": "name,email,more\nBob,b@x,1\n",
        "half.csv": "name,email\nCyr,c@x\nDan\n",
        ".hidden.csv": "x",
        "under-way.csv.part": "x",
        "other.txt": "x",
    }.items():
        (folder / "in" / name).write_text(content)
    runs = {run["file"]: run for run in ended(desk, 3)}
    assert {name: run["state"] for name, run in runs.items()} == {
        "good.csv": "done",
        "bad.csv": "failed",
        "half.csv": "done",
    }
    number = {name: run["run"] for name, run in runs.items()}
    until(lambda: not list((folder / "work").iterdir()), "files to be put away")
    assert {path.name for path in (folder / "in").iterdir()} == {
        ".hidden.csv",
        "under-way.csv.part",
        "other.txt",
    }
    done = {path.name for path in (folder / "done").iterdir()}
    assert done == {f"{number['good.csv']}-good.csv", f"{number['half.csv']}-half.csv"}
    failed = {path.name: path.read_text() for path in (folder / "failed").iterdir()}
    rejects = f"{number['half.csv']}-half.errors.csv"
    assert set(failed) == {f"{number['bad.csv']}-bad.csv", rejects}
    assert failed[rejects] == 'name,email,_line,_reasons\nDan,,3,"has 1 columns, not 2"\n'
    assert desk.people() == [("Ann",), ("Cyr",)]
    # Mended, the rows come back through the same folder.
    (folder / "in" / "mended.csv").write_text(failed[rejects].replace("Dan,,", "Dan,d@x,"))
    assert ended(desk, 4)[-1]["inserted"] == 1
    # The same name again is another file.
    (folder / "in" / "good.csv").write_text("name,email\nEve,e@x\n")
    assert ended(desk, 5)[-1]["inserted"] == 1


def test_folder_of_odd_names(workplace: Workplace, desk: Shop) -> None:
    """Links are not followed; names that are no text, or as long as names can be, stop nothing."""
    folder = desk.folder / "watched"
    desk.define(match=["email"], folder=str(folder))
    for place in ("in", "work", "done", "failed"):
        (folder / place).mkdir(parents=True)
    # Nor does a folder that can be nowhere.
    lost = {"class": "person", "folder": "~nobody-of-this-name/x"}
    desk.set("import", "lost", lost)
    desk.set("export", "lost", lost)
    run = desk.one("select batch.request_export('lost', current_user)")
    assert "there is no home folder" in (run_export(desk.url, run).error or "")
    secret = desk.file("name,email\nSecret,s@x\n", "secret")
    (folder / "in" / "0.csv").symlink_to(secret)
    long = "é" * 125 + ".csv"
    rows = "name,email\n{0},{0}@x\nDan\n"
    (folder / "in" / long).write_text(rows.format("long"))
    Path(os.fsdecode(os.fsencode(folder / "in") + b"/caf\xe9.csv")).write_text(rows.format("odd"))
    (folder / "in" / "z.csv").write_text(rows.format("z"))
    workplace.start()
    runs = ended(desk, 3)
    until(lambda: not list((folder / "work").iterdir()), "files to be put away")
    assert {run["file"]: run["state"] for run in runs} == {
        long: "done",
        r"caf\xe9.csv": "done",
        "z.csv": "done",
    }
    assert desk.people() == [("long",), ("odd",), ("z",)]
    assert [path.name for path in (folder / "in").iterdir()] == ["0.csv"]
    assert len(list((folder / "done").iterdir())) == 3
    rejects = list((folder / "failed").iterdir())
    assert len(rejects) == 3
    assert all(path.name.endswith(".errors.csv") for path in rejects)


def test_link_that_took_the_place_of_a_file(workplace: Workplace, desk: Shop) -> None:
    """Between the look and the move; it is not read either."""
    folder = desk.folder / "watched"
    desk.define(folder=str(folder))
    for place in ("in", "work", "done", "failed"):
        (folder / place).mkdir(parents=True)
    path = folder / "in" / "a.csv"
    path.symlink_to(desk.file("name\nSecret\n", "secret"))
    desk.one(
        "select batch.request_import('people', null, 'a.csv', %s, p_cause => 'folder', p_task => true)",
        str(path),
    )
    workplace.start()
    [run] = ended(desk)
    assert (run["state"], run["rows"]) == ("failed", 0), run
    assert run["error"].endswith("a.csv is a link, and links are not followed")
    assert desk.people() == []


def test_file_that_grows(workplace: Workplace, desk: Shop) -> None:
    """A file that is still being written is not taken."""
    folder = desk.folder / "watched"
    desk.define(folder=str(folder))
    workplace.start()
    until((folder / "in").is_dir, "the folders")
    with (folder / "in" / "slow.csv").open("w") as file:
        file.write("name\n")
        for number in range(12):
            file.write(f"P{number}\n")
            file.flush()
            time.sleep(0.4)
    [run] = ended(desk)
    assert (run["rows"], run["inserted"]) == (12, 12)


def test_job(workplace: Workplace, desk: Shop) -> None:
    """Steps of a job import a file and export; a failing one stops the job."""
    path = desk.file("name,email\nAnn,a@x\n")
    desk.define(match=["email"])
    desk.define_export(columns=["name"], folder=str(desk.folder / "out"), file="people.csv")
    desk.set("job", "nightly", {"steps": [
        {"import": "people", "parameters": {"file": str(path)}}, {"export": "people"},
        {"import": "nothing", "on_error": "continue", "parameters": {"file": "x"}},
        {"import": "people", "parameters": {"file": str(desk.folder / "not-there.csv")}},
    ]})  # fmt: skip
    workplace.start()
    run = desk.one("select flow.run_job('nightly')")
    until(
        lambda: desk.one("select state from flow.run_status where id = %s", run) == "failed",
        "the job",
    )
    log = desk.all(
        "select position, outcome, detail from flow.run_log where run = %s order by id", run
    )
    ends = {row["position"]: row for row in log if row["outcome"] != "begun"}
    assert [ends[n]["outcome"] for n in (1, 2, 3, 4)] == ["done", "done", "failed", "failed"]
    assert '"inserted": 1' in ends[1]["detail"]
    assert "there is no import" in ends[3]["detail"]
    assert "not-there.csv" in ends[4]["detail"]
    assert (desk.folder / "out" / "people.csv").read_text() == "name\nAnn\n"


def test_workflow(workplace: Workplace, desk: Shop) -> None:
    """A step waits for the run and has its counters; a refused file goes the way of errors."""
    path = desk.file("name,email\nAnn,a@x\n")
    wrong = desk.file("nothing\n1\n", "wrong.csv")
    desk.define(match=["email"])
    desk.set("workflow", "load", {
        "variables": {"file": str(path)},
        "steps": {
            "start": {"kind": "start", "next": "load"},
            "load": {"kind": "import", "import": "people", "next": "end", "into": "outcome",
                     "parameters": {"file": "{{variables.file}}"}, "attempts": 1, "on_error": "wrong"},
            "end": {"kind": "end"}, "wrong": {"kind": "end"},
        },
    })  # fmt: skip
    workplace.start()
    good = desk.one("select api.start_workflow('load')")
    bad = desk.one(
        "select api.start_workflow('load', variables => jsonb_build_object('file', %s::text))",
        str(wrong),
    )
    until(
        lambda: (
            desk.one("select min(state) from flow.instance where id in (%s, %s)", good, bad) == 1
        ),
        "the workflows",
    )
    variables = desk.one("select variables from flow.instance where id = %s", good)
    assert variables["outcome"]["inserted"] == 1
    steps = desk.all(
        "select step from flow.step_log where instance_id = %s and outcome = 'done' order by id",
        bad,
    )
    assert [row["step"] for row in steps] == ["start", "wrong"]


def test_callers(workplace: Workplace, desk: Shop) -> None:
    """A file that a caller gives, and an export that stays in the database."""
    desk.define(match=["email"])
    desk.define_export(columns=["name"])
    workplace.start()
    desk.one("select api.import_content('people', 'x.csv', %s)", b"name,email\nAnn,a@x\n")
    [run] = ended(desk)
    assert (run["state"], run["inserted"], run["file"]) == ("done", 1, "x.csv")
    number = desk.one("select api.run_export('people')")
    query = "select file from batch.export_run_status where run = %s"
    until(lambda: desk.one(query, number), "the export")
    assert desk.one("select core.read_file(%s)", desk.one(query, number)) == b"name\nAnn\n"


# What a process does until it is killed: it stops before the moment named, and says so.
PAUSE = """
import sys, time
sys.path.insert(0, {root!r})
import runner.batch.importer as importer, runner.batch.load as loading, runner.batch.exporter as exporter
moment, url, run, path = {arguments!r}
def stop(*_):
    print("here", flush=True)
    time.sleep(100)
def before(owner, name, test=lambda *a, **k: True):
    real = getattr(owner, name)
    def wrapped(*a, **k):
        if test(*a, **k):
            stop()
        return real(*a, **k)
    setattr(owner, name, wrapped)
calls = {{"requested": "start_import", "converting": "resolve_statements", "typing": "type_rows", "keys": "find_duplicates",
          "ending": "end_import"}}
if moment in ("typing", "keys", "ending"):
    before(importer.Import, "one", lambda self, query, *v: calls[moment] in query)
elif moment in ("match", "update", "insert"):
    before(importer.Import, "phase", lambda self, name, *v: name == moment)
elif moment == "loading":
    before(loading.Progress, "set", lambda self, phase, *v: phase == "loading" and self.state[1] > 0 or v[0] > 100)
elif moment == "started":
    before(importer, "_work")
elif moment == "writing":
    before(exporter, "write")
elif moment == "written":
    before(exporter.os, "fsync")
elif moment == "renamed":
    before(exporter, "_end")
from pathlib import Path
if path.endswith("out"):
    exporter.run_export(url, int(run), to=Path(path))
else:
    importer.run_import(url, int(run), Path(path))
    if moment == "over":
        stop()
"""


def killed(desk: Shop, moment: str, run: int, path: Path) -> None:
    """Do a run in a process and kill it at a moment."""
    text = PAUSE.format(root=str(ROOT), arguments=(moment, desk.url, str(run), str(path)))
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n", moment
        os.kill(process.pid, signal.SIGKILL)


def staging(desk: Shop) -> int:
    """Tables of runs that were left behind."""
    return int(
        desk.one(
            "select count(*) from pg_tables where schemaname = 'batch' and tablename ~ '_[0-9]+$'"
        )
    )


@pytest.mark.parametrize(
    "moment",
    ["started", "loading", "typing", "keys", "match", "update", "insert", "ending", "over"],
)
def test_import_killed(desk: Shop, moment: str) -> None:
    """Wherever it dies nothing is half imported; the next start does all of it, once."""
    from runner.batch.importer import request_import, run_import

    desk.person.insert(name="Old", email="p1@x")
    desk.define(match=["email"])
    rows = "".join(f"P{n},p{n}@x,{'x' * 200}\n" for n in range(8000))
    path = desk.file(f"name,email,note\n{rows}")
    run = request_import(desk.conn, "people", path)
    killed(desk, moment, run, path)
    until(
        lambda: (
            desk.one(
                "select count(*) from pg_stat_activity where application_name = 'pgears import'"
            )
            == 0
        ),
        "the server to notice",
    )
    over = moment == "over"
    assert staging(desk) == 0
    assert desk.one("select count(*) from api.shop_person") == (8000 if over else 1)
    assert desk.state(run)["state"] == ("done" if over else "running")
    # The same process again, as a task does it ...
    run_import(desk.url, run, path)
    state = desk.state(run)
    assert (state["state"], state["inserted"], state["updated"]) == ("done", 7999, 1)
    assert desk.one("select count(*) from api.shop_person") == 8000
    assert desk.one("select count(*) from feed.change where operation = 'U'") == 1
    assert staging(desk) == 0


def test_command_killed(desk: Shop) -> None:
    """A command that nobody begins again is broken when its lease is over; the file may come again."""
    from runner.batch.importer import request_import

    desk.define(match=["email"])
    path = desk.file("name,email\nAnn,a@x\n")
    run = request_import(desk.conn, "people", path)
    killed(desk, "insert", run, path)
    until(
        lambda: (
            desk.one(
                "select count(*) from pg_stat_activity where application_name = 'pgears import'"
            )
            == 0
        ),
        "the server to notice",
    )
    assert desk.one("select batch.sweep()") == 0
    assert desk.load(path)["state"] == "skipped"  # it could still be at work
    desk.conn.execute("update batch.progress set lease_until = now() - interval '1 second'")
    assert desk.one("select batch.sweep()") == 1
    assert desk.state(run)["state"] == "broken"
    assert desk.load(path)["state"] == "done"
    assert desk.people() == [("Ann",)]


def test_progress_is_told(desk: Shop) -> None:
    """Phase, how much of how much, and that the process is alive, while its transaction shows nothing."""
    from runner.batch.importer import request_import
    from runner.batch.progress import Progress
    from runner.cli.status import instance_state

    desk.define()
    run = request_import(desk.conn, "people", desk.file("name\nAnn\n"))
    desk.conn.execute("select batch.start_import(%s, 9, 'x')", (run,))
    lease = desk.one("select lease_until from batch.progress")
    with Progress(desk.url, "import", run) as progress:
        progress.set("insert", 5, 9)
        until(lambda: desk.one("select done from batch.progress") == 5, "the progress")
        [found] = instance_state(desk.conn)["imports"]
    assert (found["import"], found["phase"], found["done"], found["total"]) == (
        "shop.people",
        "insert",
        5,
        9,
    )
    assert desk.one("select lease_until from batch.progress") > lease


def test_progress_bar(desk: Shop) -> None:
    """On a terminal an import shows its phases with how much of how much; elsewhere nothing moves."""
    desk.define()
    command = [sys.executable, "-m", "runner", "import", "people"]
    clean = {key: value for key, value in os.environ.items() if "PGEARS_" not in key}
    env = {**clean, "PGEARS_DATABASE_URL": desk.url, "TERM": "xterm", "COLUMNS": "100"}
    names = "".join(f"P{n}\n" for n in range(20_000))
    path = str(desk.file("name\n" + names))
    ours, theirs = pty.openpty()
    with subprocess.Popen([*command, path], env=env, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        # The end of a terminal whose last writer has gone is an error of the system.
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 65536):
                said += piece
        os.close(ours)
    assert process.returncode == 0, said
    assert re.search(rb"\d+/[1-9]\d*", said), said
    assert b"20000 inserted" in said
    quiet = subprocess.run(
        [*command, str(desk.file("name\nAnn\n"))], env=env, capture_output=True, check=False
    )
    assert (quiet.returncode, b"/" in quiet.stdout) == (0, False), quiet


def test_process_that_was_given_up(desk: Shop) -> None:
    """One that lives on after another has taken its run over writes nothing."""
    import psycopg

    from runner import errors
    from runner.batch.importer import request_import

    desk.define(match=["email"])
    path = desk.file("name,email\nAnn,a@x\n")
    run = request_import(desk.conn, "people", path)
    query = "select token from batch.start_import(%s, 1, 'x')"
    first = desk.one(query, run)
    assert desk.one(query, run) != first
    with psycopg.connect(desk.url) as conn, pytest.raises(errors.RunTakenOver):
        conn.execute("select batch.begin_load(%s, %s, array['name', 'email'])", (run, first))


@pytest.mark.parametrize("moment", ["writing", "written", "renamed"])
def test_export_killed(desk: Shop, moment: str) -> None:
    """No half file under the final name, and the former one stays until the new one is whole."""
    from runner.batch.exporter import request_export, run_export

    for n in range(500):
        desk.person.insert(name=f"P{n}", email=f"p{n}@x")
    desk.define_export(columns=["name"], order=["name"])
    path = desk.folder / "out"
    path.write_text("former\n")
    run = request_export(desk.conn, "people")
    killed(desk, moment, run, path)
    whole = "name\n" + "".join(f"{name}\n" for name in sorted(f"P{n}" for n in range(500)))
    assert (
        sorted(path.read_text().splitlines()) == sorted(whole.splitlines())
        if moment == "renamed"
        else path.read_text() == "former\n"
    )
    done = run_export(desk.url, run, to=path)
    assert (done.state, done.rows) == ("done", 500)
    assert sorted(path.read_text().splitlines()) == sorted(whole.splitlines())
    assert [found.name for found in desk.folder.iterdir() if not found.name.endswith(".log")] == [
        "out"
    ]


def test_reader_never_sees_half_a_file(desk: Shop) -> None:
    """Somebody who polls the folder sees the former file or the whole new one."""
    import threading

    from runner.batch.exporter import request_export, run_export

    desk.conn.execute(
        "insert into api.shop_person (name, email) select 'P' || n, n::text from generate_series(1, 20000) as n"
    )
    desk.define_export(columns=["name", "email"])
    path = desk.folder / "out"
    path.write_bytes(b"")
    seen: set[int] = set()
    over = threading.Event()

    def poll() -> None:
        while not over.is_set():
            seen.add(path.stat().st_size)

    poller = threading.Thread(target=poll)
    poller.start()
    run_export(desk.url, request_export(desk.conn, "people"), to=path)
    over.set()
    poller.join()
    assert seen <= {0, path.stat().st_size}


def test_runner_killed_in_a_folder(workplace: Workplace, desk: Shop) -> None:
    """Killed again and again: each file is loaded once and ends where it belongs."""
    folder = desk.folder / "watched"
    desk.define(match=["email"], folder=str(folder))
    for place in ("in", "work", "done", "failed"):
        (folder / place).mkdir(parents=True)
    for n in range(6):
        rows = "".join(f"P{n}-{m},p{n}-{m}@x\n" for m in range(3000))
        (folder / "in" / f"{n}.csv").write_text(f"name,email\n{rows}")
    for turn in range(4):
        runner = workplace.start(f"r{turn}", listening=None)
        time.sleep(2.5 + turn * 0.7)
        runner.kill()
        workplace.let_leases_run_out()
    workplace.start("last")
    ended(desk, 6)
    until(
        lambda: not list((folder / "work").iterdir()) and not list((folder / "in").iterdir()),
        "files to be put away",
    )
    runs = desk.all("select state, inserted from batch.import_run_status order by run")
    assert [run["state"] for run in runs] == ["done"] * 6, runs
    assert desk.one("select count(*) from api.shop_person") == 18000
    assert desk.one("select count(*) from feed.change where operation = 'U'") == 0
    assert len(list((folder / "done").iterdir())) == 6
    assert staging(desk) == 0
