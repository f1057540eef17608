"""The other side of a subscription: an instance that may be older, wrong or hostile.

What it gives is used only where it has the form that was asked for; everything else is
PeerUnreachable, as is a peer that cannot be reached.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import psycopg
from psycopg import AsyncConnection

from ..db import connect_async, connection_string
from ..errors import UserError
from ..secrets import SecretMissing, read_secret

PIECE = 1 << 20
MOST_CONTENT = 1 << 30
"""Most bytes of a file: a value of PostgreSQL cannot have more."""
TOO_MUCH = (
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.OutOfMemory,
)
"""A batch that met a writer of its rows, or was too large, is tried again with fewer rows."""

Position = tuple[str, int, int]
Batch = list[tuple[Any, ...]]
"""Head and rows of each class, then the head that says how far it goes."""


class PeerUnreachable(Exception):
    """The peer cannot be asked; the message says why, without its password."""


class Peer:
    """An open connection to the instance that is read from."""

    def __init__(self, conn: AsyncConnection[Any]) -> None:
        self.conn = conn

    @classmethod
    async def connect(cls, reference: str) -> Peer:
        """Connect to the URL that the reference (env:NAME, file:PATH) leads to."""
        try:
            url = connection_string(read_secret(reference) or "")
        except SecretMissing as error:
            raise PeerUnreachable(str(error)) from error
        except UserError as error:
            raise PeerUnreachable(f"the URL of the peer is {error}") from None
        try:
            conn = await connect_async(url, autocommit=True, name="pgears replication")
        except psycopg.Error as error:
            raise PeerUnreachable(first_line(error)) from error
        # Functions carry their own plans; poolers need not know our statements.
        conn.prepare_threshold = None
        return cls(conn)

    async def close(self) -> None:
        """Close the connection."""
        await self.conn.close()

    async def ask(self, query: str, *values: object) -> Any:
        """The single value of a call; None where there is none."""
        rows = await self._rows(query, values)
        return rows[0][0] if rows else None

    async def batch(self, query: str, *values: object) -> Batch:
        """Rows of classes, if they have the form of a batch: heads with rows, and the last head."""
        rows = await self._rows(query, values)
        if not rows or not all(map(_is_part, rows)) or any(row[1] is None for row in rows[:-1]):
            raise PeerUnreachable("the peer gave something that is no batch of rows")
        last = rows[-1][0]
        if "copied" not in last and not _is_position(last):
            raise PeerUnreachable("the peer gave a batch without a position")
        return rows

    async def content(self, reader: str, sha256: str) -> AsyncIterator[bytes | None]:
        """A file in pieces, the last of them short; None where the peer has not got it any more."""
        offset = 0
        while True:
            piece = await self.ask(
                "select replica.read_content(%s, %s, %s, %s)", reader, sha256, offset, PIECE
            )
            if piece is not None and not (isinstance(piece, bytes) and len(piece) <= PIECE):
                raise PeerUnreachable("the peer gave a piece of a file that is none")
            if offset > MOST_CONTENT:
                raise PeerUnreachable(f"the peer gives a file of more than {MOST_CONTENT} bytes")
            yield piece
            if piece is None or len(piece) < PIECE:
                return
            offset += len(piece)

    async def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return await rows_of(self.conn, query, values)
        except TOO_MUCH:
            raise
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise PeerUnreachable(first_line(error)) from error


async def rows_of(
    conn: AsyncConnection[Any], query: str, values: tuple[object, ...]
) -> list[tuple[Any, ...]]:
    """Rows of a query at one of the two sides."""
    return await (await conn.execute(query.encode(), values)).fetchall()


def position_of(head: Mapping[str, Any]) -> Position:
    """How far a batch goes, of a head that was checked."""
    return str(head["transaction"]), int(head["position"]), int(head["piece"])


def first_line(error: BaseException) -> str:
    """What an error says, without where and how."""
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return error.diag.message_primary
    return (str(error).strip().splitlines() or [""])[0]


def _is_part(row: tuple[Any, ...]) -> bool:
    return (
        len(row) == 2 and isinstance(row[0], dict) and (row[1] is None or isinstance(row[1], str))
    )


def _is_position(head: Mapping[str, Any]) -> bool:
    numbers = [head.get("transaction"), head.get("position"), head.get("piece")]
    return isinstance(head.get("more"), bool) and all(
        isinstance(number, int | str) and str(number).isdecimal() and len(str(number)) < 20
        for number in numbers
    )
