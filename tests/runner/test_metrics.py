"""Metrics: what is told is what is there, by the library's own parser; and to whom it is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from runner.metrics.database import UP, samples
from runner.metrics.process import HELD, REQUESTS, TASKS, registry
from runner.paths import examples_dir
from tests.fix_database import Database
from tests.fix_runner import Workplace, until
from tests.fix_web import free_port, serving

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "operations.md"
Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(text: str) -> Figures:
    """Samples by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told(database: Database) -> Figures:
    """What a process would serve."""
    return parsed(generate_latest(registry(lambda: database.url)).decode())


def figure(figures: Figures, name: str, **labels: str) -> float:
    """One of them."""
    return figures[name, frozenset(labels.items())]


def pgears(database: Database, folder: Path, *arguments: str) -> str:
    """What a command prints."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env={**clean, "PGEARS_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def facts(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A queue, mails and a runner in many states."""
    with database.connect() as conn:
        conn.execute(
            """
            select queue.register_kind('demo');
            insert into queue.task (kind, created) select 'demo', now() - interval '90 seconds' * n
            from generate_series(1, 4) as n order by n desc;
            insert into queue.task (kind, state, due)
            values ('demo', 'delayed', core.now() - interval '20 seconds');
            insert into queue.dead (id, kind, payload, lane, attempts, error, created)
            select 1000 + n, 'demo', '{}', 1, 10, 'no', now() from generate_series(1, 3) as n;
            insert into queue.finished (id, kind, payload, lane, attempts, outcome, created)
            select 2000 + n, 'demo', '{}', 1, 1, 'done', now() from generate_series(1, 50) as n;
            select queue.start_runner('one');
            update queue.runner set listening = 'deaf';
            select mail.send(p_to => 'a@example.org', p_subject => 's', p_body => 'b')
            from generate_series(1, 5);
            update mail.message set state = 'unknown' where id = 1;
            update mail.message set state = 'sent', settled = now() where id = 2;
            update mail.message set created = now() - interval '10 minutes' where id = 3;
            update mail.account set secret_expires = '2031-01-02';
            """
        )
        yield conn


def test_figures_are_the_facts(database: Database, facts: psycopg.Connection[Any]) -> None:
    """Each number is the one that a look at the tables gives."""
    found = told(database)
    assert figure(found, "pgears_database_up") == 1
    assert figure(found, "pgears_tasks", kind="demo", state="ready") == 4
    assert figure(found, "pgears_tasks", kind="demo", state="delayed") == 1
    assert figure(found, "pgears_tasks", kind="mail.send", state="ready") == 5
    assert 350 < figure(found, "pgears_task_oldest_ready_seconds", kind="demo") < 500
    assert 19 < figure(found, "pgears_task_overdue_seconds") < 200
    assert figure(found, "pgears_tasks_dead", kind="demo") == 3
    assert figure(found, "pgears_runners", state="awake") == 1
    assert figure(found, "pgears_runners", state="lost") == 0
    assert figure(found, "pgears_runners_deaf") == 1
    assert figure(found, "pgears_mails", state="unknown") == 1
    assert figure(found, "pgears_mails", state="queued") == 3
    assert 599 < figure(found, "pgears_mail_oldest_unsent_seconds") < 800
    expires = facts.execute("select extract(epoch from '2031-01-02'::date)::float8").fetchone()
    assert expires is not None
    assert figure(found, "pgears_secret_expires_timestamp_seconds", of="account sink") == expires[0]
    (size,) = facts.execute("select pg_database_size(current_database())").fetchone() or (0,)
    assert abs(figure(found, "pgears_database_bytes") - size) < 1e6
    assert not any("done" in dict(labels).values() for _, labels in found)


