"""Several instances that replicate: each with ids of its own, and a way to read its peers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from runner.db import connect_async
from runner.replica.turn import Result, Turn

from .fix_database import Database, new_database
from .fix_meta import ClassTable, Definitions
from .fix_server import TestServer

CUSTOMER: dict[str, dict[str, Any]] = {
    "name": {"type": "text"},
    "city": {"type": "text"},
    "parent": {"type": "reference", "class": "customer"},
}
TICKET: dict[str, dict[str, Any]] = {
    "subject": {"type": "text"},
    "priority": {"type": "integer"},
    "customer": {"type": "reference", "class": "customer"},
    "others": {"type": "reference", "class": "customer", "multiple": True},
    "about": {"type": "reference", "classes": ["customer", "ticket"]},
    "owner": {"type": "reference", "target": "user"},
    "kind": {"type": "class"},
    "paper": {"type": "file"},
    "papers": {"type": "file", "multiple": True},
}


class Instance:
    """One database with the model shop, seen by codes and uids."""

    def __init__(self, database: Database, conn: psycopg.Connection[Any], number: int) -> None:
        self.database = database
        self.conn = conn
        self.name = "abc"[number]
        self.definitions = Definitions(conn)
        self.classes: dict[str, ClassTable] = {}
        # Ids differ from instance to instance, as they do in life.
        for filler in range(number * 3):
            self.definitions.create_class(f"other.filler{filler}", {"x": {"type": "text"}})

    def make_shop(
        self,
        deletion: str = "logical",
        layout: dict[str, Any] | None = None,
        **extra: dict[str, Any],
    ) -> Instance:
        """Make customer and ticket; extra columns go to customer."""
        options = {"archive": True, "deletion": deletion, **(layout or {})}
        self.classes["customer"] = self.definitions.create_class(
            "shop.customer", {**CUSTOMER, **extra}, **options
        )
        self.classes["ticket"] = self.definitions.create_class("shop.ticket", TICKET, **options)
        return self

    def subscribe(self, to: Instance, policy: str = "newer", **more: Any) -> int:
        """Subscribe to all of shop at another instance."""
        reference = f"PEER_{to.database.name}"
        os.environ[reference] = to.database.url
        self.conn.execute("select replica.set_peer(%s, %s)", (to.name, f"env:{reference}"))
        definition = {
            "peer": to.name,
            "classes": ["customer", "ticket"],
            "conflict": policy,
            **more,
        }
        row = self.conn.execute(
            """
            select replica.set_subscription(m.id, %s, %s) from meta.model as m where m.code = 'shop'
            """,
            (f"from_{to.name}", Jsonb(definition)),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def read(self, *subscriptions: int) -> Result:
        """One turn of each subscription (all when none is named)."""
        found = subscriptions or [
            row[0] for row in self.conn.execute("select replica.due()").fetchall()
        ]
        total = Result()
        for id in found:
            result = asyncio.run(self._turn(id, self.database))
            total.ran |= result.ran
            total.rows += result.rows
            total.batches += result.batches
        return total

    def read_from(self, database: Database) -> Result:
        """A turn of the only subscription by another way into the database."""
        (id,) = self.conn.execute("select id from replica.subscription").fetchone() or (0,)
        return asyncio.run(self._turn(id, database))

    async def turn(self) -> Result:
        """A turn of the only subscription, for tests that let several run at once."""
        (id,) = self.conn.execute("select id from replica.subscription").fetchone() or (0,)
        return await self._turn(id, self.database)

    async def _turn(self, id: int, database: Database) -> Result:
        async with (
            await connect_async(database.url, autocommit=True) as conn,
            Turn(conn, id) as turn,
        ):
            if turn.result.ran:
                await turn.catch_up()
            return turn.result

    def insert(self, of: str, **values: Any) -> UUID:
        """Insert a row and give its uid."""
        table = self.classes[of]
        uid = table.row(table.insert(**values))["uid"]
        assert isinstance(uid, UUID)
        return uid

    def id(self, of: str, uid: UUID) -> int:
        """Id of a row here."""
        row = self.conn.execute(
            sql.SQL("select id from {} where uid = %s").format(self.classes[of].table), (uid,)
        ).fetchone()
        assert row is not None, f"{self.name} has no {of} {uid}"
        return int(row[0])

    def has(self, of: str, uid: UUID) -> bool:
        """Whether the row is there, and not deleted."""
        return (
            self.conn.execute(
                sql.SQL("select 1 from {} where uid = %s and deleted is null").format(
                    self.classes[of].table
                ),
                (uid,),
            ).fetchone()
            is not None
        )

    def update(self, of: str, uid: UUID, **values: Any) -> None:
        """Update a row."""
        self.classes[of].update(self.id(of, uid), **values)

    def delete(self, of: str, uid: UUID) -> None:
        """Delete a row."""
        self.classes[of].delete(self.id(of, uid))

    def rows(self, of: str) -> dict[UUID, Mapping[str, Any]]:
        """All rows by uid as they travel: the same in every instance that is in step."""
        table = self.classes[of]
        columns = self.conn.execute(
            "select code, reads from replica.exchanged_column where class_id = %s order by 1",
            (table.id,),
        ).fetchall()
        with self.conn.cursor(row_factory=dict_row) as cursor:
            cursor.execute(
                sql.SQL(
                    "select r.uid, r.version, r.creator, r.created, r.created_source, r.modifier,"
                    " r.modified, r.modified_source, r.deleter, r.deleted, r.deleted_source, {}"
                    " from {} as r"
                ).format(
                    sql.SQL(", ").join(
                        sql.SQL("{} as {}").format(
                            sql.SQL(reads),
                            sql.Identifier(code),
                        )
                        for code, reads in columns
                    ),
                    table.table,
                )
            )
            return {row["uid"]: row for row in cursor.fetchall()}

    def status(self) -> dict[str, Any]:
        """The only subscription's status."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute("select * from replica.status").fetchone()
        assert row is not None
        return row

    def conflicts(self, state: str = "open") -> list[dict[str, Any]]:
        """Conflicts in a state, oldest first."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(
                "select * from replica.conflict_status where state = %s order by id", (state,)
            ).fetchall()


@pytest.fixture
def instances(server: TestServer, template: str) -> Iterator[Callable[[int], list[Instance]]]:
    """Makes so many instances, with different ids."""
    with ExitStack() as stack:

        def make(number: int) -> list[Instance]:
            made = []
            for place in range(number):
                database = stack.enter_context(new_database(server, template))
                conn = stack.enter_context(database.connect())
                made.append(Instance(database, conn, place))
            return made

        yield make


@pytest.fixture
def pair(instances: Callable[[int], list[Instance]]) -> tuple[Instance, Instance]:
    """Two instances with the shop, that read nothing yet."""
    one, other = instances(2)
    return one.make_shop(), other.make_shop()
