"""Whatever happens on one side, a run makes the other side equal to it."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.fix_sync import MAPPING, Other, Place

KEYS = st.sampled_from(["a", "b", "c", "d", "e", "ž"])
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.fixed_dictionaries(
    {
        "name": st.none() | TEXT,
        "note": st.none() | TEXT,
        "amount": st.none() | st.integers(-(2**31), 2**31 - 1),
        "price": st.none() | st.decimals(-(10**9), 10**9, places=2),
        "active": st.none() | st.booleans(),
        "since": st.none() | st.dates(date(1000, 1, 1), date(9999, 12, 31)),
        "seen": st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)),
    }
)
WRITES = st.lists(st.tuples(KEYS, st.none() | VALUES), max_size=12)
ROUNDS = st.lists(WRITES, min_size=1, max_size=3)
RELAXED = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def there(goods: Other, values: dict[str, Any]) -> dict[str, Any]:
    """Values as the driver of the other database takes them."""
    given = dict(values)
    if goods.name == "postgresql" and given["seen"] is not None:
        given["seen"] = given["seen"].replace(tzinfo=UTC)
    if goods.name == "sqlite":
        given = {
            key: str(value) if isinstance(value, (Decimal, date, datetime)) else value
            for key, value in given.items()
        }
    return {MAPPING[key]: value for key, value in given.items()}


def seen_there(goods: Other) -> dict[str, dict[str, Any]]:
    """Rows of the table in common types."""
    names = ", ".join(MAPPING.values())
    found = {}
    for row in goods.do(f"select {names} from goods"):
        values = dict(zip(MAPPING, row, strict=True))
        if values["price"] is not None:
            values["price"] = Decimal(str(values["price"])).quantize(Decimal("0.01"))
        if values["active"] is not None:
            values["active"] = bool(values["active"])
        if isinstance(values["since"], str):
            values["since"] = date.fromisoformat(values["since"])
        if isinstance(values["seen"], str):
            values["seen"] = datetime.fromisoformat(values["seen"])
        if values["seen"] is not None:
            values["seen"] = (
                values["seen"].replace(tzinfo=None)
                if goods.name != "postgresql"
                else values["seen"].astimezone(UTC).replace(tzinfo=None)
            )
        found[values["number"]] = values
    return found


def seen_here(shop: Place) -> dict[str, dict[str, Any]]:
    """Rows of the class in common types."""
    found = {}
    for row in shop.goods():
        values = dict(zip(MAPPING, row, strict=True))
        if values["price"] is not None:
            values["price"] = values["price"].quantize(Decimal("0.01"))
        if values["seen"] is not None:
            values["seen"] = values["seen"].astimezone(UTC).replace(tzinfo=None)
        found[values["number"]] = values
    return found


def write_there(goods: Other, key: str, values: dict[str, Any] | None) -> None:
    """Delete, or delete and insert, one row of the table."""
    goods.do("delete from goods where id = :key", {"key": key})
    if values is not None:
        goods.put({"id": key, **there(goods, values)})


def write_here(shop: Place, key: str, values: dict[str, Any] | None) -> None:
    """Insert, change or delete one row of the class."""
    found = shop.conn.execute(
        sql.SQL("select id from {} where {} = %s and deleted is null").format(
            shop.good.table, shop.good.column("number")
        ),
        (key,),
    ).fetchone()
    given = (
        None
        if values is None
        else {**values, "seen": values["seen"] and values["seen"].replace(tzinfo=UTC)}
    )
    if found is None and given is not None:
        shop.good.insert(number=key, **given)
    elif found is not None and given is not None:
        shop.good.update(found[0], **given)
    elif found is not None:
        shop.good.delete(found[0])


@pytest.mark.slow
@RELAXED
@given(rounds=ROUNDS, compare=st.sampled_from(["values", "snapshot"]))
def test_inwards(shop: Place, goods: Other, compare: str, rounds: list[Any]) -> None:
    """S01, S03, S06: after each run the class equals the source, and a second run writes nothing."""
    goods.do("delete from goods")
    shop.conn.execute(sql.SQL("delete from {}").format(shop.good.table))
    shop.conn.execute("delete from sync.snapshot")
    shop.define("pull", goods, compare=compare, missing="delete", delete_limit=100)
    for writes in rounds:
        for key, values in writes:
            write_there(goods, key, values)
        assert shop.run("pull")["error"] is None
        assert seen_here(shop) == seen_there(goods)
        assert shop.numbers("pull") == ("done", 0, 0, 0)


@pytest.mark.slow
@RELAXED
@given(rounds=ROUNDS, compare=st.sampled_from(["values", "snapshot"]))
def test_outwards(shop: Place, goods: Other, compare: str, rounds: list[Any]) -> None:
    """S02, S03, S06: after each run the target equals the class, and a second run writes nothing."""
    goods.do("delete from goods")
    shop.conn.execute(sql.SQL("delete from {}").format(shop.good.table))
    shop.conn.execute("delete from sync.snapshot")
    shop.conn.execute("update sync.definition set unsure = true")
    shop.define("push", goods, direction="out", compare=compare, missing="delete", delete_limit=100)
    for writes in rounds:
        for key, values in writes:
            write_here(shop, key, values)
        assert shop.run("push")["error"] is None
        assert seen_there(goods) == seen_here(shop)
        assert shop.numbers("push") == ("done", 0, 0, 0)
