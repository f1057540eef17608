"""A process that reads a mailbox and kills itself at a point: URL, home, mailbox, point."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner.mail import drivers, reading, records, taking
from tests.fix_database import Database

from .mail_parts import services


def die(*_: Any) -> None:
    """kill -9 of this process."""
    os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """A driver that ends the process before or after one of its calls."""

    def __init__(self, driver: Any, call: str, *, before: bool) -> None:
        self.driver, self.call, self.before = driver, call, before

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.driver, name)
        if name != self.call:
            return found

        def wrapped(*arguments: Any) -> Any:
            if self.before:
                die()
            result = found(*arguments)
            if name == "fetch":
                next(result)
            die()

        return wrapped


def at(call: str, *, before: bool = False) -> Callable[[], None]:
    """Die at a call of the driver, whichever it is."""

    def arrange() -> None:
        opened = drivers.open_mailbox

        def open_dying(*arguments: Any) -> Any:
            return Dying(opened(*arguments), call, before=before)

        setattr(taking, "open_mailbox", open_dying)  # noqa: B010

    return arrange


async def _die_async(*_: Any) -> None:
    die()


def at_second(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Die at the second message of a batch."""
    seen: list[Any] = []

    def counted(message: Any) -> Any:
        seen.append(message)
        return die() if len(seen) == 2 else read(message)

    return counted


def at_killer(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Die at any message that says so, each time that it is parsed."""
    return lambda message: die() if b"Subject: killer" in message.raw else read(message)


def then_die(done: Callable[..., Any]) -> Callable[..., Any]:
    """Die when a coroutine has done its work."""

    async def dying(*arguments: Any) -> None:
        await done(*arguments)
        die()

    return dying


POINTS: dict[str, Callable[[], None]] = {
    "before store": at("fetch"),
    "after store": at("after_read", before=True),
    "after flag": at("after_read"),
    "before cursor": lambda: setattr(taking.Batch, "_settle", _die_async),
    "before parse": lambda: setattr(records, "read_all", die),
    "within parse": lambda: setattr(records, "read", at_second(records.read)),
    "after parse": lambda: setattr(records, "_accept", _die_async),
    "before commit": lambda: setattr(records, "_accept", then_die(records._accept)),
    "after record": lambda: setattr(records, "settle", then_die(records.settle)),
}


BATCHES: dict[str, Callable[[], None]] = {
    "at a killer": lambda: setattr(records, "read", at_killer(records.read)),
}


async def main(url: str, home: str, mailbox: str) -> None:
    """Read once."""
    async with services(Database("given", url), Path(home)) as given:
        await reading.read_mailbox(given.pool, int(mailbox), Path(home))


if __name__ == "__main__":
    (POINTS | BATCHES)[sys.argv[4]]()
    asyncio.run(main(*sys.argv[1:4]))
