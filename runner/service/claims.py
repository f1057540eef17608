"""Claims tasks ahead of need, and falls asleep when there are none.

Claims begin behind a watermark, so that index entries of claimed tasks, which stay while an
old transaction is open, are not walked over again. A look from the beginning finds tasks
whose writers committed late, and those whose time has come. It is made whenever the fast
claim is empty, and every second, but takes a tenth of the time at most.

Falling asleep: the flag is set, then comes a fence. Writers that may have read "nobody
sleeps" are older than the fence; until they are over, the runner goes on looking. Where one
of them stays open for long, looking becomes as rare as in sleep.
"""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import UUID, uuid4

import psycopg

from ..errors import RunnerLost
from ..losses import LOSSES
from ..tasks import Task
from .dispatch import Dispatch
from .identity import Identity
from .link import Link, lost
from .wakeup import NET, Wakeup

log = logging.getLogger("pgears.runner")

MOST = 1_000
"""Tasks of one claim."""
LEAST = 4
HELD = 2_000
"""Tasks in hand, from which on nothing more is claimed."""
LINGER = 0.05
"""Seconds without work until the runner falls asleep."""
LOOK_EVERY = 1.0
BEHIND = 0.1
"""Seconds by which the watermark lags, for writers that commit a little late."""


class Watermark:
    """Per kind and lane a turn that claims may begin behind."""

    def __init__(self) -> None:
        self.now: dict[tuple[str, int], int] = {}
        self.before: dict[tuple[str, int], int] = {}
        self.safe: dict[tuple[str, int], int] = {}
        self.moved = 0.0

    def saw(self, kind: str, lane: int, turn: int) -> None:
        """A task of this turn was claimed."""
        if turn > self.now.get((kind, lane), 0):
            self.now[kind, lane] = turn

    def after(self, kinds: list[str], now: float) -> list[int]:
        """Turns seen at least BEHIND seconds ago: three lanes for each kind."""
        if now - self.moved >= BEHIND:
            self.safe, self.before, self.moved = self.before, dict(self.now), now
        return [self.safe.get((kind, lane), 0) for kind in kinds for lane in range(3)]


