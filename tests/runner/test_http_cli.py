"""The commands `pgears http`, targets in model files, and who may call."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.errors import UserError
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.file import load
from runner.paths import PACKAGE
from tests.fix_database import Database
from tests.peers.target import Reply, Target

from .http_parts import Calls
from .test_cli import Run, pgears

__all__ = ["pgears"]

MODEL = """
model: shop
classes:
  order:
    columns:
      number: {type: text}
targets:
  erp:
    url: https://erp.example/api
    urls: {test: "https://sandbox.erp.example"}
    auth: oauth2
    token_url: https://login.example/token
    client_id: pgears
    secret: env:ERP_SECRET
    signing_secrets: ["file:/run/secrets/erp"]
    retry_unknown: true
    per_minute: 600
    allow: [10.1.0.0/16, erp.internal]
rules:
  tell:
    class: order
    event: after_insert
    call: {target: erp, path: "/orders/{{column.number}}", json: {record: "{{record}}"}}
workflows:
  sync:
    class: order
    steps:
      start: {kind: start, next: call}
      call: {kind: http, target: shop.erp, method: PUT, path: "/state/{{record.uid}}",
             json: {by: "{{column.creator}}"}, into: erp, next: end,
             outcomes: {404: end}, on_error: end, deadline: 1 day, on_deadline: end}
      end: {kind: end}
jobs:
  nightly:
    cron: "0 2 * * *"
    steps:
      - {url: "https://erp.example/api/refresh"}
      - {http: {target: erp, path: /close, json: {}}}
"""


def test_targets_in_a_model_file(database: Database, tmp_path: Path) -> None:
    """Applied, planned again, dumped and planned from the dump: nothing to do; then dropped."""
    path = tmp_path / "model.yaml"

    def written(text: str) -> Any:
        path.write_text(text)
        return load(path)

    with database.connect() as conn:
        steps = [step.object for step in apply(conn, written(MODEL))]
        assert {"shop.erp", "shop.tell", "shop.sync", "shop.nightly"} <= set(steps)
        assert plan(conn, written(MODEL)) == []
        assert plan(conn, written(dump(conn, "shop"))) == []

        with pytest.raises(UserError, match="authentication by bearer needs") as refused:
            apply(conn, written(MODEL.replace("auth: oauth2", "auth: bearer").replace(
                "    secret: env:ERP_SECRET\n", "")))  # fmt: skip
        assert "model.yaml:" in str(refused.value)
        without = MODEL[: MODEL.index("targets:")] + MODEL[MODEL.index("rules:") :]
        with pytest.raises((UserError, psycopg.Error)):
            apply(conn, written(without), allow_destructive=True)

        apply(conn, written(MODEL[: MODEL.index("targets:")]), allow_destructive=True)
        assert conn.execute("select count(*) from http.target_status").fetchone() == (0,)


def test_example_of_the_documentation(database: Database, tmp_path: Path) -> None:
    """What docs/http.md shows is a model that can be applied."""
    (shown,) = re.findall(
        r"```yaml\n(.*?)```", (PACKAGE.parent / "docs" / "http.md").read_text(), re.DOTALL
    )
    columns = "{total: {type: decimal}, number: {type: text}}"
    path = tmp_path / "model.yaml"
    path.write_text(f"model: shop\nclasses: {{order: {{columns: {columns}}}}}\n{shown}")
    with database.connect() as conn:
        apply(conn, load(path))
        assert plan(conn, load(path)) == []


def test_commands(pgears: Run, calls: Calls, other: Target) -> None:
    def run(*arguments: str) -> Any:
        done = pgears("http", *arguments, "--json", database_url=calls.database.url)
        return json.loads(done.stdout)

    def words(*arguments: str) -> str:
        return pgears("http", *arguments, database_url=calls.database.url).stdout

    assert words("list") == "no call\n"
    calls.define(attempts=1, breaker_failures=0)
    other.answer(Reply(500, "Přetíženo".encode(), {"x-why": "load"}), Reply(drop="before"), 404)
    first = calls.send("/a", text="Ahoj ž")
    calls.work()
    second = calls.send("/b")
    calls.work()
    third = calls.send("/c")
    calls.work()
    assert [(c["id"], c["state"], c["status"]) for c in run("list")] == [
        (first, "dead", 500), (second, "unknown", None), (third, "refused", 404),
    ]  # fmt: skip
    assert [c["path"] for c in run("list", "--state", "dead", "--target", "erp")] == ["/a"]
    assert run("list", "--target", "other") == []

    shown = run("show", str(first))
    assert (shown["body"], shown["response"]) == ("Ahoj ž", "Přetíženo")
    assert shown["response_headers"]["x-why"] == "load"
    assert "Přetíženo" in words("show", str(first))

    assert run("retry") == {"queued": 1}
    assert run("retry", "--state", "refused", "--target", "shop.erp") == {"queued": 1}
    calls.work()
    assert run("resolve", str(second), "done")["state"] == "done"
    assert {c["state"] for c in run("list")} == {"done"}
    assert len(set(other.keys())) == 3

    wrong = pgears("http", "retry", str(first), database_url=calls.database.url)
    assert (wrong.returncode, "is done and cannot be made again" in wrong.stderr) == (1, True)
    missing = pgears("http", "show", "99", database_url=calls.database.url)
    assert (missing.returncode, "no call 99" in missing.stderr) == (1, True)

    waiting = calls.send("/d")
    assert run("cancel", str(waiting))["state"] == "cancelled"
    assert run("retry", str(waiting))["state"] == "queued"

    assert run("guard", "hold")["guard"] == "hold"
    calls.work()
    assert calls.state(waiting) == "held"
    assert "hold" in words("guard")
    (shop,) = run("targets")
    assert (shop["target"], shop["guard"], shop["breaker"], shop["held"]) == (
        "shop.erp", "hold", "closed", 1,
    )  # fmt: skip
    state = json.loads(pgears("status", "--json", database_url=calls.database.url).stdout)
    assert [(t["target"], t["held"]) for t in state["targets"]] == [("shop.erp", 1)]
    assert run("guard", "deliver")["guard"] == "deliver"
    assert run("release", "--target", "erp") == {"released": 1}
    calls.work()
    assert calls.state(waiting) == "done"
    calls.conn.execute("select http.set_retention(p_done => '0')")
    calls.pass_time()
    assert run("prune") == {"deleted": 4}


def test_who_may_call(calls: Calls) -> None:
    """Administrators write and read calls; a role of nobody neither; no secret is in a view."""
    calls.define(auth="bearer", secret="env:ERP_TOKEN")
    calls.send()
    calls.conn.execute("create role http_nobody nologin")
    try:
        calls.conn.execute("set role http_nobody")
        for query in (
            "select http.send('erp', '/x')",
            "select http.retry(1)",
            "select http.answer(1)",
            "select * from http.call_status",
            "select * from http.call_content",
            "select * from http.target",
            "select http.set_guard('deliver')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                calls.conn.execute(query.encode())
        calls.conn.execute("set role pgears_admin")
        assert calls.send() == 2
        assert calls.one("select creator from http.call_status where id = 2") == "pgears_admin"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            calls.conn.execute("select * from http.call")
        calls.conn.execute("set role pgears_runner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            calls.conn.execute("select * from http.call_content")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            calls.conn.execute("select http.set_guard('deliver')")
    finally:
        calls.conn.execute("reset role")
        calls.conn.execute("drop role http_nobody")
