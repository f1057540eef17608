"""What is exported and imported again is the same, for all types and formats."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .parts import Shop

# XML has no control characters but these, and a workbook keeps fewer digits.
PRINTABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd")
SHOWN = st.characters(
    exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffd\ufffe\uffff"
) | st.sampled_from("\n\t\"',;|=+-@ ")
DAYS = st.dates(datetime.date(1901, 1, 1), datetime.date(9999, 12, 31))
TIMES = st.datetimes(
    datetime.datetime(1901, 1, 1), datetime.datetime(9999, 12, 30),
    timezones=st.just(datetime.UTC),
)  # fmt: skip
COLUMNS = [
    "name",
    "email",
    "born",
    "seen",
    "points",
    "price",
    "active",
    "token",
    "note",
    "city",
    "cities",
    "kind",
]


def rows(text: st.SearchStrategy[str], exact: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some people, each with a key of his own."""
    note = st.text(text, max_size=60)
    one = st.fixed_dictionaries(
        {
            "name": st.text(text, min_size=1, max_size=40),
            "born": st.none() | DAYS,
            "seen": st.none() | (TIMES if exact else TIMES.map(lambda t: t.replace(microsecond=0))),
            "points": st.none() | st.integers(-(2**62) if exact else -(10**14), 1000),
            "price": st.none() | st.decimals(-(10**20) if exact else -(10**9), 10**9, places=4),
            "active": st.none() | st.booleans(),
            "token": st.none() | st.uuids(),
            "note": st.none() | (note if exact else note.filter(bool)),
            "city": st.none() | st.sampled_from([1, 2]),
            "cities": st.none() | st.lists(st.sampled_from([1, 2]), min_size=1, unique=True),
        }
    )
    return st.lists(one, max_size=5)


def trip(shop: Shop, people: list[dict[str, Any]], kind: str, **keys: Any) -> None:
    """Write, export, delete, import, compare."""
    shop.conn.execute("delete from api.shop_person")
    for number, person in enumerate(people):
        shop.person.insert(email=f"{number}@x", kind=shop.city.id, **person)
    chosen = ", ".join(COLUMNS)
    before = shop.people(chosen)
    shared = {"format": kind, **keys}
    shop.define_export(
        columns=COLUMNS, **shared, **({"guard_formulas": False} if kind == "xlsx" else {})
    )
    done = shop.export(shop.folder / "out")
    assert done.state == "done", done
    extra = {"item": "/rows/row", "columns": {c: c for c in COLUMNS}} if kind == "xml" else {}
    shop.define(match=["email"], **shared, **extra)
    again = shop.load(shop.folder / "out", force=True)
    assert (again["errors"], again["inserted"], again["updated"]) == (0, 0, 0), shop.errors()
    assert again["unchanged"] == len(people)
    shop.conn.execute("delete from api.shop_person")
    state = shop.load(shop.folder / "out", force=True)
    assert (state["errors"], state["inserted"]) == (0, len(people)), (state, shop.errors())
    assert shop.people(chosen) == before


FEW = settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@FEW
@given(people=rows(PRINTABLE, True))
def test_csv(shop: Shop, people: list[dict[str, Any]]) -> None:
    """Every value, empty texts told from none."""
    trip(shop, people, "csv")


@FEW
@given(people=rows(PRINTABLE, True))
def test_csv_of_central_europe(shop: Shop, people: list[dict[str, Any]]) -> None:
    """Semicolons and decimal commas."""
    trip(
        shop,
        people,
        "csv",
        separator=";",
        decimal=",",
        date="DD.MM.YYYY",
        time_zone="Europe/Prague",
    )


@FEW
@given(people=rows(PRINTABLE, True))
def test_json_lines(shop: Shop, people: list[dict[str, Any]]) -> None:
    """Every value."""
    trip(shop, people, "jsonl")


@FEW
@given(people=rows(SHOWN, False))
def test_xml(shop: Shop, people: list[dict[str, Any]]) -> None:
    """All that XML can write; an empty text is none."""
    trip(shop, people, "xml")


@FEW
@given(people=rows(SHOWN, False))
def test_workbook(shop: Shop, people: list[dict[str, Any]]) -> None:
    """All that a workbook can hold."""
    trip(shop, people, "xlsx")


def test_one_row_of_everything(shop: Shop) -> None:
    """An example that is read by people."""
    person = {
        "name": 'The "Quote", by\r\nAnn;', "born": datetime.date(2026, 1, 31),
        "seen": datetime.datetime(2026, 1, 31, 12, 30, 1, 250000, datetime.UTC), "points": -7,
        "price": Decimal("-0.00010"), "active": False, "token": uuid.UUID(int=1), "note": "",
        "city": 1, "cities": [2, 1],
    }  # fmt: skip
    trip(shop, [person], "csv", separator="tab")


@pytest.mark.parametrize(
    "content", ["name,email,note\n A ,a@x,\n", 'name,email,note\n"A",a@x,""\n']
)
def test_empty_texts(shop: Shop, content: str) -> None:
    """A quoted empty field is an empty text, an unquoted one is none, read either way."""
    shop.define()
    shop.load(content)
    direct = shop.people("note")
    shop.conn.execute("delete from api.shop_person")
    shop.load(content + "ragged\n")
    assert shop.people("note") == direct == [("" if '""' in content else None,)]