class Claims:
    """The claiming coroutine of one runner."""

    def __init__(self, url: str, identity: Identity, dispatch: Dispatch, wakeup: Wakeup) -> None:
        self.link = Link(url, "pgears claims")
        self.identity = identity
        self.dispatch = dispatch
        self.wakeup = wakeup
        self.watermark = Watermark()
        self.limit = LEAST
        self.kinds: list[str] = []
        self.look_from = 0.0
        self.look_until = 0.0
        self.begin_anew = False
        self.claimed = 0

    async def run(self) -> None:
        """Claim for ever."""
        async with self.link:
            while True:
                if not await self.advance():
                    await self._sleep()

    async def drain(self) -> None:
        """Claim until nothing is ready and nothing is in hand."""
        settled = self.dispatch.settlement.idle
        async with self.link:
            while True:
                self.look_from = 0.0
                if await self.advance():
                    continue
                if not self.dispatch.held and settled.is_set():
                    if len(self.kinds) == len(self.dispatch.lines):
                        return
                    continue  # kinds that were full were not asked for
                self.dispatch.room.clear()
                await settled.wait()
                if self.dispatch.held:
                    await self.dispatch.room.wait()

    async def advance(self) -> bool:
        """One step of a busy runner: make room, claim; false when nothing was there."""
        kinds = await self._admitted()
        now = time.monotonic()
        look = now >= self.look_until
        found = await self._claim(kinds, None if look else self.watermark.after(kinds, now))
        if not found and not look and time.monotonic() >= self.look_from:
            found = await self._claim(kinds, None)
        return found > 0

    async def _admitted(self) -> list[str]:
        """Kinds to claim; waits until there is room for one."""
        while True:
            lines = self.dispatch.lines.values()
            kinds = [line.kind for line in lines if line.admits()]
            if kinds and self.dispatch.held < HELD and self.identity.valid:
                break
            self.dispatch.room.clear()
            await self.dispatch.room.wait()
        joined = set(kinds) - set(self.kinds)
        if joined:
            room = min(self.dispatch.lines[kind].ahead for kind in joined)
            self.limit = max(LEAST, min(self.limit, room))
        self.kinds = kinds
        return kinds

    async def _claim(self, kinds: list[str], after: list[int] | None) -> int:
        connection = await self.link.get()
        if self.begin_anew and not await self._begin_anew():
            return 0
        token, begun = uuid4(), time.monotonic()
        try:
            cursor = connection.cursor(binary=True)
            await cursor.execute(
                """
                select id, kind, payload, attempts, lane, turn, correlation
                from queue.claim(%b, %b, %b, %b::text[], %b::bigint[])
                """,
                (self.identity.id, token, self.limit, kinds, after),
            )
            rows = await cursor.fetchall()
            self.link.worked()
        except RunnerLost:
            log.warning("this runner was declared dead: beginning anew")
            self.begin_anew = True
            return 0
        except psycopg.Error as error:
            if not lost(error, connection):
                raise
            # Perhaps it was carried out: then the tasks stay with the old identity.
            self.begin_anew = True
            await self.link.failed(error)
            return 0
        if after is None:
            ended = time.monotonic()
            self.look_from = ended + 10 * (ended - begun)
            self.look_until = max(ended + LOOK_EVERY, self.look_from)
        if rows:
            self._take(token, rows)
        return len(rows)

    def _take(self, token: UUID, rows: list[tuple[Any, ...]]) -> None:
        saw = self.watermark.saw
        tasks = []
        for id, kind, payload, attempts, lane, turn, correlation in rows:
            saw(kind, lane, turn)
            tasks.append(Task(id, kind, payload, attempts, token, correlation))
        self.claimed += len(tasks)
        self.dispatch.take(tasks)
        crowded = any(line.held > 2 * line.ahead for line in self.dispatch.lines.values())
        self.limit = max(LEAST, self.limit // 2) if crowded else min(MOST, self.limit * 2)

    async def _begin_anew(self) -> bool:
        try:
            kept = await self.identity.start(self.dispatch.held_ids())
        except LOSSES as error:
            await self.link.failed(error)
            return False
        dropped = self.dispatch.drop_waiting(keep=kept)
        if dropped:
            log.warning("%s tasks in hand are others' now", len(dropped))
        self.begin_anew = False
        return True

    async def _sleep(self) -> None:
        """Linger, fall asleep, and wake up when a task was claimed."""
        awake_until = time.monotonic() + LINGER
        while time.monotonic() < awake_until:
            if await self.wakeup.wait(0.005) or await self.advance():
                return
        connection = await self.link.get()
        try:
            row = await (
                await connection.execute("select queue.fall_asleep(%s)::text", (self.identity.id,))
            ).fetchone()
            assert row is not None
            await self._wait_asleep(row[0])
            connection = await self.link.get()
            await connection.execute("select queue.wake_up(%s)", (self.identity.id,))
        except psycopg.Error as error:
            if not lost(error, connection):
                raise
            await self.link.failed(error)

    async def _wait_asleep(self, fence: str) -> None:
        passed, pause, who = False, 0.004, self.identity.id
        while not await self.advance() and who == self.identity.id:
            if not passed:
                connection = await self.link.get()
                row = await (
                    await connection.execute("select queue.fence_passed(%s::xid8)", (fence,))
                ).fetchone()
                assert row is not None
                passed = row[0]
                pause = 0.0 if passed else min(NET, 2 * pause)
                if passed:
                    self.look_from = 0.0
            else:
                pause = await self._longest()
            await self.wakeup.wait(min(pause, self.wakeup.net))

    async def _longest(self) -> float:
        """Until the next delayed task is due, at most a second."""
        connection = await self.link.get()
        row = await (await connection.execute("select queue.next_due()")).fetchone()
        assert row is not None
        return NET if row[0] is None else min(NET, max(0.01, row[0]))
