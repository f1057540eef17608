"""Addresses that act: GET shows and changes nothing, POST does it with the account's rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.fix_database import Database
from tests.fix_pages import Visitor
from tests.fix_web import ROLES, WebServer

SCRIPTS = {
    "greet": {
        "sql": "result := flow.set_file('hello.txt', 'text/plain', 'Hi ' || "
        "(context -> 'parameters' ->> 'name'));",
        "url": True,
    },
    "note": {
        "sql": "insert into public.noted values (context -> 'parameters' ->> 'what');",
        "url": True,
    },
    "fail": {"sql": "result := '{\"error\": \"the printer is out of paper\"}';", "url": True},
    "shut": {"sql": "result := '1';"},
    "off": {"sql": "result := '1';", "url": True, "enabled": False},
}  # fmt: skip


@pytest.fixture(scope="module")
def acting(
    web_database: Database, visitors: dict[str, Visitor]
) -> Iterator[psycopg.Connection[Any]]:
    """Scripts that Ann may run, and a table in which one notes that it ran."""
    assert visitors
    with web_database.connect() as conn:
        (model,) = (
            conn.execute("select id from meta.model where code = 'helpdesk'").fetchone() or ()
        )
        conn.execute("create table public.noted (what text)")
        for code, definition in SCRIPTS.items():
            conn.execute("select flow.set_script(%s, %s, %s)", (model, code, Jsonb(definition)))
        rights = [
            *ROLES["web_desk"],
            *({"script": code, "allow": ["execute"]} for code in SCRIPTS),
            {"event": "go", "allow": ["raise"]},
        ]
        conn.execute(
            "select access.set_role(%s, 'web_desk', %s)", (model, Jsonb({"rights": rights}))
        )
        yield conn


def noted(conn: psycopg.Connection[Any]) -> list[str]:
    """What the script wrote down."""
    return [what for (what,) in conn.execute("select what from public.noted").fetchall()]


def test_script_asks_a_person_first(acting: psycopg.Connection[Any], anna: Visitor) -> None:
    """The page says what would run with what; the button runs it."""
    page = anna.get("/run/note?what=from+a+page")
    assert page.status_code == 200
    assert "from a page" in page.text
    assert noted(acting) == []
    done = anna.post("/run/note", {"what": "from a page"})
    assert (done.status_code, done.text) == (200, "OK")
    assert noted(acting) == ["from a page"]
    forged = anna.http.post("/run/note", data={"what": "forged", "csrf": "guess"})
    assert forged.status_code == 403
    assert noted(acting) == ["from a page"]


@pytest.mark.usefixtures("acting")
def test_script_by_a_machine(web: WebServer) -> None:
    """A token and POST: OK, a file, or ERROR and why; the right and the flag are asked."""
    ann, ben = web.client("web_ann"), web.client("web_ben")
    answer = ann.post("/run/greet?name=Ada")
    assert (answer.status_code, answer.text) == (200, "Hi Ada")
    assert "filename*=UTF-8''hello.txt" in answer.headers["content-disposition"]
    assert ann.post("/run/greet", data={"name": "Bob"}).text == "Hi Bob"
    failed = ann.post("/run/fail")
    assert failed.status_code >= 400
    assert failed.text.startswith("ERROR: ")
    assert "out of paper" in failed.text
    for code in ("shut", "off", "none"):
        refused = ann.post(f"/run/{code}")
        assert refused.status_code in (403, 404, 409), code
        assert refused.text.startswith("ERROR: ")
    assert ben.post("/run/greet?name=Ben").status_code == 403
    assert httpx.post(f"{web.url}/run/greet?name=x").status_code in (401, 403)
    assert ann.get("/run/greet?name=Ada").status_code == 200
    assert "Hi Ada" not in ann.get("/run/greet?name=Ada").text


@pytest.mark.usefixtures("acting")
def test_event_by_address(web: WebServer) -> None:
    """The number of branches that go on; scopes by name and by the numbers of older links."""
    ann, ben = web.client("web_ann"), web.client("web_ben")
    assert ann.post("/event/go").text == "0"
    assert ann.post("/event/go?scope=2&id=0").text == "0"
    assert ann.post("/event/go?scope=odd").status_code == 400
    assert ann.post("/event/go?id=x").status_code == 400
    assert ben.post("/event/go").status_code == 403


def test_link_works_once(
    acting: psycopg.Connection[Any], web: WebServer, visitors: dict[str, Visitor]
) -> None:
    """Any number of looks change nothing; the second use says that it was done."""
    assert visitors
    acting.execute("truncate public.noted")
    acting.execute("set role web_ann")
    (token,) = acting.execute(
        "select api.make_link('run_script', 'helpdesk.note', %s)",
        (Jsonb({"parameters": {"what": "once"}}),),
    ).fetchone() or ("",)
    acting.execute("reset role")
    with httpx.Client(base_url=web.url) as http:
        for _ in range(3):
            page = http.get(f"/link/{token}")
            assert page.status_code == 200
            assert re.search(r"<button>[^<]+</button>", page.text)
        assert http.head(f"/link/{token}").status_code == 200
        assert noted(acting) == []
        assert http.post(f"/link/{token}").status_code == 200
        again = http.post(f"/link/{token}")
        assert "done before" in again.text
        assert "<button>" not in again.text.split("<main")[1]
        assert noted(acting) == ["once"]
        assert http.get("/link/guess").status_code in (400, 404)
