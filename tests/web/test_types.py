"""C01 by HTTP and by pages: every column type is written, read, filtered, changed and shown."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.model.views import update_views
from tests.fix_database import new_database
from tests.fix_meta import VALUE_TYPES, Definitions
from tests.fix_pages import Visitor, give_password, log_in
from tests.fix_server import TestServer
from tests.fix_web import serving

LOGIN = "web_types"
COLUMNS: dict[str, dict[str, Any]] = {
    **VALUE_TYPES,
    "paper": {"type": "file"},
    "papers": {"type": "file", "multiple": True},
    "face": {"type": "picture"},
    "title": {"type": "long_text", "localized": True},
    "city": {"type": "reference", "class": "city"},
    "cities": {"type": "reference", "class": "city", "multiple": True},
    "agent": {"type": "reference", "target": "user"},
    "agents": {"type": "reference", "target": "user", "multiple": True},
    "about": {"type": "reference", "classes": ["city", "land"]},
    "twice": {"type": "calculated", "result": "integer", "sql": "{{column.count}} * 2"},
}
ODD = 'a "quote", <b> & ; (#3) 🐎'
HUGE = "123456789012345678901234567890.1234567890"
CITY, LAND, ME, CITY_CLASS = "$city", "$land", "$me", "$city_class"
"""Ids that a value may name before they are known."""
WRITTEN: list[tuple[str, Any]] = [
    ("short", "A short text"), ("short", ODD), ("middle", "m" * 300), ("long", "one\ntwo\n" + ODD),
    ("page", "<p>one &amp; two</p>"), ("count", 0), ("count", -(2**62)), ("price", "12.3400"),
    ("price", HUGE), ("price", "-0.00000000000000000001"), ("two", True), ("three", False),
    ("day", "2024-02-29"), ("day", "9999-12-31"), ("moment", "2024-02-29T12:00:00+00:00"),
    ("moment", "2024-02-29T12:00:00.123456+00:00"), ("paint", "#1a2b3c"), ("kind", CITY_CLASS),
    ("guid", "00000000-0000-0000-0000-000000000007"), ("face", "a folder/face.png"),
    ("title", {"en": "Thing", "de": "Ding"}), ("title", {"de": ODD}), ("city", CITY),
    ("cities", [LAND, CITY]), ("agent", ME), ("agents", [ME]), ("about", LAND),
]  # fmt: skip
TYPED: list[tuple[str, list[str], Any, str]] = [
    ("short", [ODD], ODD, ODD),
    ("middle", ["m" * 100], "m" * 100, "m" * 100),
    ("long", ["one\r\n two"], "one\n two", "one two"),
    ("page", ["<p>one</p>"], "<p>one</p>", ""),
    ("count", ["-12"], -12, "-12"),
    ("price", [HUGE], HUGE, HUGE),
    ("two", ["true"], True, "✓"),
    ("three", ["false"], False, "✗"),
    ("day", ["2024-02-29"], "2024-02-29", "2024-02-29"),
    ("moment", ["2024-02-29T12:30:00"], "2024-02-29T12:30:00+00:00", "2024-02-29 12:30"),
    ("paint", ["#1a2b3c"], "#1a2b3c", "#1a2b3c"),
    ("kind", ["shop.city"], CITY_CLASS, "shop.city"),
    ("kind", ["shop.city (#$city_class)"], CITY_CLASS, "shop.city"),
    ("guid", ["00000000-0000-0000-0000-000000000007"],
     "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007"),
    ("face", ["face.png"], "face.png", "face.png"),
    ("title", ["Thing"], {"en": "Thing"}, "Thing"),
    ("title", ['{"en": "Thing", "de": "Ding"}'], {"en": "Thing", "de": "Ding"}, "Thing"),
    ("city", ["Praha"], CITY, "Praha"),
    ("cities", ["Brno (#$land)", "Praha", ""], [LAND, CITY], "Brno, Praha"),
    ("agent", [LOGIN], ME, LOGIN),
    ("agents", [f"{LOGIN} (#$me)", ""], [ME], LOGIN),
    ("about", ["Austria"], LAND, "Austria"),
    ("about", ["Austria (shop.land#$land)"], LAND, "Austria"),
]  # fmt: skip


@dataclass
class Place:
    """A database with the class, its web service, and somebody who may all."""

    conn: psycopg.Connection[Any]
    client: httpx.Client
    visitor: Visitor
    ids: dict[str, int]

    def known(self, value: Any) -> Any:
        """The value with ids in place of their names."""
        if isinstance(value, list):
            return [self.known(item) for item in value]
        if isinstance(value, str):
            if value in self.ids:
                return self.ids[value]
            for name in sorted(self.ids, key=len, reverse=True):
                value = value.replace(name, str(self.ids[name]))
        return value

    def body(self, code: str, value: Any) -> dict[str, Any]:
        """What writes a value."""
        beside = {"about__class": "shop.land"} if code == "about" else {}
        return {code: self.known(value), **beside}

    def insert(self, code: str, value: Any) -> int:
        """A row made by HTTP."""
        answer = self.client.post(
            "/shop_thing?select=id",
            json=self.body(code, value),
            headers={"Prefer": "return=representation"},
        )
        assert answer.status_code == 201, answer.text
        return int(answer.json()[0]["id"])

    def get(self, query: str) -> list[dict[str, Any]]:
        """Rows by HTTP, numbers as they are written."""
        answer = self.client.get(f"/shop_thing?{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = json.loads(answer.text, parse_float=str)
        return found

    def value(self, id: int, code: str) -> Any:
        """A value of a row by HTTP."""
        return self.get(f"id=eq.{id}&select={code}")[0][code]


@pytest.fixture(scope="module")
def place(server: TestServer, template: str, web_folder: Path) -> Iterator[Place]:
    """The class, served."""
    with new_database(server, template) as database, database.connect() as conn:
        definitions = Definitions(conn)
        named = {"name": {"type": "text"}}
        city, land = (
            definitions.create_class(f"shop.{code}", named, description="{{column.name}}")
            for code in ("city", "land")
        )
        definitions.create_class("shop.thing", COLUMNS, description="{{column.short}}")
        conn.execute("update meta.class set web_service = true")
        update_views(conn)
        known = conn.execute("select 1 from pg_roles where rolname = %s", (LOGIN,)).fetchone()
        make = "adopt_account(%s)" if known else "create_account(%s, p_can_login => false)"
        conn.execute(f"select access.{make}".encode(), (LOGIN,))
        allow = ["read", "insert", "change", "delete"]
        rights = [{"class": code, "allow": allow} for code in ("city", "land", "thing")]
        conn.execute(
            "select access.set_role(id, 'types', %s) from meta.model", (Jsonb({"rights": rights}),)
        )
        conn.execute("select access.grant_role(%s, 'types')", (LOGIN,))
        give_password(conn, LOGIN)
        ids = {
            CITY: city.insert(name="Praha"),
            "$town": city.insert(name="Brno"),
            LAND: land.insert(name="Elsewhere") and land.insert(name="Austria"),
            ME: definitions.scalar("select id from access.account where login = %s", LOGIN),
            CITY_CLASS: city.id,
        }
        assert ids["$town"] == ids[LAND]
        with serving(database, web_folder, web_schemas="api") as served:
            yield Place(conn, served.client(LOGIN), log_in(served, LOGIN), ids)


def filters(code: str, value: Any) -> str:
    """The query that finds a value."""
    if isinstance(value, list):
        return f"cs.{{{','.join(map(str, value))}}}"
    if isinstance(value, dict):
        return f"eq.{json.dumps(value)}"
    return f"eq.{json.dumps(value) if isinstance(value, bool) else value}"


@pytest.mark.parametrize(("code", "value"), WRITTEN)
def test_written_read_and_filtered(place: Place, code: str, value: Any) -> None:
    """POST, GET, and the one row that a filter by the value finds."""
    id = place.insert(code, value)
    expected = place.known(value)
    found = place.value(id, code)
    assert found == expected
    by = str(httpx.QueryParams({code: filters(code, expected)}))
    wanted = {
        row
        for (row,) in place.conn.execute(
            f"select a.id from api.shop_thing as a inner join api.shop_thing as b"
            f" on a.{code} {'@>' if isinstance(expected, list) else '='} b.{code}"
            f" where b.id = %s".encode(),
            (id,),
        )
    }
    assert id in wanted
    assert {row["id"] for row in place.get(f"{by}&select=id")} == wanted
    assert id not in {row["id"] for row in place.get(f"{code}=is.null&select=id")}


def form(answer: httpx.Response) -> dict[str, Any]:
    """What the page's form would send as it stands."""
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = {}
    text = answer.text.replace(">\n", ">")  # a browser drops the line end that begins a textarea
    fields = list(lxml.html.fromstring(text).forms[-1].form_values())
    for name, group in itertools.groupby(sorted(fields, key=lambda f: f[0]), key=lambda f: f[0]):
        values = [value for _, value in group]
        found[name] = values if len(values) > 1 else values[0]
    found.pop("csrf")
    return found


