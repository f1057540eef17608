"""Pages in tests: people who log in with a password, and forms filled as a browser does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from .fix_database import Database
from .fix_runner import PATIENCE
from .fix_web import WebServer

PASSWORD = "a password of the tests"
HIDDEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Visitor:
    """Somebody who is logged in."""

    http: httpx.Client
    csrf: str = ""

    def get(self, address: str, **how: Any) -> httpx.Response:
        """A page; the form token of the session is kept."""
        answer = self.http.get(address, **how)
        found = (
            HIDDEN.search(answer.text) if "html" in answer.headers.get("content-type", "") else None
        )
        self.csrf = unescape(found[1]) if found else self.csrf
        return answer

    def post(self, address: str, data: dict[str, Any], **how: Any) -> httpx.Response:
        """A form with the token of the session."""
        return self.http.post(address, data={"csrf": self.csrf, **data}, **how)


def log_in(server: WebServer, login: str, password: str = PASSWORD) -> Visitor:
    """A visitor with a session of this account."""
    http = httpx.Client(base_url=server.url, timeout=PATIENCE)
    server.clients.append(http)
    answer = http.post("/pages/login", data={"login": login, "password": password})
    assert answer.status_code == 303, answer.text
    visitor = Visitor(http)
    visitor.get("/pages/")
    return visitor


def give_password(conn: psycopg.Connection[Any], *logins: str) -> None:
    """Let accounts log in with the password of the tests."""
    for login in logins:
        conn.execute(f"alter role {login} login password '{PASSWORD}'")


def settle_roles(conn: psycopg.Connection[Any]) -> None:
    """Give the copy of a database group roles of its own, as after a restore."""
    conn.execute("select meta.rebuild()")
    conn.execute("select access.grant_role('web_ann', 'web_desk')")
    conn.execute("select access.grant_role('web_ben', 'web_look')")


@pytest.fixture(scope="session")
def visitors(web: WebServer, web_database: Database) -> dict[str, Visitor]:
    """Ann, who may all, Ben, who reads customers and tickets, and Nobody."""
    with web_database.connect() as conn:
        settle_roles(conn)
        give_password(conn, "web_ann", "web_ben", "web_nobody")
        conn.execute(
            "select web.set_page(id, 'ticket', %s) from meta.model where code = 'helpdesk'",
            (
                Jsonb(
                    {
                        "list": ["number", "subject", "customer", "priority", "status"],
                        "order": "number",
                        "search": ["number", "subject"],
                        "prefill": True,
                    }
                ),
            ),
        )
    return {name: log_in(web, f"web_{name}") for name in ("ann", "ben", "nobody")}


@pytest.fixture
def anna(visitors: dict[str, Visitor]) -> Visitor:
    """Who may all."""
    return visitors["ann"]


@pytest.fixture
def ben(visitors: dict[str, Visitor]) -> Visitor:
    """Who may read."""
    return visitors["ben"]