def test_workflows_jobs_and_targets(database: Database, facts: psycopg.Connection[Any]) -> None:
    """Rooms beside queue and mail tell theirs too."""
    facts.execute(
        """
        insert into meta.model (code, name) values ('shop', '{"en": "Shop"}');
        insert into flow.workflow (model_id, code, definition)
        select m.id, 'pack', '{}' from meta.model as m;
        alter table flow.workflow_version disable trigger user;
        insert into flow.workflow_version (workflow_id, version, steps, compiled)
        select w.id, 1, '{}', '{}' from flow.workflow as w;
        insert into flow.instance (workflow_id, version, state, starter, started)
        select w.id, 1, s, 'x', now() from flow.workflow as w, unnest(array[0, 0, 3, 1]) as s;
        insert into flow.job (model_id, code, definition, compiled, next_slot, created)
        select m.id, 'nightly', '{}', '{}', core.now() - interval '5 minutes', now()
        from meta.model as m;
        insert into flow.job_run (job_id, cause, state, created)
        select j.id, 'manual', s, now()
        from flow.job as j, unnest(array['failed', 'done', 'running']) as s;
        insert into flow.job_run (job_id, cause, state, created)
        select j.id, 'manual', 'failed', now() - interval '2 days' from flow.job as j;
        """
    )
    found = told(database)
    assert figure(found, "pgears_workflow_instances", workflow="shop.pack", state="running") == 2
    assert figure(found, "pgears_workflow_instances", workflow="shop.pack", state="failed") == 1
    assert figure(found, "pgears_job_runs", job="shop.nightly", state="running") == 1
    assert figure(found, "pgears_job_runs_failed_last_day", job="shop.nightly") == 1
    assert 299 < figure(found, "pgears_job_late_seconds") < 500


def test_database_that_does_not_answer() -> None:
    """The collection goes on and says so."""
    found = parsed(generate_latest(registry(lambda: "postgresql://127.0.0.1:1/none")).decode())
    assert figure(found, "pgears_database_up") == 0


def test_metrics_of_users_are_not_run(database: Database) -> None:
    """A view of that name in a schema of somebody else is none of ours."""
    with database.connect() as conn:
        conn.execute(
            """
            create schema theirs authorization pgears_runner;
            create view theirs.metric as select 1 / 0 as name;
            alter view theirs.metric owner to pgears_runner
            """
        )
        assert {sample.name for sample in samples(conn)} >= {"pgears_tasks", "pgears_info"}


def test_runner_serves_metrics(workplace: Workplace) -> None:
    """Attempts are counted by kind and outcome; a histogram agrees with what was done."""
    port = free_port()
    workplace.start(metrics_listen=f"127.0.0.1:{port}")
    done = [workplace.enqueue("act") for _ in range(7)]
    failed = workplace.enqueue("fail")
    workplace.wait_for(*done)
    until(lambda: workplace.state(failed) == "delayed", "a failed attempt")

    found = parsed(httpx.get(f"http://127.0.0.1:{port}/metrics").text)
    name = f"{TASKS[0]}_count"
    assert figure(found, name, kind="act", outcome="done") == 7
    assert figure(found, name, kind="fail", outcome="retry") >= 1
    last = figure(found, f"{TASKS[0]}_bucket", kind="act", outcome="done", le="+Inf")
    first = figure(found, f"{TASKS[0]}_bucket", kind="act", outcome="done", le="0.001")
    assert first < last == 7
    assert figure(found, f"{TASKS[0]}_sum", kind="act", outcome="done") >= 7 * 0.002
    assert figure(found, HELD[0]) == 0
    assert figure(found, "pgears_runners", state="lost") == 0
    assert figure(found, "process_resident_memory_bytes") > 1e6
    assert httpx.get(f"http://127.0.0.1:{port}/other").status_code == 404
    assert httpx.post(f"http://127.0.0.1:{port}/metrics").status_code == 405


def test_token_guards_the_runner(workplace: Workplace) -> None:
    """With a token set, metrics ask for it; health does not."""
    port = free_port()
    secret = workplace.folder / "token"
    secret.write_text("s3cret-token\n")
    workplace.start(metrics_listen=f"127.0.0.1:{port}", metrics_token=f"file:{secret}")
    url = f"http://127.0.0.1:{port}"
    assert httpx.get(f"{url}/metrics").status_code == 401
    wrong = {"Authorization": "Bearer s3cret"}
    assert httpx.get(f"{url}/metrics", headers=wrong).status_code == 401
    right = {"Authorization": "Bearer s3cret-token"}
    assert "pgears_tasks" in httpx.get(f"{url}/metrics", headers=right).text
    assert httpx.get(f"{url}/health/live").status_code == 200


