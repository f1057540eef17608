"""What tests of outgoing calls work with: an instance with a target, and a runner of one task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from runner.config import Settings
from runner.http_out import HANDLERS
from runner.http_out.addresses import Resolver
from runner.http_out.calls import clients_of
from runner.tasks import SETTLED, Services
from tests.fix_database import Database
from tests.fix_meta import Definitions
from tests.peers.target import Target

from .mail_parts import claim


class Calls:
    """An instance whose model `shop` calls a target."""

    def __init__(self, database: Database, home: Path, target: Target) -> None:
        self.database, self.home, self.target = database, home, target
        self.conn: psycopg.Connection[Any] = database.connect()
        self.definitions = Definitions(self.conn)
        self.model = self.definitions.model("shop")
        self.conn.execute("select http.set_guard('deliver')")
        self.define()

    def define(self, code: str = "erp", **definition: Any) -> int:
        """Make or change a target at the server."""
        given = {"url": self.target.url, "allow": ["127.0.0.1"], "backoff": "0", **definition}
        return int(self.one("select http.set_target(%s, %s, %s)", self.model, code, Jsonb(given)))

    def one(self, query: str, *values: object) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def send(self, path: str = "/orders", target: str = "erp", **more: Any) -> int:
        """Write a call."""
        names = "".join(f", p_{name} => %s" for name in more)
        values = [Jsonb(v) if isinstance(v, (dict, list)) else v for v in more.values()]
        return int(self.one(f"select http.send(%s, %s{names})", target, path, *values))

    def call(self, id: int) -> dict[str, Any]:
        """State of a call."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute("select * from http.call_status where id = %s", (id,)).fetchone()
        assert row is not None
        return row

    def state(self, id: int) -> str:
        """State of a call, in a word."""
        return str(self.call(id)["state"])

    def breaker(self) -> str:
        """State of the breaker of erp."""
        return str(self.one("select breaker from http.target_status where target = 'shop.erp'"))

    def pass_time(self, span: str = "1 day") -> None:
        """Time goes by: what is delayed is due."""
        self.conn.execute("select core.set_clock(core.now() + %s::interval)", (span,))

    def work(self, turns: int = 1, resolver: Resolver | None = None) -> int:
        """Do what is ready, all at once, so many times; gives the number of tasks."""

        async def main() -> int:
            count = 0
            async with services(self.database, self.home) as given:
                if resolver is not None:
                    clients_of(given).resolver = resolver
                for _ in range(turns):
                    count += await work(given)
            return count

        return asyncio.run(main())


@asynccontextmanager
async def services(database: Database, home: Path) -> AsyncIterator[Services]:
    """Pool and settings as a runner has them."""
    async with AsyncConnectionPool(database.url, min_size=1, max_size=4, open=False) as pool:
        given = Services(pool, Settings(home=home, database_url=database.url))
        try:
            yield given
        finally:
            await clients_of(given).close()


async def work(services: Services) -> int:
    """Do all tasks that are ready at once; gives their number."""
    tasks = await claim(services)

    async def do(task: Any) -> None:
        if task.kind not in HANDLERS:
            async with services.pool.connection() as conn:
                await conn.execute("select queue.run(%s, %s)", (task.id, task.token))
        else:
            assert await HANDLERS[task.kind].run(task, services) is SETTLED

    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(do(task))
    async with services.pool.connection() as conn:
        await conn.execute("select http.wake()")
    return len(tasks)
