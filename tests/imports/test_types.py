"""C01: every column type that a file can bring goes out and comes into another class the same."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.batch.exporter import request_export, run_export
from runner.batch.importer import request_import, run_import
from runner.model.views import update_views
from tests.fix_meta import VALUE_TYPES, ClassTable, Definitions

from .parts import Shop

COLUMNS: dict[str, dict[str, Any]] = {
    "code": {"type": "text"},
    **VALUE_TYPES,
    "face": {"type": "picture"},
    "title": {"type": "long_text", "localized": True},
    "city": {"type": "reference", "class": "city"},
    "cities": {"type": "reference", "class": "city", "multiple": True},
    "agent": {"type": "reference", "target": "user"},
    "agents": {"type": "reference", "target": "user", "multiple": True},
}
NOT_FROM_FILES: dict[str, dict[str, Any]] = {
    "paper": {"type": "file"},
    "papers": {"type": "file", "multiple": True},
    "about": {"type": "reference", "classes": ["city", "person"]},
    "twice": {"type": "calculated", "result": "integer", "sql": "{{column.count}} * 2"},
}
FORMATS: dict[str, dict[str, Any]] = {
    "csv": {"format": "csv"},
    "csv of central europe": {
        "format": "csv", "separator": ";", "decimal": ",", "date": "DD.MM.YYYY",
        "encoding": "utf-8",
    },
    "xlsx": {"format": "xlsx"},
    "jsonl": {"format": "jsonl"},
    "xml": {"format": "xml"},
}  # fmt: skip


def samples(shop: Shop, me: int, exact: bool) -> dict[str, list[Any]]:
    """Values of each type, the ordinary one first; a workbook has fewer digits."""
    day, moment = dt.date, dt.datetime
    utc = dt.UTC
    odd = ['=1+1;"a",b', "  spaces\t", "null", "Žluťoučký kůň 🐎", "one\ntwo", "007", "true", "{}"]
    return {
        "short": ["A short text", *odd],
        "middle": ["m" * 300, *odd],
        "long": ["l" * 5000, *odd],
        "page": ["<p>page</p>", "<p>a &amp; b</p>\n<ul><li>;</li></ul>"],
        "count": [42, 0, -1, *([2**62, -(2**62)] if exact else [10**14])],
        "price": [
            Decimal("12.34"), Decimal(0), Decimal("-0.0001"),
            *([Decimal("123456789012345678901234567890.12"), Decimal("1E-20")] if exact else []),
        ],
        "two": [True, False],
        "three": [True, False, None],
        "day": [day(2024, 2, 29), day(1901, 1, 1), day(9999, 12, 31)],
        "moment": [
            moment(2024, 2, 29, 12, tzinfo=utc), moment(2026, 3, 29, 1, 30, tzinfo=utc),
            moment(9998, 12, 31, 23, 59, 59, tzinfo=utc),
            *([moment(1901, 1, 1, 0, 0, 0, 1, tzinfo=utc)] if exact else []),
        ],
        "paint": ["#1a2b3c", "#000000", "#ffffff"],
        "kind": [shop.city.id, shop.person.id],
        "guid": [uuid.UUID(int=7), uuid.UUID(int=2**128 - 1)],
        "face": ["face.png", "a folder/b&c.png"],
        "title": [{"en": "Thing", "de": "Ding"}, {"en": 'a "quote", a | and {'}, {"de": "Nur so"}],
        "city": [1, 2],
        "cities": [[2, 1], [1]],
        "agent": [me],
        "agents": [[me]],
    }  # fmt: skip


def fill(shop: Shop, thing: ClassTable, values: dict[str, list[Any]]) -> int:
    """Rows of ordinary values, of odd ones, and an empty one."""
    most = max(map(len, values.values()))
    for place in range(most):
        row = {code: given[place % len(given)] for code, given in values.items()}
        row["title"] = Jsonb(row["title"])
        thing.insert(code=f"row {place:02}", **row)
    thing.insert(code="row empty")
    return most + 1


def read(shop: Shop, view: str, code: str) -> list[tuple[Any, ...]]:
    """A column of a class, by the key."""
    return shop.conn.execute(
        f"select code, {code} from api.{view} order by code".encode()
    ).fetchall()


@pytest.mark.parametrize("form", FORMATS)
def test_every_type_goes_from_class_to_class(shop: Shop, form: str) -> None:
    """Export of one class, import into another of the same columns: equal, and again unchanged."""
    settings = FORMATS[form]
    kind = settings["format"]
    definitions = Definitions(shop.conn)
    tables = {
        name: definitions.create_class(f"shop.{name}", COLUMNS, keys=[["code"]])
        for name in ("thing", "copy")
    }
    update_views(shop.conn)
    me = shop.one("select access.ensure_account(session_user::text)")
    count = fill(shop, tables["thing"], samples(shop, me, exact=kind != "xlsx"))
    unguarded = {"guard_formulas": False} if kind == "xlsx" else {}
    shop.set("export", "things", {"class": "thing", **settings, **unguarded})
    named = {"item": "/rows/row", "columns": {c: c for c in COLUMNS}} if kind == "xml" else {}
    shop.set("import", "copies", {"class": "copy", "match": ["code"], **settings, **named})

    done = run_export(shop.url, request_export(shop.conn, "things", None), to=shop.folder / "out")
    assert (done.state, done.rows) == ("done", count)
    counts = []
    for _ in range(2):
        run = request_import(shop.conn, "copies", shop.folder / "out", force=True)
        run_import(shop.url, run, shop.folder / "out")
        state = shop.state(run)
        assert shop.errors(run) == []
        counts.append((state["inserted"], state["unchanged"], state["updated"]))
    assert counts == [(count, 0, 0), (0, count, 0)]
    for code in COLUMNS:
        assert read(shop, "shop_copy", code) == read(shop, "shop_thing", code), code


@pytest.mark.parametrize("code", [*NOT_FROM_FILES, "things"])
@pytest.mark.parametrize("key", ["columns", "match", "defaults"])
def test_what_does_not_come_from_files_is_refused(shop: Shop, code: str, key: str) -> None:
    """By name, when the import is defined."""
    definitions = Definitions(shop.conn)
    count = {"count": COLUMNS["count"], "other": {"type": "reference", "class": "thing"}}
    thing = definitions.create_class("shop.thing", {**count, **NOT_FROM_FILES})
    definitions.add_column(thing, "things", type="reverse", column="other", **{"class": "thing"})
    given: Any = [code] if key == "match" else {code: "x"}
    with pytest.raises(psycopg.Error, match=f'the column "{code}" .* cannot be imported') as no:
        shop.set("import", "things", {"class": "thing", key: given})
    assert no.value.sqlstate == "PG701"
    assert "do not come from files" in (no.value.diag.message_hint or "")
