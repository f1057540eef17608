"""Has handlers do the tasks in hand: so many of a kind at once, each for its time and no longer.

A slot does one task after the other, without a coroutine of its own for each: for small
tasks that is most of what the runner costs. Slots give way to others every few milliseconds.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from ..correlation import current as correlation
from ..hiding import hide
from ..metrics.tally import Tallies
from ..tasks import SETTLED, GiveUp, Handler, Retry, Services, Task
from .settlement import Settlement

log = logging.getLogger("pgears.runner")

SLICE = 0.01
"""Seconds after which a slot gives way."""
AHEAD = 2_000
"""Most tasks of one kind that wait in hand."""
DEFAULT_TIMEOUT = 60.0


class Slot:
    """One of the places in which tasks of a kind are done."""

    __slots__ = ("begun", "expired", "task", "worker")

    def __init__(self) -> None:
        self.begun = 0.0
        self.task: Task | None = None
        self.expired = False
        self.worker: asyncio.Task[None] | None = None


class Line:
    """What waits in hand of one kind, and its slots."""

    def __init__(self, kind: str, handler: Handler) -> None:
        self.kind = kind
        self.handler = handler
        self.timeout = DEFAULT_TIMEOUT
        self.waiting: deque[Task] = deque()
        self.slots: set[Slot] = set()
        self.ahead = 2 * handler.parallel
        self.ended = 0
        self.full = False

    @property
    def held(self) -> int:
        """Tasks in hand, waiting or being done."""
        return len(self.waiting) + len(self.slots)

    def measure(self) -> None:
        """Called several times a second: hold as much as is done in that time."""
        self.ahead = max(2 * self.handler.parallel, min(AHEAD, 2 * self.ended))
        self.ended = 0

    def admits(self) -> bool:
        """Whether more of this kind may be claimed; full ones again when half is done."""
        if self.held >= self.ahead:
            self.full = True
        elif self.held <= self.ahead // 2:
            self.full = False
        return not self.full


class Dispatch:
    """All lines of one runner."""

    def __init__(
        self, handlers: Mapping[str, Handler], services: Services, settlement: Settlement
    ) -> None:
        self.lines = {kind: Line(kind, handler) for kind, handler in handlers.items()}
        self.services = services
        self.settlement = settlement
        self.tallies = Tallies()
        self.room = asyncio.Event()
        self.stopping = False
        self.reopened: Callable[[], None] = lambda: None
        self.may_begin: Callable[[], bool] = lambda: True

    @property
    def held(self) -> int:
        """Tasks in hand."""
        return sum(line.held for line in self.lines.values())

    def held_ids(self) -> list[int]:
        """Ids of all tasks in hand."""
        waiting = [task.id for line in self.lines.values() for task in line.waiting]
        return waiting + [task.id for task in self.running()]

    def running(self) -> list[Task]:
        """Tasks being done."""
        return [slot.task for slot in self._slots() if slot.task is not None]

    def _slots(self) -> list[Slot]:
        return [slot for line in self.lines.values() for slot in line.slots]

    def take(self, tasks: Iterable[Task]) -> None:
        """Put claimed tasks into their lines."""
        touched = set()
        for task in tasks:
            line = self.lines[task.kind]
            line.waiting.append(task)
            touched.add(line)
        for line in touched:
            self._staff(line)

    def _staff(self, line: Line) -> None:
        for _ in range(min(line.handler.parallel - len(line.slots), len(line.waiting))):
            slot = Slot()
            line.slots.add(slot)
            slot.worker = asyncio.create_task(self._work(line, slot), name=f"slot {line.kind}")

    async def _work(self, line: Line, slot: Slot) -> None:
        run, services, settlement = line.handler.run, self.services, self.settlement
        give_way = time.monotonic() + SLICE
        try:
            while line.waiting and not self.stopping:
                now = time.monotonic()
                if now > give_way:
                    await asyncio.sleep(0)
                    give_way = time.monotonic() + SLICE
                    continue
                if not self.may_begin():
                    await asyncio.sleep(0.1)
                    continue
                task = line.waiting.popleft()
                slot.begun, slot.task = now, task
                ending = "retry"
                correlation.set(None if task.correlation is None else str(task.correlation))
                try:
                    outcome = await run(task, services)
                except asyncio.CancelledError:
                    if not self._expired(slot):
                        ending = "released"
                        settlement.release([task])
                        raise
                    self._fail(task, "retry", f"time-out after {line.timeout:g} s")
                except Retry as error:
                    self._fail(task, "retry", str(error), error)
                except GiveUp as error:
                    ending = "dead"
                    self._fail(task, "dead", str(error))
                except Exception as error:  # noqa: BLE001 - whatever a handler raises is its task's
                    self._fail(task, "retry", f"{type(error).__name__}: {error}")
                else:
                    ending = "done"
                    self._expired(slot)
                    if outcome is not SETTLED:
                        settlement.done(task)
                finally:
                    slot.task = None
                    seconds = time.monotonic() - now
                    self.tallies.add((line.kind, ending), seconds)
                    if ending == "done" and task.correlation is not None:
                        _tell(task, seconds)
                    line.ended += 1
                    if line.full:
                        self._reopen(line)
        finally:
            line.slots.discard(slot)
            self.room.set()

    def _reopen(self, line: Line) -> None:
        """Have more claimed of a kind that was full, even where the runner sleeps."""
        if line.admits():
            self.room.set()
            self.reopened()

    @staticmethod
    def _expired(slot: Slot) -> bool:
        """Whether the watch ended the attempt; the slot itself goes on."""
        if not slot.expired:
            return False
        slot.expired = False
        worker = asyncio.current_task()
        assert worker is not None
        worker.uncancel()
        return True

    def _fail(self, task: Task, outcome: str, error: str, retry: Retry | None = None) -> None:
        error = hide(error)
        log.warning(
            "task %s %s, attempt %s: %s: %s",
            task.id,
            task.kind,
            task.attempts,
            outcome,
            error,
            extra=_of(task, outcome),
        )
        self.settlement.end(task, outcome, error, None if retry is None else retry.after)

    async def watch(self) -> None:
        """End attempts that take too long, and measure how fast each kind is."""
        while True:
            await asyncio.sleep(0.1)
            now = time.monotonic()
            for line in self.lines.values():
                line.measure()
                if line.full:
                    self._reopen(line)
                for slot in line.slots:
                    late = slot.task is not None and now - slot.begun > line.timeout
                    if late and not slot.expired and slot.worker is not None:
                        slot.expired = True
                        slot.worker.cancel()
            self.room.set()

    def drop_waiting(self, keep: set[int] | None = None) -> list[Task]:
        """Take out and give what was not begun, but for the ids to keep."""
        dropped: list[Task] = []
        for line in self.lines.values():
            stay = [task for task in line.waiting if keep is not None and task.id in keep]
            dropped += [task for task in line.waiting if keep is None or task.id not in keep]
            line.waiting.clear()
            line.waiting.extend(stay)
        return dropped

    async def stop(self, grace: float) -> None:
        """Begin nothing more, wait for what runs, then cancel it; what is not done is released."""
        self.stopping = True
        self.settlement.release(self.drop_waiting())
        workers = [slot.worker for slot in self._slots() if slot.worker is not None]
        if workers:
            _, late = await asyncio.wait(workers, timeout=grace)
            for worker in late:
                worker.cancel()
            if late:
                log.warning("%s tasks did not end in %g s and are released", len(late), grace)
                await asyncio.wait(late, timeout=5)


def _of(task: Task, outcome: str) -> dict[str, object]:
    return {"task": task.id, "kind": task.kind, "outcome": outcome, "attempt": task.attempts}


def _tell(task: Task, seconds: float) -> None:
    """A line for what belongs to a request; other tasks that are done are only counted."""
    log.info(
        "task %s %s, attempt %s: done",
        task.id,
        task.kind,
        task.attempts,
        extra={**_of(task, "done"), "seconds": round(seconds, 6)},
    )
