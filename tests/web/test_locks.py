"""Three locks, each alone: the instance's switch, the flag of the class, the right of the role."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.model.views import update_views
from tests.fix_database import Database
from tests.fix_meta import Definitions
from tests.fix_runner import ROOT, until
from tests.fix_web import WebServer, serving

PATH = "/helpdesk_ticket?select=id&limit=1"


@pytest.fixture
def locked(own_web_database: Database, tmp_path: Path) -> Iterator[WebServer]:
    """A server on a database whose locks may be turned."""
    with serving(own_web_database, tmp_path) as served:
        yield served


@pytest.fixture
def conn(own_web_database: Database) -> Iterator[psycopg.Connection]:
    """The administrator."""
    with own_web_database.connect() as connection:
        yield connection


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else ""


def test_each_lock_by_itself(locked: WebServer, conn: psycopg.Connection) -> None:
    """Any one of the three refuses, with an error of its own; with all on it answers."""
    ann = locked.client("web_ann")
    assert told(ann.get(PATH)) == (200, "")

    conn.execute("select core.set_web_service(false)")
    assert told(ann.get(PATH)) == (503, "PG600")
    assert told(ann.post("/helpdesk_ticket", json={"subject": "x"})) == (503, "PG600")
    assert told(ann.get("/")) == (503, "PG600")
    assert "pgears web on" in ann.get(PATH).json()["hint"]
    conn.execute("select core.set_web_service(true)")

    conn.execute("update meta.class set web_service = false where code = 'ticket'")
    until(lambda: told(ann.get(PATH)) == (403, "PG601"), "the flag")
    for answer in (
        ann.get(PATH),
        ann.post("/helpdesk_ticket", json={"subject": "x"}),
        ann.patch(PATH, json={"subject": "x"}),
        ann.delete(PATH),
        ann.get("/helpdesk_customer?select=id,helpdesk_ticket(id)"),
    ):
        assert told(answer) == (403, "PG601")
    assert "/helpdesk_ticket" not in ann.get("/").json()["paths"]
    conn.execute("update meta.class set web_service = true where code = 'ticket'")
    assert told(ann.get(PATH)) == (200, "")  # before it says no, the service looks again

    conn.execute("select access.revoke_role('web_ann', 'web_desk')")
    assert told(ann.get(PATH)) == (403, "42501")
    conn.execute("select access.grant_role('web_ann', 'web_desk')")
    assert told(ann.get(PATH)) == (200, "")


def test_the_flag_of_a_class_between(locked: WebServer, conn: psycopg.Connection) -> None:
    """A class that only connects two others tells its rows, so its flag is asked as well."""
    references = {code: {"type": "reference", "class": code} for code in ("customer", "agent")}
    Definitions(conn).create_class(
        "helpdesk.meeting", references, keys=[["customer", "agent"]], web_service=True
    )
    conn.execute("update meta.class set web_service = true where code = 'agent'")
    update_views(conn)
    rights = {"rights": [{"class": "meeting", "allow": ["read", "insert"]}]}
    conn.execute(
        "select access.set_role(m.id, 'meets', %s) from meta.model as m where m.code = 'helpdesk'",
        (Jsonb(rights),),
    )
    conn.execute("select access.grant_role('web_ann', 'meets')")
    ann = locked.client("web_ann")
    assert ann.post("/helpdesk_meeting", json={"customer": 1, "agent": 2}).status_code == 201
    path = "/helpdesk_customer?id=eq.1&select=helpdesk_agent!helpdesk_meeting(id)"
    assert ann.get(path).json() == [{"helpdesk_agent": [{"id": 2}]}]
    conn.execute("update meta.class set web_service = false where code = 'meeting'")
    until(lambda: told(ann.get("/helpdesk_meeting")) == (403, "PG601"), "the flag")
    assert told(ann.get(path)) == (403, "PG601")


def test_a_reader_reads_only(locked: WebServer) -> None:
    """The right is that of the operation."""
    ben = locked.client("web_ben")
    assert told(ben.get(PATH)) == (200, "")
    assert told(ben.post("/helpdesk_ticket", json={"subject": "x"})) == (403, "42501")
    assert told(ben.patch("/helpdesk_ticket?id=eq.1", json={"subject": "x"})) == (403, "42501")
    assert told(ben.delete("/helpdesk_ticket?id=eq.1")) == (403, "42501")


def test_a_suspended_account(locked: WebServer, conn: psycopg.Connection) -> None:
    """It counts from the next request on, whatever its token says."""
    ann = locked.client("web_ann")
    assert told(ann.get(PATH)) == (200, "")
    conn.execute("select access.suspend_account('web_ann')")
    try:
        assert told(ann.get(PATH)) == (403, "PG603")
    finally:
        conn.execute("select access.resume_account('web_ann')")
    assert told(ann.get(PATH)) == (200, "")


def test_the_switch_by_command(
    locked: WebServer, own_web_database: Database, tmp_path: Path
) -> None:
    """`pgears web off`, `on`, `status` and `token`."""

    def pgears(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "runner", "web", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PGEARS_DATABASE_URL": own_web_database.url, "PYTHONPATH": str(ROOT),
                 "PGEARS_WEB_JWT_SECRET": "a secret of the tests, longer than 32 bytes"},
            capture_output=True,
            text=True,
            check=True,
        )  # fmt: skip
        return done.stdout.strip()

    bearer = {"Authorization": f"Bearer {pgears('token', 'web_ann', '--hours', '1')}"}
    assert told(locked.client().get(PATH, headers=bearer)) == (200, "")
    assert pgears("off") == "the web service is off"
    assert told(locked.client().get(PATH, headers=bearer)) == (503, "PG600")
    assert '"on": false' in pgears("status", "--json")
    assert pgears("on") == "the web service is on"
    assert told(locked.client().get(PATH, headers=bearer)) == (200, "")
