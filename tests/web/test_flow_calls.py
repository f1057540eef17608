"""Scripts, workflows, events, imports and exports by web service: three locks, results, states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.fix_database import Database
from tests.fix_web import ROLES, WebServer

WAITS = {
    "start": {"kind": "start", "next": "hear"},
    "hear": {"kind": "event", "event": "come", "next": "end", "web_service": True},
    "end": {"kind": "end"},
}
CSV = b"name,email\nImported,imported@example.org\nBad,nothing\n"


@pytest.fixture(scope="module")
def outside(web_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Things to call, and a role of Ann's that may."""
    open_, shut = {"web_service": True}, {"web_service": False}
    with web_database.connect() as conn:
        found = conn.execute("select id from meta.model where code = 'helpdesk'").fetchone()
        assert found is not None
        model = found[0]

        def define(function: str, code: str, definition: dict[str, Any]) -> None:
            conn.execute(
                f"select {function}(%s, %s, %s)".encode(), (model, code, Jsonb(definition))
            )

        echo = "result := context -> 'parameters';"
        define("flow.set_script", "echo", {"sql": echo, **open_})
        define("flow.set_script", "inner", {"sql": echo, **shut})
        failing = 'result := \'{"error": "no paper"}\';'
        define("flow.set_script", "failing", {"sql": failing, **open_})
        define("flow.set_workflow", "waiting", {"steps": WAITS, **open_})
        base = {"class": "helpdesk.customer", "match": ["email"]}
        define("batch.set_import", "people", {**base, "web_service": True, "url": True})
        define("batch.set_import", "closed", base)
        define("batch.set_export", "people", {"class": "helpdesk.customer", **open_})
        rights: list[Any] = [
            *({"script": code, "allow": ["execute"]} for code in ("echo", "inner", "failing")),
            {"workflow": "waiting", "allow": ["start", "view"]},
            {"event": "come", "allow": ["raise"]},
            *({"import": code, "allow": ["start"]} for code in ("people", "closed")),
            {"export": "people", "allow": ["start"]},
        ]
        rights.extend(ROLES["web_desk"])
        role = Jsonb({"rights": rights})
        conn.execute("select access.set_role(%s, 'web_desk', %s)", (model, role))
        conn.execute("select meta.rebuild()")
        conn.execute("select access.grant_role('web_ann', 'web_desk')")
        yield conn


def work(conn: psycopg.Connection[Any]) -> None:
    """Do the steps of workflows that are ready, as a runner would."""
    query = (
        "delete from queue.task where kind = 'workflow.step' and state = 'ready' returning payload"
    )
    while steps := conn.execute(query.encode()).fetchall():
        for (payload,) in steps:
            conn.execute("select flow.run_step(%s)", (Jsonb(payload),))


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


@pytest.mark.usefixtures("outside")
def test_script(web: WebServer, ann: httpx.Client) -> None:
    """Parameters arrive, the result comes back; flag, right and error each say what is wrong."""
    call = {"code": "echo", "parameters": {"what": "ä", "n": 1}}
    assert ann.post("/rpc/run_script", json=call).json() == {"what": "ä", "n": 1}
    assert told(ann.post("/rpc/run_script", json={"code": "inner"})) == (403, "PG561")
    assert told(web.client("web_ben").post("/rpc/run_script", json=call)) == (403, "PG560")
    failed = ann.post("/rpc/run_script", json={"code": "failing"})
    assert (failed.status_code, failed.json()["message"]) == (400, "no paper")
    assert told(ann.post("/rpc/run_script", json={"code": "none"})) == (404, "PG501")


def test_workflow_and_event(
    outside: psycopg.Connection[Any], web: WebServer, ann: httpx.Client
) -> None:
    """Started by id, its state by name; an event tells how many go on."""
    instance = ann.post("/rpc/start_workflow", json={"code": "waiting"}).json()
    work(outside)
    state = ann.get(f"/rpc/workflow_state?id={instance}").json()
    assert "running" in str(state)
    assert ann.post("/rpc/raise_event", json={"code": "come"}).json() == 1
    work(outside)
    assert "finished" in str(ann.get(f"/rpc/workflow_state?id={instance}").json())
    ben = web.client("web_ben")
    assert told(ben.post("/rpc/start_workflow", json={"code": "waiting"})) == (403, "PG560")
    assert told(ben.post("/rpc/raise_event", json={"code": "come"})) == (403, "PG560")


def test_import(outside: psycopg.Connection[Any], web: WebServer, ann: httpx.Client) -> None:
    """By web service and by URL: a run whose result can be read; flag and right are asked."""
    body = {"name": "a.csv", "content": "\\x" + CSV.hex()}
    run = ann.post("/rpc/import_content", json={"code": "people", **body}).json()
    row = ann.get(f"/import_run?run=eq.{run}&select=import,file,state,account").json()
    assert row == [
        {"import": "helpdesk.people", "file": "a.csv", "state": "waiting", "account": "web_ann"}
    ]
    assert told(ann.post("/rpc/import_content", json={"code": "closed", **body})) == (403, "PG561")
    ben = web.client("web_ben")
    assert ben.post("/rpc/import_content", json={"code": "people", **body}).status_code == 403
    assert ben.get(f"/import_run?run=eq.{run}").json() == []

    started = ann.post("/import/people?name=b.csv", content=CSV + b"\n")
    assert started.text.startswith("OK ")
    by_form = ann.post("/import/people", files={"file": ("c.csv", CSV + b"\n\n", "text/csv")})
    assert by_form.text.startswith("OK ")
    files = outside.execute(
        "select file from batch.import_run_status where run = any (%s) order by run",
        ([int(answer.text[3:]) for answer in (started, by_form)],),
    ).fetchall()
    assert files == [("b.csv",), ("c.csv",)]
    for refused in (
        ann.post("/import/closed", content=CSV),
        ben.post("/import/people", content=CSV),
    ):
        assert refused.status_code == 403
        assert refused.text.startswith("ERROR: ")
    assert ann.get("/import/people").status_code == 200


@pytest.mark.usefixtures("outside")
def test_export(web: WebServer, ann: httpx.Client) -> None:
    """Started with the right, and seen by who started it."""
    run = ann.post("/rpc/run_export", json={"code": "people"}).json()
    assert ann.get(f"/export_run?run=eq.{run}&select=export,account").json() == [
        {"export": "helpdesk.people", "account": "web_ann"}
    ]
    ben = web.client("web_ben")
    assert ben.post("/rpc/run_export", json={"code": "people"}).status_code == 403