def alert(answer: httpx.Response) -> str:
    """What a page says is wrong."""
    found = lxml.html.fromstring(answer.text).find(".//*[@role='alert']")
    return answer.text if found is None else " ".join(found.text_content().split())


def detail(answer: httpx.Response, label: str) -> str:
    """What the detail page shows for a column."""
    page = lxml.html.fromstring(answer.text)
    [shown] = [
        term.getnext() for term in page.iterfind(".//dl/div/dt") if term.text_content() == label
    ]
    return " ".join(shown.text_content().split())


@pytest.mark.parametrize(("code", "given", "stored", "shown"), TYPED)
def test_typed_in_a_form(
    place: Place, code: str, given: list[str], stored: Any, shown: str
) -> None:
    """Into an empty record by its edit form, then on its page, by HTTP, and emptied again."""
    id = place.insert("short", None)
    address = f"/pages/shop/thing/{id}"
    fields = form(place.visitor.get(f"{address}/edit"))
    answer = place.visitor.post(
        f"{address}/edit", {**fields, code: [place.known(f"{text}") for text in given]}
    )
    assert answer.status_code == 303, alert(answer)
    assert place.value(id, code) == place.known(stored)
    assert detail(place.visitor.get(address), code) == shown
    others = [c for c in COLUMNS if c not in (code, "two", "twice")]
    [row] = place.get(f"id=eq.{id}&select={','.join(others)}")
    assert {c: v for c, v in row.items() if v not in (None, [])} == {}
    if code != "two":
        fields = form(place.visitor.get(f"{address}/edit"))
        answer = place.visitor.post(f"{address}/edit", {**fields, code: ""})
        assert answer.status_code == 303, alert(answer)
        assert place.value(id, code) in (None, [])


