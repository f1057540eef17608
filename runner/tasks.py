"""What a task is to the code that does it, and how an attempt can end.

A handler that returns None has done its task: the worker settles it, many at once. One that
settles by itself, in the transaction that records what it did, returns SETTLED. Anything
raised is a failed attempt: GiveUp ends the task, Retry names the wait, the rest waits by the
limits of the kind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from .config import Settings


@dataclass(frozen=True, slots=True)
class Task:
    """A leased task; the token proves the lease and changes with every claim."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    token: UUID
    correlation: UUID | None = None


class Outcome(Enum):
    """What a handler may return instead of None."""

    SETTLED = "settled"


SETTLED = Outcome.SETTLED


class Retry(Exception):
    """The attempt failed and the task is to be tried again, after the wait given if any."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class GiveUp(Exception):
    """The attempt failed and another would fail too: the task is dead."""


@dataclass(frozen=True)
class Services:
    """What handlers and chores work with."""

    pool: AsyncConnectionPool
    settings: Settings


@dataclass(frozen=True)
class Handler:
    """How tasks of one kind are done, and how many of them at once in one runner."""

    run: Callable[[Task, Services], Awaitable[Outcome | None]]
    parallel: int = 10


@dataclass(frozen=True)
class Chore:
    """Something that a runner does again and again; it must be safe in several runners at once."""

    name: str
    run: Callable[[Services], Awaitable[None]]
    every: float
    """Seconds between the end of one turn and the beginning of the next."""
    lasting: bool = False
    """A turn ends when the runner stops: left out where only what is ready is done."""
