"""Each hostile file ends as it must: good rows in, bad ones named."""

from __future__ import annotations

import pytest

from .hostile import CASES, Case
from .parts import Shop


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_file(shop: Shop, case: Case) -> None:
    """State, numbers and the reason that is given; what is good goes in."""
    shop.define(**{"match": ["email"], **case.keys})
    state = shop.load(case.data, name=case.name)
    found = shop.errors(state["run"])
    seen = (state["state"], state["inserted"], state["errors"])
    assert seen == (case.state, case.inserted, case.errors), (state["error"], found[:5])
    told = state["error"] if case.state != "done" else " ".join(e[3] for e in found)
    assert case.reason in (told or ""), (told, found[:5])
    assert len(shop.people()) == case.inserted
    assert all(error[0] is not None for error in found)
    assert (
        shop.one(
            "select count(*) from pg_tables where schemaname = 'batch' and tablename ~ '_[0-9]+$'"
        )
        == 0
    )


def test_there_are_enough() -> None:
    """Forty at least, each with a reason of its own."""
    assert len({case.why for case in CASES}) == len(CASES) >= 40
