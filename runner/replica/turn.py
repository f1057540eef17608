"""One turn of a subscription: read batches at the peer, apply them here, until nothing is left.

A batch and the position behind it are committed in one transaction of this instance, so a
turn can be cut off anywhere: the next one asks the peer from the position that was kept. No
transaction is open at the peer while a batch is applied here.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from ..db import connect_async, connection_string
from ..errors import UserError
from ..hiding import hide
from ..secrets import SecretMissing, read_secret

log = logging.getLogger("pgears.runner")

ROWS = 10_000
SIZE = 8 << 20
"""Most rows, and about how many bytes, of a batch: one transaction, and what a crash repeats."""
FIRST_ROWS = 4000
PIECE = 1 << 20
MOST_CONTENT = 1 << 30
"""Most bytes of a file: a value of PostgreSQL cannot have more."""
TRIES = 6
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


@dataclass(slots=True)
class Result:
    """What a turn did."""

    ran: bool = False
    batches: int = 0
    rows: int = 0


class Turn:
    """The lease of a subscription and a connection to its peer, for as long as it is entered."""

    def __init__(self, conn: AsyncConnection[Any], subscription: int) -> None:
        self.conn = conn
        self.subscription = subscription
        self.token: UUID = uuid4()
        self.result = Result()
        self.peer: AsyncConnection[Any] | None = None
        self.reader = ""
        self.position: Position = ("0", 0, 0)
        self.failures = 0
        self.rows = min(FIRST_ROWS, ROWS)

    async def __aenter__(self) -> Turn:
        definition = await self._here(
            "select replica.begin_turn(%s, %s)", self.subscription, self.token
        )
        if definition is None:
            return self
        try:
            await self._open(definition)
        except BaseException as error:
            await self._end(error)
            raise
        self.result.ran = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.result.ran:
            await self._end(error)

    async def catch_up(self) -> int:
        """Copy what is to be copied, and read the feed until the peer has nothing more."""
        before = self.result.rows
        more = True
        while more:
            try:
                copied = await self._copy()
                more = await self._follow() or copied
            except TOO_MUCH:
                self.failures += 1
                if self.failures == TRIES:
                    raise
                self.rows = max(1, self.rows // 4)
        return self.result.rows - before

    async def _open(self, definition: Mapping[str, Any]) -> None:
        request = definition["request"]
        self.reader = str(request["reader"])
        self.peer = await _connect(str(definition["url"]))
        answer = await self._there("select replica.open_reading(%s)", Jsonb(request))
        begin = await self._here(
            "select replica.start_reading(%s, %s, %s)",
            self.subscription,
            self.token,
            Jsonb(answer),
        )
        self.position = _position(begin)

    async def _follow(self) -> bool:
        """Read the feed until the peer has nothing more; while one batch is written, the next."""
        batch = await self._read(self.position, confirm=True)
        while True:
            head = batch[-1][0]
            behind = _position(head)
            if head["more"] and behind == self.position:
                raise PeerUnreachable("the peer has more, and gives none of it")
            # What is read ahead is not confirmed: only what is committed here is.
            ahead = asyncio.create_task(self._read(behind)) if head["more"] else None
            try:
                await self._apply(batch)
                self.position = behind
            finally:
                if ahead is not None:
                    await asyncio.gather(ahead, return_exceptions=True)
            if ahead is None:
                return False
            batch = await ahead

    async def _read(self, position: Position, *, confirm: bool = False) -> Batch:
        return await self._fetch(
            "select * from replica.read_changes(%s, %s::text::xid8, %s, %s, %s, %s)",
            self.reader,
            *position,
            self.rows,
            confirm,
        )

    async def _copy(self) -> bool:
        wanted = await self._here(
            "select to_jsonb(c) from replica.next_copy(%s) as c", self.subscription
        )
        if wanted is None:
            return False
        batch = await self._fetch(
            "select * from replica.read_copy(%s, %s, %s, %s)",
            self.reader,
            wanted["class"],
            wanted["copied_to"],
            self.rows,
        )
        upto = batch[-1][0].get("copied_to")
        if upto is not None and not (type(upto) is int and upto > (wanted["copied_to"] or 0)):
            raise PeerUnreachable("the peer copies a class again and again")
        await self._apply(batch)
        return True

    async def _fetch(self, query: str, *values: object) -> Batch:
        """Read a batch; the next one has as many rows as make up SIZE."""
        batch = _batch(await self._there_all(query, *values))
        size = sum(len(rows) for _, rows in batch[:-1])
        self.rows = max(1, min(ROWS, 2 * self.rows, self.rows * SIZE // (size + 1)))
        return batch

    async def _apply(self, batch: Batch) -> None:
        rows = [part for _, part in batch[:-1]]
        for part in rows:
            if '"sha256"' in part:
                await self._fetch_contents(part)
        written = await self._here(
            "select replica.apply_changes(%s, %s, %s, %b::text[])",
            self.subscription,
            self.token,
            Jsonb([head for head, _ in batch]),
            rows,
        )
        self.failures = 0
        self.result.batches += 1
        self.result.rows += written

    async def _fetch_contents(self, batch: str) -> None:
        """Bring the contents of files that this instance does not have."""
        try:
            rows = json.loads(batch)
        except (ValueError, RecursionError) as error:
            raise PeerUnreachable("the peer gave rows that are no JSON") from error
        cursor = await self.conn.execute(
            "select * from replica.missing_contents(%s)", (Jsonb(rows),)
        )
        for (sha256,) in await cursor.fetchall():
            upload, offset = uuid4(), 0
            while True:
                piece = await self._there(
                    "select replica.read_content(%s, %s, %s, %s)",
                    self.reader,
                    sha256,
                    offset,
                    PIECE,
                )
                if piece is not None and not (isinstance(piece, bytes) and len(piece) <= PIECE):
                    raise PeerUnreachable("the peer gave a piece of a file that is none")
                if offset > MOST_CONTENT:
                    raise PeerUnreachable(
                        f"the peer gives a file of more than {MOST_CONTENT} bytes"
                    )
                if piece is None:
                    log.warning("replication: the peer has no content %s any more", sha256)
                    break
                if piece:
                    await self._here("select core.append_file(%s, %s)", upload, piece)
                offset += len(piece)
                if len(piece) < PIECE:
                    await self._here("select replica.store_content(%s)", upload)
                    break

    async def _here(self, query: str, *values: object) -> Any:
        rows = await _rows(self.conn, query, values)
        return rows[0][0] if rows else None

    async def _there(self, query: str, *values: object) -> Any:
        rows = await self._there_all(query, *values)
        return rows[0][0] if rows else None

    async def _there_all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        if self.peer is None:
            raise PeerUnreachable("the connection to the peer is closed")
        try:
            return await _rows(self.peer, query, values)
        except TOO_MUCH:
            raise
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise PeerUnreachable(_first_line(error)) from error

    async def _end(self, error: BaseException | None) -> None:
        if self.peer is not None:
            await self.peer.close()
        said = None if error is None else hide(_first_line(error) or type(error).__name__)
        try:
            await self._here(
                "select replica.end_turn(%s, %s, %s)", self.subscription, self.token, said
            )
        except psycopg.Error as lost:
            log.warning("replication: the lease was not given back: %s", _first_line(lost))


async def _connect(reference: str) -> AsyncConnection[Any]:
    try:
        url = connection_string(read_secret(reference) or "")
    except SecretMissing as error:
        raise PeerUnreachable(str(error)) from error
    except UserError as error:
        raise PeerUnreachable(f"the URL of the peer is {error}") from None
    try:
        conn = await connect_async(url, autocommit=True, name="pgears replication")
    except psycopg.Error as error:
        raise PeerUnreachable(_first_line(error)) from error
    # Functions carry their own plans; poolers need not know our statements.
    conn.prepare_threshold = None
    return conn


def _batch(rows: list[tuple[Any, ...]]) -> Batch:
    """What a peer gave, if it has the form of a batch: heads with rows, and the last head."""
    fits = [
        len(row) == 2 and isinstance(row[0], dict) and (row[1] is None or isinstance(row[1], str))
        for row in rows
    ]
    if not rows or not all(fits) or not all(isinstance(part, str) for _, part in rows[:-1]):
        raise PeerUnreachable("the peer gave something that is no batch of rows")
    last = rows[-1][0]
    if "copied" not in last and not _is_position(last):
        raise PeerUnreachable("the peer gave a batch without a position")
    return rows


def _is_position(head: Mapping[str, Any]) -> bool:
    numbers = [head.get("transaction"), head.get("position"), head.get("piece")]
    return isinstance(head.get("more"), bool) and all(
        isinstance(number, int | str) and str(number).isdecimal() and len(str(number)) < 20
        for number in numbers
    )


def _position(head: Mapping[str, Any]) -> Position:
    return str(head["transaction"]), int(head["position"]), int(head["piece"])


async def _rows(
    conn: AsyncConnection[Any], query: str, values: tuple[object, ...]
) -> list[tuple[Any, ...]]:
    return await (await conn.execute(query.encode(), values)).fetchall()


def _first_line(error: BaseException) -> str:
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return error.diag.message_primary
    return (str(error).strip().splitlines() or [""])[0]
