"""Synchronisation with SQLite: both directions, ways of comparing, guards, references, failures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.fix_sync import Other, Place, sorted_rows

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


ROWS: tuple[dict[str, Any], ...] = (
    {
        "id": "full",
        "name": "Žluťoučký kůň 🐎 'quoted' \\ and\ttab\nline",
        "note": "long ✓ " * 20_000,
        "amount": -2_147_483_648,
        "price": Decimal("9999999999.99"),
        "active": True,
        "since_day": date(2024, 2, 29),
        "seen_at": datetime(2024, 7, 1, 12, 30, 15, 123456),
    },
    {"id": "null"},
    {"id": "empty", "name": "", "note": "", "amount": 0, "price": Decimal("0.10"), "active": False},
)


def test_types_in_both_directions(shop: Place, goods: Other) -> None:
    """S01, S02, S03, S06: each kind of value arrives intact, and comes back as it was."""
    native = goods.name != "sqlite"
    goods.put(
        *(
            row
            if native
            else {
                key: str(value) if key in ("price", "since_day", "seen_at") else value
                for key, value in row.items()
            }
            for row in ROWS
        )
    )
    shop.define("pull", goods)
    assert shop.numbers("pull") == ("done", 3, 0, 0)
    assert shop.numbers("pull") == ("done", 0, 0, 0)
    empty, full, null = shop.goods()
    assert full[1:] == (
        ROWS[0]["name"], ROWS[0]["note"], -2_147_483_648, Decimal("9999999999.99"), True,
        date(2024, 2, 29), datetime(2024, 7, 1, 12, 30, 15, 123456, tzinfo=UTC),
    )  # fmt: skip
    assert null == ("null", *[None] * 7)
    assert empty[1:] == ("", "", 0, Decimal("0.10"), False, None, None)
    before = sorted_rows(goods.do("select * from goods"))
    shop.define("push", goods, direction="out", missing="delete", delete_limit=100)
    assert shop.numbers("push") == ("done", 0, 0, 0)
    goods.do("delete from goods")
    assert shop.numbers("push") == ("done", 3, 0, 0)
    assert shop.numbers("push") == ("done", 0, 0, 0)
    after = sorted_rows(goods.do("select * from goods"))
    if native:
        assert after == before
    assert shop.numbers("pull") == ("done", 0, 0, 0)


def test_changes_go_out(shop: Place, goods: Other) -> None:
    """S02, S03: what is inserted, changed, deleted in the class is so in the table."""
    shop.define("push", goods, direction="out", missing="delete", delete_limit=50)
    a = shop.good.insert(number="a", name="Äpfel", price=Decimal("1.25"), active=True)
    b = shop.good.insert(number="b", since=date(2024, 2, 29))
    assert shop.numbers("push") == ("done", 2, 0, 0)
    assert shop.numbers("push") == ("done", 0, 0, 0)
    shop.good.update(a, name=None, price=Decimal("-0.05"))
    shop.good.delete(b)
    shop.good.insert(number="c", amount=7)
    assert shop.numbers("push", plan=True) == ("done", 1, 1, 1)
    assert len(goods.do("select * from goods")) == 2
    assert shop.numbers("push") == ("done", 1, 1, 1)
    assert sorted_rows(goods.do("select id, name, amount, active from goods")) == [
        ("a", None, None, True), ("c", None, 7, None)
    ]  # fmt: skip
    assert [float(row[0]) for row in goods.do("select price from goods where id = 'a'")] == [-0.05]


def test_snapshot_outwards_reads_the_table_only_when_unsure(shop: Place, goods: Other) -> None:
    """S02: compared with what was sent last; a table that others changed is read anew."""
    shop.define(
        "push", goods, direction="out", compare="snapshot", missing="delete", delete_limit=100
    )
    a = shop.good.insert(number="a", name="one")
    shop.good.insert(number="b", name="two")
    goods.put({"id": "b", "name": "stale"}, {"id": "z"})
    first = shop.run("push")
    assert (first["compare"], first["inserted"], first["updated"], first["deleted"]) == (
        "values",
        1,
        1,
        1,
    )
    goods.do("update goods set name = 'changed by others' where id = 'b'")
    second = shop.run("push")
    assert (second["compare"], second["read"], second["updated"]) == ("snapshot", 0, 0)
    shop.good.update(a, name="uno")
    assert shop.numbers("push") == ("done", 0, 1, 0)
    goods.do("delete from goods where id = 'a'")
    shop.good.update(a, name="une")
    lost = shop.run("push")
    assert (lost["state"], "rows were to be changed" in lost["error"]) == ("failed", True)
    assert shop.numbers("push") == ("done", 1, 1, 0)
    assert sorted_rows(goods.do("select id, name from goods")) == [("a", "une"), ("b", "two")]
