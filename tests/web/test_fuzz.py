"""Whatever is sent: never a 5xx, never another's rows, never SQL out of a value."""

# ruff: noqa: E501 - examples

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fix_database import Database
from tests.fix_web import WebServer
from tests.fuzz import CALM as calm

CALM = settings(calm, max_examples=150)
OPERATORS = [
    "eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch", "in", "is",
    "isdistinct", "fts", "plfts", "phfts", "wfts", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl",
    "adj", "not.eq", "not.in", "like(any)", "eq(all)", "fts(simple)",
]  # fmt: skip
COLUMNS = [
    "id", "name", "born", "tags", "data", "data->x", "data->>s", "wage", "colour", "shift", "about",
    "vector", "nope", "badge", '"na""me"', "id;drop", "assignment.hours", "*",
]  # fmt: skip
EVIL = [
    "'", "''", "'; drop table shop.person; --", "1 or 1=1", "$1", "%s", "{}", "{1", "(1,2)", "\\",
    '"', '")', "null", "NaN", "infinity", "9" * 60, "-1", "a'||'b", "\u2028", "\U0001f4a9",
    "{\"a\":", "1::int", "/*", "--", "E'\\n'", "(((", "pg_sleep(9)", "\x7f", "[1,2)", "2024-13-45",
]  # fmt: skip
VALUES = st.sampled_from(EVIL) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=20
)


def sane(answer: httpx.Response) -> None:
    """Answered, or refused with the four keys."""
    assert answer.status_code < 500, (answer.request.url, answer.text)
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert set(answer.json()) == {"code", "message", "details", "hint"}


@CALM
@given(column=st.sampled_from(COLUMNS), operator=st.sampled_from(OPERATORS), value=VALUES)
def test_filters(shop: httpx.Client, column: str, operator: str, value: str) -> None:
    """Any comparison of any column."""
    sane(shop.get("/person?" + urlencode({column: f"{operator}.{value}", "limit": "2"})))


@CALM
@given(
    name=st.sampled_from(
        ["select", "order", "limit", "offset", "and", "or", "not.and", "badge.order", "on_conflict",
         "columns", "badge.limit"]
    ),
    value=VALUES,
)  # fmt: skip
def test_parameters(shop: httpx.Client, name: str, value: str) -> None:
    """Any value of the parameters with a meaning."""
    sane(shop.get("/person?" + urlencode({"select": "*,badge(*)", name: value})))


@CALM
@given(path=VALUES, query=VALUES)
def test_paths(shop: httpx.Client, path: str, query: str) -> None:
    """Any path and query string."""
    sane(shop.get("/" + quote(path, safe="/") + "?" + quote(query, safe="=&")))
    sane(shop.get("/rpc/" + quote(path, safe="") + "?" + quote(query, safe="=&")))


@CALM
@given(value=VALUES)
def test_values_are_compared_whole(shop: httpx.Client, value: str) -> None:
    """A value that is stored is found by eq, in, and within a tree; nothing else is."""
    made = shop.post(
        "/person?select=id,name",
        json={"name": f"fuzz {value}"},
        headers={"Prefer": "return=representation"},
    )
    if made.status_code == 409:
        return
    assert made.status_code == 201, made.text
    [row] = made.json()
    assert row["name"] == f"fuzz {value}"
    quoted = '"' + row["name"].replace("\\", "\\\\").replace('"', '\\"') + '"'
    for query in (
        {"name": f"eq.{row['name']}"},
        {"name": f"in.({quoted})"},
        {"or": f"(name.eq.{quoted},id.is.null)"},
    ):
        found = shop.get("/person?" + urlencode({**query, "select": "id"}))
        assert found.json() == [{"id": row["id"]}], (query, found.text)
    assert shop.delete(f"/person?id=eq.{row['id']}").status_code == 204


FINITE = st.floats(allow_nan=False, allow_infinity=False)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(VALUES, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from([*COLUMNS[:8], "x"]), BODIES, max_size=4)


@CALM
@given(body=BODIES | RECORDS | st.lists(RECORDS, max_size=3))
def test_bodies(shop: httpx.Client, body: Any) -> None:
    """Any JSON as records or arguments; rolled back with what it meets, or stored."""
    sane(shop.post("/badge", json=body))
    sane(shop.post("/rpc/add", json=body))
    sane(shop.patch("/person?id=eq.-1", json=body))


SENDABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip)
HEADERS = [
    "Range", "Range-Unit", "Prefer", "Accept", "Accept-Language", "Accept-Profile", "Cookie",
    "Content-Range", "Content-Type", "Idempotency-Key", "If-Match", "Origin", "X-Forwarded-For",
]  # fmt: skip
WORDS = st.sampled_from(
    ["0-", "5-1", "items=0-9", "bytes", "9" * 30, "return=representation", "count=exact", "tx=commit",
     "max-affected=-1", "timezone=../x", "*/*;q=", "application/vnd.pgrst.object", "text/csv", ",,,", "=",
     "pgears_session=", "a=b; c", '"', "$Version=1", "public", "'", "\\", "*"]
)  # fmt: skip


