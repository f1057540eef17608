"""The catalogue as it is read from the database, and kept fresh."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from ..db import connect_async
from .catalogue import Catalogue, Column, Function, Key, Name, Parameter, Relation
from .kinship import Link, relationships
from .lineage import origins

log = logging.getLogger("pgears.web")

CHANNELS = ("pgears_web", "pgrst")
"""The second is what people who know PostgREST notify."""
POLL_SECONDS = 5.0

Row = dict[str, Any]


async def load(conn: AsyncConnection[Any], schemas: Sequence[str]) -> Catalogue:
    """Read everything in one snapshot."""
    async with conn.transaction():
        await conn.execute("set transaction isolation level repeatable read, read only")
        version = await catalogue_version(conn, schemas)
        rows = await _rows(conn, "select * from web.relations(%s)", list(schemas))
        links = await _rows(conn, "select * from web.links()")
        queries = await _rows(conn, "select * from web.view_queries(%s)", list(schemas))
        functions = await _rows(conn, "select * from web.functions(%s)", list(schemas))
        types = await _rows(conn, "select * from web.types(%s)", list(schemas))
    relations = [_relation(row) for row in rows]
    names = {relation.id: relation.qualified for relation in relations}
    by_name: dict[Name, list[Function]] = defaultdict(list)
    for row in functions:
        by_name[(row["schema"], row["name"])].append(_function(row, names))
    return Catalogue(
        version,
        {relation.qualified: relation for relation in relations},
        relationships(
            relations,
            [_link(row) for row in links],
            {row["id"]: origins(row["query"]) for row in queries},
        ),
        {name: tuple(found) for name, found in by_name.items()},
        {row["name"]: row["type"] for row in types},
        tuple(schemas),
    )


async def catalogue_version(conn: AsyncConnection[Any], schemas: Sequence[str]) -> str:
    """The version that the database has now."""
    cursor = await conn.execute("select web.catalogue_version(%s)", (list(schemas),))
    row = await cursor.fetchone()
    return str(row[0]) if row else ""


class Library:
    """The catalogue of a running server; `current` is the one to use."""

    def __init__(self, pool: AsyncConnectionPool[Any], schemas: Sequence[str]) -> None:
        self._pool = pool
        self._schemas = tuple(schemas)
        self._lock = asyncio.Lock()
        self.current = Catalogue("", {}, {}, {}, {}, self._schemas)

    async def renew(self) -> None:
        """Read the catalogue again if it has changed."""
        async with self._lock, self._pool.connection() as conn:
            if await catalogue_version(conn, self._schemas) == self.current.version:
                return
            self.current = await load(conn, self._schemas)
        log.info("catalogue read: %s relations", len(self.current.relations))

    async def is_newer(self, seen: Catalogue) -> bool:
        """Whether there is a newer catalogue than the one seen; it is the current one then."""
        await self.renew()
        return self.current is not seen

    async def watch(self, url: str) -> None:
        """Renew on every notification and every few seconds, for ever."""
        while True:
            try:
                async with await connect_async(url, autocommit=True, name="pgears serve") as conn:
                    for channel in CHANNELS:
                        await conn.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                    await self.renew()
                    while True:
                        async for _ in conn.notifies(timeout=POLL_SECONDS, stop_after=1):
                            pass
                        await self.renew()
            except (psycopg.Error, OSError) as error:
                log.warning("catalogue: %s", str(error).strip().splitlines()[0])
                with contextlib.suppress(psycopg.Error, OSError):
                    await self.renew()
                await asyncio.sleep(POLL_SECONDS)


async def _rows(conn: AsyncConnection[Any], query: str, *values: object) -> list[Row]:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), values)
        return await cursor.fetchall()


def _relation(row: Row) -> Relation:
    return Relation(
        **{
            **row,
            "columns": {
                column["name"]: Column(**{**column, "values": tuple(column.get("values", ()))})
                for column in row["columns"]
            },
            "keys": tuple(
                Key(tuple(key["columns"]), key["primary"], key["live"])
                for key in row["keys"]
                if key["columns"]
            ),
        }
    )


def _link(row: Row) -> Link:
    return Link(
        **{
            **row,
            "source_numbers": tuple(row["source_numbers"]),
            "target_numbers": tuple(row["target_numbers"]),
        }
    )


def _function(row: Row, names: dict[int, Name]) -> Function:
    return Function(
        **{
            **row,
            "parameters": tuple(
                Parameter(p["name"], p["type"], p["required"], bool(p["variadic"]))
                for p in row["parameters"]
            ),
            "relation": names.get(row["relation"]),
            "columns": tuple((c["name"], c["type"]) for c in row["columns"] or ()),
        }
    )
