"""The change feed loses nothing and repeats nothing, whatever the order of commits."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from runner.errors import FeedReaderLost
from tests.fix_database import Database
from tests.fix_meta import Definitions

Conn = psycopg.Connection[Any]


def read(conn: Conn) -> list[int]:
    """Read on as a consumer does: what is new, then the position behind it."""
    rows = conn.execute(
        "select transaction_id::text, position, row_ids from feed.read_changes('reader')"
    ).fetchall()
    if rows:
        conn.execute("select feed.advance('reader', %s::xid8, %s)", rows[-1][:2])
    return [id for row in rows for id in row[2]]


def test_commits_in_the_other_order_of_their_ids(database: Database) -> None:
    """The one that began first commits last: the reader gets both, each once."""
    with (
        database.connect() as conn,
        database.connect(autocommit=False) as first,
        database.connect(autocommit=False) as second,
    ):
        made = Definitions(conn).create_class("shop.item", {"name": {"type": "text"}})
        conn.execute("select feed.subscribe('reader')")
        assert read(conn) == []

        insert = psycopg.sql.SQL("insert into {} ({}) values ('x') returning id").format(
            made.table, made.column("name")
        )
        early = (first.execute(insert).fetchone() or [0])[0]
        late = (second.execute(insert).fetchone() or [0])[0]
        assert early < late

        second.commit()
        before = read(conn)
        first.commit()
        after = read(conn)
        assert sorted(before + after) == [early, late]
        assert read(conn) == []


def test_a_reader_never_goes_back(database: Database) -> None:
    """Two processes under one code are noticed."""
    with database.connect() as conn:
        conn.execute("select feed.subscribe('reader')")
        conn.execute("select feed.advance('reader', '9000000'::xid8, 1)")
        with pytest.raises(FeedReaderLost):
            conn.execute("select feed.advance('reader', '5'::xid8, 1)")
        with pytest.raises(FeedReaderLost):
            conn.execute("select feed.advance('nobody', '5'::xid8, 1)")


def test_prune_keeps_what_a_reader_lacks(database: Database) -> None:
    """Old changes go when all have read them, not before."""
    with database.connect() as conn:
        made = Definitions(conn).create_class("shop.item", {"name": {"type": "text"}})
        conn.execute("select feed.subscribe('reader')")
        made.insert(name="x")
        assert conn.execute("select feed.prune('0')").fetchone() == (0,)
        assert len(read(conn)) == 1
        assert conn.execute("select feed.prune('0')").fetchone() == (1,)
