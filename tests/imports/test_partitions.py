"""Imports into a class in partitions, and exports of it: as with any class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fix_database import Database
from tests.fix_meta import PARTITIONS

from .parts import Shop, make_shop

MATCH = {"match": ["email"]}


@pytest.fixture
def parted(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """The shop, its people in partitions."""
    with database.connect() as conn:
        yield make_shop(database, conn, tmp_path, partition_by=PARTITIONS)


def test_matching(parted: Shop) -> None:
    """A known key updates, an unknown one inserts, the same file again writes nothing."""
    parted.define(**MATCH)
    parted.load("name,email,points\nAnn,a@x,1\nBob,b@x,2\n")
    before = parted.people("id, version")
    state = parted.load("name,email,points\nAnn,a@x,5\nBob,b@x,2\nCyr,c@x,3\nDan,a@x,3\n")
    assert (state["inserted"], state["updated"], state["unchanged"]) == (1, 1, 1)
    assert parted.errors() == [(5, "email", "a@x", "stands in record 1 of the file already")]
    assert parted.people("name, points, version") == [("Ann", 5, 2), ("Bob", 2, 1), ("Cyr", 3, 1)]
    assert [row[0] for row in parted.people("id")][:2] == [row[0] for row in before]
    changes = parted.one("select count(*) from feed.change")
    again = parted.load("name,email,points\nAnn,a@x,5\nBob,b@x,2\nCyr,c@x,3\n", force=True)
    assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert parted.one("select count(*) from feed.change") == changes


def test_bad_rows_are_named(parted: Shop) -> None:
    """A limit is found by the table; a key of the class that no row may share, by its row."""
    parted.person.insert(name="Ann", email="a@x")
    parted.define()
    state = parted.load("name,email,points\nBob,b@x,1001\nCyr,a@x,1\nDan,d@x,2\n,e@x,3\n")
    assert (state["inserted"], state["errors"]) == (1, 3)
    (limit, taken, missing) = parted.errors()
    assert limit == (2, "points", "1001", "is above 1000")
    assert taken[0] == 3
    assert "duplicate key value" in taken[3]
    assert missing == (5, "name", None, "is missing")
    assert parted.people() == [("Ann",), ("Dan",)]


def test_missing_records_are_deleted(parted: Shop) -> None:
    """Deletion by an import keeps the rows, as deletion does."""
    for name in ("Ann", "Bob", "Cyr"):
        parted.person.insert(name=name, email=f"{name}@x")
    parted.define(**MATCH, delete_missing=True)
    state = parted.load("name,email\nAnn,Ann@x\nDan,Dan@x\n")
    assert (state["deleted_missing"], state["inserted"], state["unchanged"]) == (2, 1, 1)
    assert parted.people() == [("Ann",), ("Dan",)]
    kept = parted.all(
        "select name, deleted_source from api.shop_person_all where deleted is not null"
    )
    assert {(row["name"], row["deleted_source"]) for row in kept} == {
        ("Bob", "import"), ("Cyr", "import"),
    }  # fmt: skip


def test_export_and_import_again(parted: Shop) -> None:
    """Every row leaves once, in the order asked for, and comes back as it was."""
    for number in range(50):
        parted.person.insert(name=f"P{number:02}", email=f"{number}@x", points=number)
    parted.define_export(columns=["name", "email", "points"], order=["name"])
    text = parted.text()
    lines = text.splitlines()
    assert lines[1:] == [f"P{n:02},{n}@x,{n}" for n in range(50)]
    parted.conn.execute("delete from api.shop_person")
    parted.define(**MATCH)
    state = parted.load(text)
    assert (state["inserted"], state["errors"]) == (50, 0)
    assert parted.text() == text