@pytest.mark.parametrize(("code", "value"), WRITTEN)
def test_form_sent_as_it_stands_changes_nothing(place: Place, code: str, value: Any) -> None:
    """To look at a record in a form and save it loses no digit, microsecond or language."""
    id = place.insert(code, value)
    address = f"/pages/shop/thing/{id}"
    fields = form(place.visitor.get(f"{address}/edit"))
    assert place.visitor.post(f"{address}/edit", fields).status_code == 303
    assert place.value(id, code) == place.known(value)
    changed = place.visitor.post(
        f"{address}/edit", {**form(place.visitor.get(f"{address}/edit")), "face": "other.png"}
    )
    assert changed.status_code == 303
    assert place.value(id, "face") == "other.png"
    assert code == "face" or place.value(id, code) == place.known(value)


def test_fields_can_be_empty(place: Place) -> None:
    """A browser's own field of colours knows no empty one: it would send black."""
    id = place.insert("short", "colourless")
    answer = place.visitor.get(f"/pages/shop/thing/{id}/edit")
    [field] = lxml.html.fromstring(answer.text).xpath("//input[@name='paint']")
    assert (field.get("type"), field.get("value")) == ("text", "")


def test_files_by_form(place: Place) -> None:
    """A file, and several, are sent by the form, shown, downloaded, and taken away."""
    id = place.insert("short", "files")
    address = f"/pages/shop/thing/{id}"
    fields = form(place.visitor.get(f"{address}/edit"))
    sent = [
        ("paper", ("one.txt", b"one", "text/plain")),
        ("papers", ("two.txt", b"two", "text/plain")),
        ("papers", ("three.txt", b"three", "text/plain")),
    ]
    for code in ("paper", "papers"):
        fields.pop(code, None)
    answer = place.visitor.post(f"{address}/edit", fields, files=sent)
    assert answer.status_code == 303, answer.text
    page = place.visitor.get(address)
    assert detail(page, "paper").startswith("one.txt")
    links = {
        link.text: place.visitor.get(link.get("href")).content
        for link in lxml.html.fromstring(page.text).iterfind(".//ul[@class='files']//a")
    }
    assert links == {"one.txt": b"one", "two.txt": b"two", "three.txt": b"three"}
    paper = place.value(id, "paper")
    assert [row["id"] for row in place.get(f"paper=eq.{paper}&select=id")] == [id]
    fields = form(place.visitor.get(f"{address}/edit"))
    for code in ("paper", "papers"):
        fields.pop(code, None)
    gone = place.visitor.post(f"{address}/edit", {**fields, "remove.paper": str(paper)})
    assert gone.status_code == 303, gone.text
    assert place.value(id, "paper") is None
    assert len(place.value(id, "papers")) == 2


def test_reference_to_several_classes_names_the_class(place: Place) -> None:
    """A number that two classes have is no answer; the list of suggestions has the class."""
    id = place.insert("short", "several")
    address = f"/pages/shop/thing/{id}/edit"
    fields = form(place.visitor.get(address))
    refused = place.visitor.post(address, {**fields, "about": place.known("#$land")})
    assert refused.status_code == 400
    assert "several records" in alert(refused)
    offered = place.visitor.get("/pages/shop/thing/suggest/about?about=ustria").text
    assert place.known('value="Austria (shop.land#$land)"') in offered
    assert "Brno" not in offered


def test_calculated_and_reverse_are_shown_not_written(place: Place) -> None:
    """The form has no such field, and HTTP refuses it."""
    id = place.insert("count", 21)
    assert place.value(id, "twice") == 42
    assert detail(place.visitor.get(f"/pages/shop/thing/{id}"), "twice") == "42"
    assert [row["id"] for row in place.get("twice=eq.42&select=id")] == [id]
    assert "twice" not in form(place.visitor.get(f"/pages/shop/thing/{id}/edit"))
    refused = place.client.patch(f"/shop_thing?id=eq.{id}", json={"twice": 1})
    assert refused.status_code == 400, refused.text
    assert place.value(id, "twice") == 42
