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

from ..hiding import hide
from .peer import (
    TOO_MUCH,
    Batch,
    Peer,
    PeerUnreachable,
    Position,
    first_line,
    position_of,
    rows_of,
)

log = logging.getLogger("pgears.runner")

ROWS = 10_000
SIZE = 8 << 20
"""Most rows, and about how many bytes, of a batch: one transaction, and what a crash repeats."""
FIRST_ROWS = 4000
TRIES = 6


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
        self._peer: Peer | None = None
        self.reader = ""
        self.position: Position = ("0", 0, 0)
        self.lasting = True
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
        self._peer = await Peer.connect(str(definition["url"]))
        answer = await self.peer.ask("select replica.open_reading(%s)", Jsonb(request))
        begin = await self._here(
            "select replica.start_reading(%s, %s, %s)",
            self.subscription,
            self.token,
            Jsonb(answer),
        )
        self.position = position_of(begin)

    async def _follow(self) -> bool:
        """Read the feed until the peer has nothing more; while one batch is written, the next."""
        batch = await self._read(self.position, confirm=self.lasting)
        while True:
            head = batch[-1][0]
            behind = position_of(head)
            if head["more"] and behind == self.position:
                raise PeerUnreachable("the peer has more, and gives none of it")
            # What is read ahead is not confirmed: only what is committed here is.
            ahead = asyncio.create_task(self._read(behind)) if head["more"] else None
            try:
                await self._apply(batch)
                self.position = behind
                # Only the last batch waits for the disk: a position before it may be lost again.
                self.lasting = ahead is None
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
        batch = await self.peer.batch(query, *values)
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
            upload = uuid4()
            async for piece in self.peer.content(self.reader, sha256):
                if piece is None:
                    log.warning("replication: the peer has no content %s any more", sha256)
                    break
                if piece:
                    await self._here("select core.append_file(%s, %s)", upload, piece)
            else:
                await self._here("select replica.store_content(%s)", upload)

    @property
    def peer(self) -> Peer:
        """The peer, while the turn is entered."""
        if self._peer is None:
            raise PeerUnreachable("the connection to the peer is closed")
        return self._peer

    async def _here(self, query: str, *values: object) -> Any:
        rows = await rows_of(self.conn, query, values)
        return rows[0][0] if rows else None

    async def _end(self, error: BaseException | None) -> None:
        if self._peer is not None:
            await self._peer.close()
        said = None if error is None else hide(first_line(error) or type(error).__name__)
        try:
            await self._here(
                "select replica.end_turn(%s, %s, %s)", self.subscription, self.token, said
            )
        except psycopg.Error as lost:
            log.warning("replication: the lease was not given back: %s", first_line(lost))