def test_web_serves_metrics(web_database: Database, tmp_path: Path) -> None:
    """Requests are counted by method and status; without the token there is nothing."""
    secret = tmp_path / "token"
    secret.write_text("web-token")
    with serving(web_database, tmp_path, metrics_token=f"file:{secret}") as served:
        client = served.client("web_ann")
        for _ in range(3):
            assert client.get("/helpdesk_customer", params={"limit": "1"}).status_code == 200
        assert client.get("/nothing").status_code == 404
        assert client.get("/metrics").status_code == 401
        bearer = {"Authorization": "Bearer web-token"}
        found = parsed(httpx.get(f"{served.url}/metrics", headers=bearer).text)
    name = f"{REQUESTS[0]}_count"
    assert figure(found, name, method="GET", status="404") == 1
    assert figure(found, name, method="GET", status="401") == 1
    assert (
        figure(found, name, method="GET", status="200") >= 4
    )  # and those that asked for readiness
    assert figure(found, "pgears_web_service_on") == 1
    with serving(web_database, tmp_path) as bare:
        assert httpx.get(f"{bare.url}/metrics").status_code == 404


def catalogue(database: Database) -> dict[str, tuple[str, str]]:
    """Kind and help of every metric of ours."""
    with database.connect() as conn:
        found = {sample.name: (sample.kind, sample.help) for sample in samples(conn)}
    found[UP[0]] = ("gauge", UP[1])
    found[HELD[0]] = ("gauge", HELD[1])
    for name, help, _ in (TASKS, REQUESTS):
        found[name] = ("histogram", help)
    return found


def test_docs_list_every_metric(database: Database) -> None:
    """The table of docs/operations.md is what the source says."""
    wanted = [
        f"| `{name}` | {kind} | {help} |"
        for name, (kind, help) in sorted(catalogue(database).items())
    ]
    listed = [line for line in DOCS.read_text().splitlines() if line.startswith("| `pgears_")]
    assert listed == wanted, "\n" + "\n".join(wanted)


def test_alerts_name_metrics_that_exist(database: Database) -> None:
    """The example is YAML of the form that Prometheus reads, and each alert is in the docs."""
    groups = yaml.safe_load((examples_dir() / "prometheus" / "alerts.yml").read_text())["groups"]
    known = {
        name + suffix
        for name, (kind, _) in catalogue(database).items()
        for suffix in (("_bucket", "_count", "_sum") if kind == "histogram" else ("",))
    }
    docs = DOCS.read_text()
    alerts = [rule for group in groups for rule in group["rules"]]
    assert len(alerts) > 10
    for rule in alerts:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        named = set(re.findall(r"\bpgears_\w+", rule["expr"]))
        assert named, rule["alert"]
        assert named <= known, rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "action"}
        assert re.fullmatch(r"\d+[smh]", rule["for"])
        assert f"| `{rule['alert']}` |" in docs, rule["alert"]
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_prometheus_reads_the_alerts() -> None:
    """Every expression is one, by the program of Prometheus itself."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: it comes with Prometheus")
    rules = examples_dir() / "prometheus" / "alerts.yml"
    done = subprocess.run(
        [promtool, "check", "rules", "--lint=all", "--lint-fatal", str(rules)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    number = len(re.findall(r"^ *- alert:", rules.read_text(), re.MULTILINE))
    assert f"SUCCESS: {number} rules found" in done.stdout


def test_command(database: Database, facts: psycopg.Connection[Any], tmp_path: Path) -> None:
    """`pgears metrics` prints them for people and as JSON."""
    found = json.loads(pgears(database, tmp_path, "metrics", "--json"))
    dead = [sample for sample in found if sample["name"] == "pgears_tasks_dead"]
    assert [(sample["labels"], sample["value"]) for sample in dead] == [({"kind": "demo"}, 3)]
    assert re.search(r"pgears_tasks_dead +kind=demo +3 *\n", pgears(database, tmp_path, "metrics"))
