"""W14: rules run the same for records that come by the web service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from tests.fix_database import Database
from tests.fix_web import WebServer, serving

SHOW = {"Prefer": "return=representation"}


@pytest.fixture
def ruled(own_web_database: Database, tmp_path: Path) -> Iterator[WebServer]:
    """A server on a helpdesk that refuses tickets about nothing and numbers the urgent ones."""
    rules = {
        "nothing": {
            "class": "ticket", "event": "before_insert",
            "when": "{{column.subject}} = 'nothing'", "refuse": "a ticket is about something",
        },
        "hurry": {
            "class": "ticket", "event": "before_insert",
            "when": "{{column.subject}} like 'URGENT%'", "set": {"priority": "1"},
        },
    }  # fmt: skip
    with own_web_database.connect() as conn:
        for code, definition in rules.items():
            conn.execute(
                "select flow.set_rule(m.id, %s, %s) from meta.model as m where m.code = 'helpdesk'",
                (code, Jsonb(definition)),
            )
    with serving(own_web_database, tmp_path) as served:
        yield served


def test_rules_run(ruled: WebServer, own_web_database: Database) -> None:
    """One refuses, one sets a value, one after saving stores its task with the record."""
    ann = ruled.client("web_ann")
    refused = ann.post("/helpdesk_ticket", json={"subject": "nothing"})
    assert (refused.status_code, refused.json()["code"]) == (400, "PG504")
    assert refused.json()["message"] == "a ticket is about something"
    urgent = ann.post("/helpdesk_ticket?select=priority", json={"subject": "URGENT"}, headers=SHOW)
    assert urgent.json() == [{"priority": 1}]
    with own_web_database.connect() as conn:
        tasks = "select count(*) from queue.task where kind = 'rule'"
        [(before,)] = conn.execute(tasks).fetchall()
        answered = {"subject": "Mail", "channel": "mail", "from_address": "c1@example.org"}
        assert ann.post("/helpdesk_ticket", json=answered).status_code == 201
        assert conn.execute(tasks).fetchall() == [(before + 1,)]


def test_a_query_is_read_and_not_written(ruled: WebServer) -> None:
    """W04: the view of a stored query, with filters; it takes no records."""
    with_right = ruled.client("web_ann")
    path = "/helpdesk_open_tickets?select=number,customer&priority=eq.1&order=number"
    assert len(with_right.get(path).json()) == 12
    refused = with_right.post("/helpdesk_open_tickets", json={"subject": "x"})
    assert refused.status_code == 405
    assert refused.json()["code"] == "PG610"
