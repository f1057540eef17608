"""Several statements in one round trip.

What stands between two Syncs of PostgreSQL's pipeline is one transaction, so settings that
are local to it hold for the statement behind them, and nothing else has to be sent.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection, pq
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

KEPT = 300
"""Prepared statements of a connection."""

FORGOTTEN = ("26000", "42P05")
"""A prepared statement is not there, or there already: a pooler gave another connection."""

Step = tuple[bytes, Sequence[bytes | None]]
"""SQL with $1, $2, and the parameters as text."""


class Exchange:
    """Runs steps on connections, and knows what each has prepared."""

    def __init__(self, *, prepare: bool) -> None:
        self._prepare = prepare
        self._prepared: WeakKeyDictionary[Any, OrderedDict[bytes, bytes]] = WeakKeyDictionary()
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._number = 0

    async def run(self, conn: AsyncConnection[Any], steps: Sequence[Step]) -> list[PGresult]:
        """Results of the steps in order; the first error is raised, and undoes them all."""
        pgconn = conn.pgconn
        known = self._prepared.get(conn)
        if known is None:
            known = self._prepared[conn] = OrderedDict()
        # For each result to come: what it prepares, or None when it is a step's.
        expected: list[tuple[bytes, bytes] | None] = []
        pgconn.enter_pipeline_mode()
        try:
            for text, parameters in steps:
                self._send(pgconn, known, text, parameters, expected)
            pgconn.pipeline_sync()
            results = await conn.wait(_results(pgconn))
        finally:
            if pgconn.status == pq.ConnStatus.OK and pgconn.pipeline_status:
                _leave(pgconn)
        found: list[PGresult] = []
        for result, prepares in zip(results, expected, strict=False):
            if result.status in (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED):
                error = psycopg.errors.error_from_result(result, encoding="utf-8")
                if error.sqlstate in FORGOTTEN:
                    known.clear()
                raise error
            if prepares is None:
                found.append(result)
            else:
                known[prepares[0]] = prepares[1]
        if len(found) != len(steps):
            raise psycopg.OperationalError("the connection was lost")
        return found

    def _send(
        self,
        pgconn: PGconn,
        known: OrderedDict[bytes, bytes],
        text: bytes,
        parameters: Sequence[bytes | None],
        expected: list[tuple[bytes, bytes] | None],
    ) -> None:
        name = known.get(text)
        if name is None and self._prepare and self._is_repeated(text):
            if len(known) >= KEPT:
                _, old = known.popitem(last=False)
                pgconn.send_query_params(b'deallocate "' + old + b'"', [])
                expected.append((b"", b""))
                known.pop(b"", None)
            self._number += 1
            name = b"pgears_%d" % self._number
            pgconn.send_prepare(name, text)
            expected.append((text, name))
        if name is None:
            pgconn.send_query_params(text, parameters or None)
        else:
            pgconn.send_query_prepared(name, parameters or None)
        expected.append(None)

    def _is_repeated(self, text: bytes) -> bool:
        if text in self._seen:
            return True
        self._seen[text] = None
        if len(self._seen) > 4 * KEPT:
            self._seen.popitem(last=False)
        return False


def _results(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Send what is buffered, and read until the server says that it is done."""
    while pgconn.flush():
        ready = yield Wait.RW
        if ready & Ready.R:
            pgconn.consume_input()
    found: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return found
        found.append(result)


def _leave(pgconn: PGconn) -> None:
    """Out of the pipeline; a connection that cannot is closed, and the pool replaces it."""
    try:
        pgconn.exit_pipeline_mode()
    except psycopg.OperationalError:
        pgconn.finish()
