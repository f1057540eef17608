"""A process that reads a mailbox and kills itself at a point: URL, home, mailbox, point."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner.mail import reading
from runner.mail.drivers.maildir import Maildir
from tests.fix_database import Database

from .mail_parts import services


def die(*_: Any) -> None:
    """kill -9 of this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and then the end."""

    def wrapped(*arguments: Any) -> Any:
        function(*arguments)
        die()

    return wrapped


async def _die_async(*_: Any) -> None:
    die()


POINTS: dict[str, Callable[[], None]] = {
    "before store": lambda: setattr(Maildir, "fetch", after(Maildir.fetch)),
    "after store": lambda: setattr(Maildir, "after_read", die),
    "after flag": lambda: setattr(Maildir, "after_read", after(Maildir.after_read)),
    "before parse": lambda: setattr(reading, "parse", die),
    "after parse": lambda: setattr(reading, "_accept", _die_async),
    "after record": lambda: setattr(reading, "become_record", _record_and_die),
}


async def _record_and_die(*arguments: Any) -> None:
    await RECORD(*arguments)
    die()


RECORD = reading.become_record


async def main(url: str, home: str, mailbox: str) -> None:
    """Read once."""
    async with services(Database("given", url), Path(home)) as given:
        await reading.read_mailbox(given.pool, int(mailbox), Path(home))


if __name__ == "__main__":
    POINTS[sys.argv[4]]()
    asyncio.run(main(*sys.argv[1:4]))
