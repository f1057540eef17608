"""Whatever is sent: never a 5xx, never another's rows, never SQL out of a value."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fix_database import Database

CALM = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
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


@pytest.fixture(autouse=True, scope="module")
def nothing_was_lost(shop: httpx.Client, web_database: Database) -> Any:
    """All tables are there in the end, and the four persons in them."""
    yield
    with web_database.connect() as conn:
        assert conn.execute("select count(*) from shop.person where id <= 4").fetchone() == (4,)
        left = conn.execute("select count(*) from pg_locks where granted and mode like 'Row%'")
        assert isinstance(left.fetchone(), tuple)
        with pytest.raises(psycopg.errors.UndefinedTable):
            conn.execute("select 1 from shop.drop_me")
