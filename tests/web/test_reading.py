"""GET over HTTP: columns, filters, order, ranges, kinds of answers; schema written by hand."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

OBJECT = {"Accept": "application/vnd.pgrst.object+json"}


def names(client: httpx.Client, query: str) -> list[Any]:
    """Names of the persons that a query finds, by id."""
    answer = client.get(f"/person?select=name&order=id&{query}")
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.json()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("id=eq.1", ["Ada"]),
        ("id=neq.1", ["Bob", "Cyd", "Dan*"]),
        ("id=gt.2", ["Cyd", "Dan*"]),
        ("id=gte.2&id=lt.4", ["Bob", "Cyd"]),
        ("id=lte.1", ["Ada"]),
        ("id=not.eq.1", ["Bob", "Cyd", "Dan*"]),
        ("id=in.(1,3,99)", ["Ada", "Cyd"]),
        ("id=not.in.(1,3)", ["Bob", "Dan*"]),
        ("id=in.()", []),
        ("name=like.*a*", ["Ada", "Dan*"]),
        ("name=ilike.A%25", ["Ada"]),
        ("name=match.^.o", ["Bob"]),
        ("name=imatch.^A", ["Ada"]),
        ("name=like(any).{A*,B*}", ["Ada", "Bob"]),
        ("name=eq(any).{Ada,Cyd}", ["Ada", "Cyd"]),
        ("id=gt(all).{1,2}", ["Cyd", "Dan*"]),
        ("born=is.null", ["Cyd"]),
        ("born=is.not_null", ["Ada", "Bob", "Dan*"]),
        ("born=not.is.null", ["Ada", "Bob", "Dan*"]),
        ("born=isdistinct.1990-01-01", ["Bob", "Cyd", "Dan*"]),
        ("tags=cs.{a}", ["Ada"]),
        ("tags=cd.{a,b}", ["Ada", "Bob", "Dan*"]),
        ("tags=ov.{b,z}", ["Ada", "Bob"]),
        ("shift=cs.[5,6)", ["Ada", "Dan*"]),
        ("shift=sl.[10,20)", ["Ada"]),
        ("shift=sr.[1,10)", ["Bob"]),
        ("shift=nxr.[1,10)", ["Ada"]),
        ("shift=nxl.[5,15)", ["Bob", "Dan*"]),
        ("shift=adj.[1,10)", ["Bob"]),
        ("vector=fts.fox", ["Ada"]),
        ("vector=plfts(simple).lazy dog", ["Bob"]),
        ("vector=phfts(simple).brown fox", ["Ada"]),
        ("vector=wfts(simple).fox or dog", ["Ada", "Bob"]),
        ("about=fts(english).dogs", ["Bob"]),
        ("data=cs.{\"x\":{\"y\":1}}", ["Ada"]),
        ("data->x->y=eq.2", ["Bob"]),
        ("data->>s=eq.text", ["Ada"]),
        ("data->l->>1=eq.20", ["Ada"]),
        ("tags->0=eq.\"a\"", ["Ada"]),
        ("colour=eq.blue", ["Bob"]),
        ("wage=gt.15", ["Bob", "Dan*"]),
        ("name=eq.Dan*", ["Dan*"]),
        ("and=(id.gt.1,or(name.eq.Bob,name.like.*Dan*))", ["Bob", "Dan*"]),
        ("or=(id.eq.1,and(born.is.null,id.gt.2))", ["Ada", "Cyd"]),
        ("not.or=(id.eq.1,id.eq.2)", ["Cyd", "Dan*"]),
        ("and=(about.eq.\"the (odd) \\\"quoted\\\", one\")", ["Cyd"]),
        ("about=eq.the (odd) \"quoted\", one", ["Cyd"]),
        ("name=in.(\"Ada\",\"Bob\")", ["Ada", "Bob"]),
    ],
)  # fmt: skip
def test_filters(shop: httpx.Client, query: str, found: list[str]) -> None:
    """Every operator finds what the same operator of SQL finds."""
    assert names(shop, query) == found


def test_columns(shop: httpx.Client) -> None:
    """Aliases, casts, JSON paths, names that need quotes."""
    query = "select=n:name,wage::text,y:data->x->>y,data->l->0&id=eq.1"
    assert shop.get(f"/person?{query}").json() == [{"n": "Ada", "wage": "10.50", "y": "1", "l": 10}]
    odd = shop.get('/Odd,%20name?select="the id","a.b",h:"say \\"hi\\""&"a.b"=eq.dot')
    assert odd.json() == [{"the id": 1, "a.b": "dot", "h": "quote"}]
    assert shop.get("/person?select=&id=eq.1").json() == [{}]


def test_order(shop: httpx.Client) -> None:
    """Directions, nulls, JSON."""
    by = "/person?select=id&order="
    assert [r["id"] for r in shop.get(f"{by}wage.desc.nullslast,id").json()] == [2, 4, 1, 3]
    assert [r["id"] for r in shop.get(f"{by}wage.asc.nullsfirst").json()] == [3, 1, 4, 2]
    assert [r["id"] for r in shop.get(f"{by}data->x->>y.desc.nullslast,id.desc").json()] == [
        2, 1, 4, 3,
    ]  # fmt: skip


def test_ranges(shop: httpx.Client) -> None:
    """Limit and offset, the header Range, and what Content-Range says."""
    answer = shop.get("/person?select=id&order=id&limit=2&offset=1")
    assert answer.json() == [{"id": 2}, {"id": 3}]
    assert (answer.status_code, answer.headers["Content-Range"]) == (200, "1-2/*")
    exact = {"Prefer": "count=exact"}
    answer = shop.get("/person?select=id&order=id", headers={"Range": "1-2", **exact})
    assert answer.json() == [{"id": 2}, {"id": 3}]
    assert (answer.status_code, answer.headers["Content-Range"]) == (206, "1-2/4")
    assert answer.headers["Preference-Applied"] == "count=exact"
    whole = shop.get("/person?select=id", headers=exact)
    assert (whole.status_code, whole.headers["Content-Range"]) == (200, "0-3/4")
    empty = shop.get("/person?id=eq.99", headers=exact)
    assert (empty.status_code, empty.headers["Content-Range"]) == (200, "*/0")
    behind = shop.get("/person?offset=9", headers=exact)
    assert (behind.status_code, behind.json()["code"]) == (416, "PGRST103")
    for query, headers in (("limit=-1", {}), ("offset=-1", {}), ("", {"Range": "3-1"})):
        assert shop.get(f"/person?{query}", headers=headers).json()["code"] == "PGRST103"


def test_counts_of_the_planner(shop: httpx.Client) -> None:
    """planned is an estimate; estimated counts where the estimate is small."""
    planned = shop.get("/person?select=id", headers={"Prefer": "count=planned"})
    assert int(planned.headers["Content-Range"].split("/")[1]) > 0
    estimated = shop.get("/person?id=gt.1", headers={"Prefer": "count=estimated"})
    assert estimated.headers["Content-Range"] == "0-2/3"


def test_an_estimate_keeps_no_row_back(shop: httpx.Client) -> None:
    """Rows behind the end that the planner guessed are shown; behind all rows it is 416."""
    shop.post("/two", json=[{"a": 900 + n, "b": n} for n in range(300)])
    # Five conditions that are all true make the planner guess a few rows.
    few = "a=gte.900&b=gte.0&and=(a.lt.9000,b.lt.9000,note.like.*thin*)"
    planned = {"Prefer": "count=planned"}
    guessed = shop.get(f"/two?{few}&limit=1", headers=planned).headers["Content-Range"]
    assert int(guessed.split("/")[1]) < 200
    answer = shop.get(f"/two?{few}&order=a&offset=290&limit=5&select=b", headers=planned)
    assert answer.json() == [{"b": n} for n in range(290, 295)], answer.text
    assert answer.headers["Content-Range"] == "290-294/295"
    assert shop.get(f"/two?{few}&offset=300", headers=planned).status_code == 416
    shop.delete("/two?a=gte.900")


def test_one_object(shop: httpx.Client) -> None:
    """A single object, or PGRST116."""
    one = shop.get("/person?select=name&id=eq.1", headers=OBJECT)
    assert one.json() == {"name": "Ada"}
    assert one.headers["Content-Type"].startswith("application/vnd.pgrst.object+json")
    for query, rows in (("id=gt.1", 3), ("id=eq.99", 0)):
        answer = shop.get(f"/person?{query}", headers=OBJECT)
        assert answer.status_code == 406
        assert answer.json() == {
            "code": "PGRST116",
            "details": f"The result contains {rows} rows",
            "hint": None,
            "message": "Cannot coerce the result to a single JSON object",
        }


def test_csv(shop: httpx.Client) -> None:
    """CSV that a reader of CSV reads: quotes, commas, nulls, no rows."""
    answer = shop.get("/person?select=id,name,about,tags&order=id", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["about"] for row in rows] == [
        "quick brown fox", "lazy dog", 'the (odd) "quoted", one', "",
    ]  # fmt: skip
    assert rows[0]["tags"] == "{a,b}"
    assert shop.get("/person?id=eq.99", headers={"Accept": "text/csv"}).text == ""


def test_kinds_of_answers(shop: httpx.Client) -> None:
    """Stripped nulls, a single column as bytes; what nobody makes is refused."""
    stripped = {"Accept": "application/vnd.pgrst.array+json;nulls=stripped"}
    assert shop.get("/person?select=id,born&id=eq.3", headers=stripped).json() == [{"id": 3}]
    octets = {"Accept": "application/octet-stream"}
    assert shop.get("/person?select=name&id=eq.1", headers=octets).content == b"Ada"
    assert shop.get("/person?id=eq.1", headers=octets).status_code == 406
    assert shop.get("/person", headers={"Accept": "image/png"}).json()["code"] == "PGRST107"
    best = {"Accept": "image/png, text/csv;q=0.5, application/json;q=0.9"}
    assert shop.get("/person?select=id&id=eq.1", headers=best).json() == [{"id": 1}]


def test_head_and_options(shop: httpx.Client) -> None:
    """HEAD is GET without its body; OPTIONS says what may be done."""
    head = shop.head("/person", headers={"Prefer": "count=exact"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Range"] == "0-3/4"
    allowed = shop.options("/person").headers["Allow"]
    assert allowed == "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"
    assert (
        "POST"
        not in shop.options("/helpdesk_ticket_all", headers={"Accept-Profile": "api"}).headers[
            "Allow"
        ]
    )
    preflight = shop.options(
        "/person",
        headers={
            "Origin": "https://page.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, prefer",
        },
    )
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "authorization, prefer"
    shown = shop.get("/person?limit=1", headers={"Origin": "https://page.example"})
    assert "Content-Range" in shown.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/persn", 404, "PGRST205"),
        ("/a/b/c", 404, "PGRST125"),
        ("/person?nope=eq.1", 400, "42703"),
        ("/person?select=nope", 400, "42703"),
        ("/person?select=name::nope", 400, "42704"),
        ("/person?id=eq.x", 400, "22P02"),
        ("/person?id=like.x", 400, "42883"),
        ("/person?name=match.[", 400, "2201B"),
        ("/person?select=client(*)", 400, "PGRST200"),
        ("/person?client.id=eq.1", 400, "PGRST108"),
        ("/person?id=xx.1", 400, "PGRST100"),
        ("/person?order=client(id)", 400, "PGRST108"),
        ("/client?select=*,project(*)&order=project(id)", 400, "PGRST118"),
        ("/client?select=*,project(*)&project=eq.1", 400, "PGRST120"),
    ],
)
def test_refusals(shop: httpx.Client, path: str, status: int, code: str) -> None:
    """Code, message, details and hint, with a status that fits."""
    answer = shop.get(path)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert set(body) == {"code", "message", "details", "hint"}


def test_what_was_meant(shop: httpx.Client) -> None:
    """A hint names what is most like it."""
    assert shop.get("/persn").json()["hint"] == "Perhaps you meant the table 'shop.person'"
    hint = shop.get("/client?select=projct(*)").json()["hint"]
    assert hint == "Perhaps you meant 'project' instead of 'projct'."


def test_profiles(ann: httpx.Client) -> None:
    """The first schema is the default; others are named; unknown ones are PGRST106."""
    assert ann.get("/helpdesk_ticket?limit=1").headers["Content-Profile"] == "api"
    named = ann.get("/person?limit=1", headers={"Accept-Profile": "shop"})
    assert named.headers["Content-Profile"] == "shop"
    refused = ann.get("/person", headers={"Accept-Profile": "meta"})
    assert (refused.status_code, refused.json()["code"]) == (406, "PGRST106")


def test_aggregates(shop: httpx.Client) -> None:
    """Grouped by what is not aggregated."""
    rows = shop.get("/assignment?select=project_id,hours.sum(),n:count()&order=project_id").json()
    assert rows == [
        {"project_id": 1, "sum": 12, "n": 2},
        {"project_id": 2, "sum": 2, "n": 1},
        {"project_id": 3, "sum": 6, "n": 1},
    ]
    grouped = shop.get("/project?select=client(name),id.max()&client_id=not.is.null").json()
    assert sorted(row["max"] for row in grouped) == [2, 3]


def test_strict_preferences(shop: httpx.Client) -> None:
    """Unknown wishes are passed over, or with handling=strict refused."""
    assert shop.get("/person", headers={"Prefer": "speed=fast"}).status_code == 200
    refused = shop.get("/person", headers={"Prefer": "handling=strict, speed=fast"})
    assert refused.json()["code"] == "PGRST122"
    assert refused.json()["details"] == "Invalid preferences: speed=fast"
