"""Synchronisation with SQLite: both directions, ways of comparing, guards, references, failures."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.fix_sync import Other, Place

A = {"id": "a", "name": "Äpfel ✓", "amount": 3, "price": 1.25, "active": True}
B = {"id": "b", "name": "Birnen", "since_day": "2024-02-29", "seen_at": "2024-02-29 12:30:00"}


def test_rows_come_in_and_stay_in_step(shop: Place, sqlite: Other) -> None:
    """S01, S03: inserts, changes, removals; a second run writes nothing."""
    sqlite.put(A, B)
    shop.define("goods", sqlite, missing="delete", delete_limit=50)
    assert shop.numbers("goods") == ("done", 2, 0, 0)
    assert shop.goods() == [
        ("a", "Äpfel ✓", None, 3, Decimal("1.25"), True, None, None),
        (
            "b",
            "Birnen",
            None,
            None,
            None,
            None,
            date(2024, 2, 29),
            datetime(2024, 2, 29, 12, 30, tzinfo=UTC),
        ),
    ]
    before = shop.rows("select uid, version, xmin::text from " + shop.good.table.as_string())
    assert shop.numbers("goods") == ("done", 0, 0, 0)
    assert (
        shop.rows("select uid, version, xmin::text from " + shop.good.table.as_string()) == before
    )
    sqlite.do("update goods set name = 'Birne', seen_at = null where id = 'b'")
    sqlite.do("delete from goods where id = 'a'")
    sqlite.put({"id": "c"})
    assert shop.numbers("goods") == ("done", 1, 1, 1)
    assert [row[:2] for row in shop.goods()] == [("b", "Birne"), ("c", None)]
