"""A bare ASGI application with the SQL of the service: `python -m bench.web_bare PORT URL`.

What one writes by hand when there is no service: no tokens, no roles, no filters, one prepared
statement for each path.
"""

from __future__ import annotations

import sys
from typing import Any

import psycopg
import uvicorn
from psycopg_pool import AsyncConnectionPool

ID = b"""
select null::bigint, count(*), coalesce(json_agg(r), '[]')::text
from (select o.* from api.bench_order as o where o.id = %s) as r
"""
LIST = b"""
select null::bigint, count(*), coalesce(json_agg(r), '[]')::text
from (select o.* from api.bench_order as o where o.category = %s limit 100) as r
"""
POOL = 10


class Bare:
    """/id?N and /list?N."""

    def __init__(self, url: str) -> None:
        self.pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            url, open=False, min_size=1, max_size=POOL, kwargs={"autocommit": True}
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await receive()
            await self.pool.open()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self.pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        query = ID if scope["path"] == "/id" else LIST
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query, (scope["query_string"].decode(),))
            row = await cursor.fetchone()
        body = row[2].encode() if row else b"[]"
        headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(
        Bare(sys.argv[2]),
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        server_header=False,
    )
