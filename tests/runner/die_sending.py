"""A runner that sends what waits, one mail after the other, and kills itself at a step.

URL, home, step, and the number of the mail at which it ends.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner.mail import outbox, smtp
from runner.tasks import Task
from tests.fix_database import Database

from .die_reading import die
from .mail_parts import run


def counted(module: Any, name: str, number: int, *, after: bool, of: type | None = None) -> None:
    """Die before or after the call of that number; `of` counts calls with such an item only."""
    called = getattr(module, name)
    calls = 0

    async def dying(*arguments: Any) -> Any:
        nonlocal calls
        calls += of is None or any(isinstance(item, of) for item in arguments[1])
        if calls == number and not after:
            die()
        result = await called(*arguments)
        if calls == number:
            die()
        return result

    setattr(module, name, dying)


STEPS: dict[str, Callable[[int], None]] = {
    "before it is begun": lambda n: counted(outbox, "_exchange", n, after=False, of=Task),
    "begun, nothing said yet": lambda n: counted(outbox, "_try", n, after=False),
    "recipients given, no content": lambda n: counted(smtp, "_data", n, after=False),
    "taken by the server, not recorded": lambda n: counted(smtp, "_data", n, after=True),
    "recorded": lambda n: counted(outbox, "_exchange", n, after=True, of=outbox.Attempt),
}

if __name__ == "__main__":
    STEPS[sys.argv[3]](int(sys.argv[4]))
    run(Database("given", sys.argv[1]), Path(sys.argv[2]))
