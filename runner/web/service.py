"""The parts of a running web service that requests share."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

import psycopg
from psycopg import AsyncConnection
from psycopg.pq.abc import PGresult
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from ..config import Settings
from ..metrics.tally import Tallies
from .auth import Authenticator
from .catalogue import Catalogue
from .exchange import Exchange, Step
from .problem import Problem
from .request import Request
from .session import Sessions
from .standby import Standby
from .statement import Prepared

COMPOSED = 2_000
"""Shapes of requests whose SQL is kept."""

LOST = (None, "57P01", "57P02", "57P03", "08006", "26000", "42P05")
"""States of errors that say that the connection, or what it had prepared, has gone."""

BEGIN: Step = (b"begin", ())
COMMIT: Step = (b"commit", ())
ROLLBACK: Step = (b"rollback", ())


class Shelf(Protocol):
    """Where the catalogue of now is found."""

    @property
    def current(self) -> Catalogue:
        """The catalogue."""

    async def is_newer(self, seen: Catalogue) -> bool:
        """Whether there is a newer catalogue than the one seen; it is the current one then."""


class Service:
    """Settings, connections, catalogue, and the SQL that was composed before."""

    def __init__(
        self,
        settings: Settings,
        pool: AsyncConnectionPool[Any],
        library: Shelf,
        authenticator: Authenticator,
        door: str = "web",
        standby: Standby | None = None,
    ) -> None:
        self.settings = settings
        self.pool = pool
        self.library = library
        self.authenticator = authenticator
        self.standby = standby
        self.sessions = Sessions(settings, door)
        self.tallies = Tallies()
        self.exchange = Exchange(prepare=settings.web_prepare)
        self._composed: OrderedDict[Hashable, Prepared] = OrderedDict()
        self._composed_of: Catalogue | None = None

    @property
    def catalogue(self) -> Catalogue:
        """What is served now."""
        return self.library.current

    def composed(self, key: Hashable, compose: Callable[[Catalogue], Prepared]) -> Prepared:
        """The SQL for a shape of request, composed once for each version of the catalogue."""
        catalogue = self.catalogue
        if self._composed_of is not catalogue:
            self._composed.clear()
            self._composed_of = catalogue
        found = self._composed.get(key)
        if found is None:
            found = self._composed[key] = compose(catalogue)
            if len(self._composed) > COMPOSED:
                self._composed.popitem(last=False)
        return found

    async def run(self, request: Request, steps: Sequence[Step], *, reads: bool) -> list[PGresult]:
        """The steps as the caller in one transaction and one round trip; gives their results."""
        first = self.sessions.steps(request, reads=reads)
        if reads and (results := await self._from_replica(request, [*first, *steps])):
            return results[len(first) :]
        attempts = self.settings.web_pool + 1 if reads else 1
        while True:
            attempts -= 1
            try:
                # No transaction stays open behind them, so there is nothing to commit.
                conn = await self.pool.getconn()
                try:
                    results = await self.exchange.run(conn, [*first, *steps])
                finally:
                    await self.pool.putconn(conn)
            except PoolTimeout as error:
                raise busy() from error
            except psycopg.Error as error:
                # After a restart of the server every idle connection is a dead one.
                if error.sqlstate not in LOST or not attempts:
                    raise
            else:
                return results[len(first) :]

    async def _from_replica(self, request: Request, steps: Sequence[Step]) -> list[PGresult]:
        """Results from the replica; none when the primary is to answer."""
        if self.standby is None or request.preferences.read == "primary":
            return []
        pool = self.standby.pool_for(request.caller.role)
        if pool is None:
            return []
        try:
            async with pool.connection() as conn:
                return await self.exchange.run(conn, steps)
        except PoolTimeout:
            return []
        except psycopg.Error as error:
            if error.sqlstate == "57014":  # it took too long, and would there
                raise
            if error.sqlstate in LOST:
                self.standby.lost()
            # What a replica cannot do, or does not have yet, the primary answers for.
            return []


async def undo(conn: AsyncConnection[Any]) -> None:
    """Roll back what is open; a connection that is lost has nothing open."""
    with contextlib.suppress(psycopg.Error):
        await conn.rollback()


def busy() -> Problem:
    """No connection became free in time."""
    return Problem(
        504,
        "PGRST003",
        "Timed out acquiring connection from connection pool.",
        hint="Try again in a moment; PGEARS_WEB_POOL sets the number of connections.",
    )
