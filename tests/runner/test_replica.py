"""Rows move from instance to instance by code and uid."""

from __future__ import annotations

from tests.fix_replica import Instance

Pair = tuple[Instance, Instance]


def test_rows_arrive_with_references_by_uid(pair: Pair) -> None:
    """What was there is copied, what changes follows; system columns are the writer's."""
    here, there = pair
    first = there.insert("customer", name="Ada")
    here.subscribe(there)
    here.read()
    assert here.rows("customer") == there.rows("customer")

    second = there.insert("customer", name="Bob", parent=there.id("customer", first))
    ticket = there.insert(
        "ticket",
        subject="late",
        customer=there.id("customer", second),
        others=[there.id("customer", second), there.id("customer", first)],
        about=there.id("customer", first),
        about__class="shop.customer",
    )
    there.update("customer", first, city="Ghent")
    assert here.read().rows > 0
    assert here.classes["ticket"].id != there.classes["ticket"].id
    assert here.rows("customer") == there.rows("customer")
    assert here.rows("ticket") == there.rows("ticket")
    assert here.rows("ticket")[ticket]["others"] == [second, first]
    assert here.read().rows == 0
