"""References to several classes, which no foreign key holds: writers and deleters at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from runner.errors import NoSuchRow
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions
from tests.fix_runner import until

WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock'
"""


class Pair:
    """Two classes whose rows a third refers to, on two connections, each in a transaction."""

    def __init__(self, watcher: psycopg.Connection[Any], deletion: str, *, family: bool) -> None:
        self.watcher = watcher
        definitions = Definitions(watcher)
        self.first = definitions.create_class(
            "race.first", {"name": {"type": "text"}}, deletion=deletion
        )
        if family:
            definitions.create_class("race.heir", {}, parent="first", deletion=deletion)
        definitions.create_class("race.second", {"name": {"type": "text"}})
        self.note = definitions.create_class(
            "race.note",
            {
                "about": {"type": "reference", "classes": ["first", "second"]},
                "text": {"type": "text"},
            },
        )
        self.row = self.first.insert(name="x")
        self.about = self.note.physical("about")

    def refer(self, conn: psycopg.Connection[Any]) -> None:
        """Write a note about the row."""
        conn.execute(
            f"insert into data.datarow_{self.note.id} ({self.about}, {self.about}_class)"
            f" values ({self.row}, 'race.first')".encode()
        )

    def turn(self, conn: psycopg.Connection[Any], note: int) -> None:
        """Let a note that was about nothing be about the row."""
        conn.execute(
            f"update data.datarow_{self.note.id} set {self.about} = {self.row},"
            f" {self.about}_class = 'race.first' where id = {note}".encode()
        )

    def delete(self, conn: psycopg.Connection[Any]) -> None:
        """Delete the row."""
        ClassTable(conn, self.first.id).delete(self.row)

    def forget(self) -> None:
        """Let no note be about anything."""
        self.watcher.execute(
            f"update data.datarow_{self.note.id} set {self.about} = null, {self.about}_class = null"
            f" where {self.about} is not null".encode()
        )

    def dangling(self) -> int:
        """Notes about rows that are not there."""
        found = self.watcher.execute(
            f"""
            select count(*) from data.datarow_{self.note.id} as n
            left join data.datarow_{self.first.id} as r on n.{self.about} = r.id
            where n.{self.about} is not null and r.id is null
            """.encode()
        ).fetchone()
        return int((found or (0,))[0])


def second_waits(
    pair: Pair,
    database: Database,
    first: Callable[[psycopg.Connection[Any]], None],
    second: Callable[[psycopg.Connection[Any]], None],
) -> Future[None]:
    """Do both, the second while the first is not committed: it waits for that."""

    def run() -> None:
        with database.connect(autocommit=False) as conn:
            second(conn)
            conn.commit()

    with database.connect(autocommit=False) as conn, ThreadPoolExecutor(1) as one:
        first(conn)
        done = one.submit(run)
        until(
            lambda: done.done() or pair.watcher.execute(WAITING).fetchone() != (0,),
            "the second waits",
        )
        conn.commit()
    return done


@pytest.mark.parametrize("family", [False, True])
def test_who_deletes_waits_for_who_refers(database: Database, *, family: bool) -> None:
    """The deletion sees the reference, new or changed, and is refused."""
    with database.connect() as watcher:
        pair = Pair(watcher, "physical", family=family)
        note = pair.note.insert(text="about nothing yet")
        for refers in (pair.refer, lambda conn: pair.turn(conn, note)):
            with pytest.raises(NoSuchRow):
                second_waits(pair, database, refers, pair.delete).result()
            assert pair.dangling() == 0
            pair.forget()


@pytest.mark.parametrize("family", [False, True])
def test_who_refers_waits_for_who_deletes(database: Database, *, family: bool) -> None:
    """The reference does not find the row any more, and is refused."""
    with database.connect() as watcher:
        pair = Pair(watcher, "physical", family=family)
        with pytest.raises(NoSuchRow):
            second_waits(pair, database, pair.delete, pair.refer).result()
        assert pair.dangling() == 0