@CALM
@given(
    headers=st.dictionaries(st.sampled_from(HEADERS), SENDABLE | WORDS, max_size=5),
    method=st.sampled_from(["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT", "TRACE"]),
)
def test_headers(shop: httpx.Client, headers: dict[str, str], method: str) -> None:
    """Any headers, on any method; nothing is matched by the filter."""
    answer = shop.request(method, "/person?id=eq.-1", headers=headers, content=b"[]")
    assert answer.status_code < 500 or answer.status_code == 501, (headers, answer.text)


@CALM
@given(token=SENDABLE | WORDS, query=SENDABLE)
def test_pages_and_links(web: WebServer, token: str, query: str) -> None:
    """Any session and any token of a link, for people and for machines: no page of a fault."""
    with httpx.Client(base_url=web.url) as client:
        cookie = {"Cookie": f"pgears_session={token};"}
        for path in (
            "/pages/",
            f"/link/{quote(token, safe='')}",
            f"/pages/helpdesk/ticket?{query}",
        ):
            for accept in ("text/html", "application/json"):
                answer = client.get(quote(path, safe="/%?=&"), headers={**cookie, "Accept": accept})
                assert answer.status_code < 500, (path, answer.text)
        form = {"csrf": token, "login": query, "password": token}
        assert client.post("/pages/login", data=form, headers=cookie).status_code < 500


PATTERNS = [
    "(a+)+$", "(a|a)*b", "(.*)*(.*)*(.*)*x", "((((a{0,100}){0,100}){0,100}){0,100})", "(a*)*\\1",
    "a{1000}{1000}", "[[:alpha:]]{255}{255}", "(" * 5000, "\\", "(?=.*){9}", "x" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern[:20])
def test_patterns(shop: httpx.Client, pattern: str) -> None:
    """The regular expressions of PostgreSQL: refused, answered, or ended by the time-out."""
    made = shop.post("/person", json={"name": "fuzz " + "a" * 60})
    assert made.status_code == 201
    query = urlencode({"name": f"match.{pattern}", "limit": "1"})
    answer = shop.get(f"/person?{query}") if len(query) < 60_000 else None
    shop.delete("/person?name=like.fuzz*")
    if answer is not None:
        assert answer.status_code < 500 or answer.json()["code"] == "57014", answer.text


DEEP = ["[" * 100_000, '{"a":' * 50_000 + "1" + "}" * 50_000, "[" * 900 + "]" * 900, "1" * 100_000,
        '{"name": 1e999999}', '{"name": "\\ud800"}', "\ufeff{}", '{"a": NaN}', "[{}" + ",{}" * 20_000 + "]"]  # fmt: skip


@pytest.mark.parametrize("body", DEEP, ids=lambda body: body[:12])
@pytest.mark.parametrize("path", ["/badge", "/rpc/add"])
def test_depth_of_bodies(shop: httpx.Client, path: str, body: str) -> None:
    """JSON that is deep, long or no text is refused like any other."""
    headers = {"Content-Type": "application/json"}
    sane(shop.post(path, content=body.encode(), headers=headers))


def test_lengths_that_lie(web: WebServer) -> None:
    """Bodies without end, with two lengths, compressed: refused, and the server goes on."""
    with web.client("web_ann") as client:
        packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        body = gzip.compress(b'{"subject": "packed"}')
        answer = client.post("/helpdesk_ticket", content=body, headers=packed)
        assert answer.status_code == 400, answer.text

        def endless() -> Any:
            for _ in range(30):
                yield b"x" * 1_000_000

        try:
            answer = client.post("/helpdesk_ticket", content=endless())
            assert answer.status_code == 413
        except httpx.TransportError:
            pass  # closed in the middle of what nobody wants
        assert client.get("/health/live").status_code == 200


@pytest.fixture(autouse=True, scope="module")
def nothing_was_lost(web: WebServer, web_database: Database) -> Any:
    """All tables are there in the end, and the four persons in them; the log has no fault."""
    yield
    assert "Traceback" not in web.log.read_text()
    with web_database.connect() as conn:
        assert conn.execute("select count(*) from shop.person where id <= 4").fetchone() == (4,)
        left = conn.execute("select count(*) from pg_locks where granted and mode like 'Row%'")
        assert isinstance(left.fetchone(), tuple)
        with pytest.raises(psycopg.errors.UndefinedTable):
            conn.execute("select 1 from shop.drop_me")
