"""What only tests of the web service name so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.fix_database import Database
from tests.fix_pages import Visitor
from tests.fix_web import ROLES, WebServer

CLIMB: dict[str, dict[str, Any]] = {
    "start": {"kind": "start", "next": "count"},
    "count": {"kind": "set", "set": {"n": "{{variables.n}}::int + 1"}, "next": "enough"},
    "enough": {
        "kind": "condition", "when": "{{variables.n}}::int >= 3", "yes": "fork", "no": "count",
    },
    "fork": {"kind": "parallel", "branches": ["rest", "hear", "check"], "next": "ask"},
    "rest": {"kind": "timer", "wait": "1 day", "next": "join"},
    "hear": {
        "kind": "event", "event": "call-{{record.id}}", "deadline": "2 days",
        "next": "join", "on_deadline": "check",
    },
    "check": {"kind": "set", "set": {"checked": "true"}, "next": "join"},
    "join": {"kind": "join"},
    "ask": {
        "kind": "task", "assignee": "web_ann", "subject": "Look",
        "outcomes": {"good": "end", "again": "count"},
    },
    "end": {"kind": "end"},
}  # fmt: skip
FALL: dict[str, dict[str, Any]] = {
    "start": {"kind": "start", "next": "stumble"},
    "stumble": {"kind": "script", "script": "stumble", "attempts": 1, "next": "end"},
    "end": {"kind": "end"},
}


@pytest.fixture(scope="session")
def shop(web: WebServer) -> httpx.Client:
    """A client of schema shop."""
    return web.client("web_ann", **{"Accept-Profile": "shop", "Content-Profile": "shop"})


@dataclass
class Drawn:
    """An instance of climb, which waits, and one of fall, which has failed, about a record."""

    waits: int
    failed: int
    record: int


@pytest.fixture(scope="module")
def drawn(web_database: Database, visitors: dict[str, Visitor]) -> Drawn:
    """Workflows with branches, a circle and a step that fails; Ann may view them, Ben may not."""
    assert visitors
    with web_database.connect() as conn:
        model = _one(conn, "select id from meta.model where code = 'helpdesk'")
        stumble = {"sql": "raise exception 'the stair is missing';"}
        conn.execute("select flow.set_script(%s, 'stumble', %s)", (model, Jsonb(stumble)))
        climb = {"class": "ticket", "steps": CLIMB, "variables": {"n": 0}}
        for code, definition in (("climb", climb), ("fall", {"class": "ticket", "steps": FALL})):
            conn.execute("select flow.set_workflow(%s, %s, %s)", (model, code, Jsonb(definition)))
        rights: list[object] = [{"workflow": code, "allow": ["view"]} for code in ("climb", "fall")]
        rights.extend(ROLES["web_desk"])
        conn.execute(
            "select access.set_role(%s, 'web_desk', %s)", (model, Jsonb({"rights": rights}))
        )
        record = _one(conn, "select min(id) from api.helpdesk_ticket")
        start = "select api.start_workflow(%s, %s)"
        drawn = Drawn(
            waits=_one(conn, start, "helpdesk.climb", record),
            failed=_one(conn, start, "helpdesk.fall", record),
            record=record,
        )
        work(conn)
        return drawn


def work(conn: psycopg.Connection[Any]) -> None:
    """Do the steps of workflows that are due, as a runner does."""
    while rows := conn.execute(
        "delete from queue.task where kind = 'workflow.step' and state = 'ready' returning payload"
    ).fetchall():
        for (payload,) in rows:
            conn.execute("select flow.run_step(%s)", (Jsonb(payload),))


def _one(conn: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]
