"""Which servers are away: they are asked by one mail now and then, and the others do not wait.

A server that neither answers nor refuses takes a minute of each mail. Without this its mails
would hold all places of a runner, and those for other servers stand behind them.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass

PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds until somebody tries again, longer after each failure."""


class Away(Exception):
    """A server that could not be reached a moment ago, or is being tried."""


@dataclass(slots=True)
class _Failure:
    number: int
    at: float
    until: float
    words: str


class Reach:
    """What is known of the servers of one runner."""

    def __init__(self) -> None:
        self._failures: dict[Hashable, _Failure] = {}

    def ask(self, server: Hashable, patience: float) -> float:
        """Whether it may be tried now, else Away; gives the moment for `fails`.

        One tries a server that was away; for so many seconds others do not, unless it answers.
        """
        known, now = self._failures.get(server), time.monotonic()
        if known is not None:
            if now < known.until:
                raise Away(known.words)
            known.until = now + patience
        return now

    def answers(self, server: Hashable) -> None:
        """It was reached."""
        self._failures.pop(server, None)

    def fails(self, server: Hashable, words: str, begun: float) -> None:
        """It was not; those that were trying at the same time count once."""
        known, now = self._failures.get(server), time.monotonic()
        if known is not None and known.at > begun:
            return
        number = 0 if known is None else known.number + 1
        pause = PAUSES[min(number, len(PAUSES) - 1)]
        self._failures[server] = _Failure(number, now, now + pause, words)
