"""A server that is away: a line when it goes and one when it is back, however often it is tried."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Iterator
from typing import Any, Self

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from runner.config import Settings
from runner.db import connect_async
from runner.logs import configure
from runner.outages import LOGGER
from tests.fix_database import Database


class Counted(psycopg.AsyncConnection[Any]):
    """A connection to a server that can be away; its attempts are counted."""

    away = False
    attempts = 0

    @classmethod
    async def connect(cls, *arguments: Any, **settings: Any) -> Self:
        cls.attempts += 1
        if cls.away:
            raise psycopg.OperationalError("connection refused\nIs the server running?")
        return await super().connect(*arguments, **settings)


class Away(Counted):
    """The server that goes."""


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What a process says of its pools, configured as such."""
    root, pools = logging.getLogger(), logging.getLogger(LOGGER)
    before = root.handlers[:], root.level, pools.level
    configure(Settings())
    found: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name == LOGGER:
                found.append(f"{record.levelname} {record.getMessage()}")

    root.addHandler(Keep())
    yield found
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    pools.setLevel(before[2])
    pools.filters.clear()


async def outage(pool: AsyncConnectionPool[Any], lines: list[str]) -> None:
    """The server goes, is missed by many, and comes back."""
    Away.away, Away.attempts, expected = True, 0, len(lines) + 1
    for _ in range(3):
        async with pool.connection() as conn:
            await conn.close()  # the pool needs another one
    while Away.attempts < 5:
        await asyncio.sleep(0.02)
    assert len(lines) == expected, lines
    Away.away = False
    while len(lines) == expected:
        await asyncio.sleep(0.02)
    await pool.wait()


def test_two_lines_for_an_outage(database: Database, lines: list[str]) -> None:
    """Also when another pool of the process connects meanwhile, and again the next time."""

    async def play() -> None:
        async with (
            asyncio.timeout(60),
            AsyncConnectionPool(
                database.url, min_size=3, connection_class=Away, open=False
            ) as pool,
            AsyncConnectionPool(
                database.url, min_size=1, connection_class=Counted, open=False
            ) as other,
        ):
            await pool.wait()
            await other.wait()
            assert lines == []
            for _ in range(2):
                await asyncio.gather(outage(pool, lines), _renew(other))

    asyncio.run(play())
    assert [line.partition(" after ")[0] for line in lines] == 2 * [
        "WARNING the database cannot be reached, which is tried again: connection refused",
        "INFO the database is back",
    ]


async def _renew(pool: AsyncConnectionPool[Any]) -> None:
    for _ in range(5):
        async with pool.connection() as conn:
            await conn.close()
        await asyncio.sleep(0.1)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="a system without it")
def test_connections_that_stay_notice_a_server_that_is_gone_without_a_word(
    database: Database,
) -> None:
    """As after a failover: a statement waits for seconds, where TCP itself tries for 15 minutes."""

    async def waits(url: str) -> tuple[int, int]:
        conn = await connect_async(url)
        try:
            with socket.socket(fileno=os.dup(conn.fileno())) as channel:
                return (
                    channel.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
                    channel.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
                )
        finally:
            await conn.close()

    if str(conninfo_to_dict(database.url)["host"]).startswith("/"):
        pytest.skip("the server is reached by a socket of this host")
    assert asyncio.run(waits(database.url)) == (15_000, 10)
    own = make_conninfo(database.url, tcp_user_timeout=60_000)
    assert asyncio.run(waits(own)) == (60_000, 10)
