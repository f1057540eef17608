"""A process that does a run of a synchronisation and dies at a point of it: URL, run, point."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from runner.sync import reading, work


def die(*_: Any) -> None:
    """kill -9 of oneself."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    """Die at a point."""
    if point == "reading":
        texts = reading._texts
        seen: list[Any] = []

        def count(*given: Any) -> Any:
            seen.append(given)
            if len(seen) == 15:
                die()
            return texts(*given)

        setattr(reading, "_texts", count)  # noqa: B010
    elif point in ("before comparing", "before finishing"):
        function = "compare_run" if point == "before comparing" else "finish_run"
        execute = psycopg.Connection.execute

        def guarded(self: Any, query: Any, *given: Any, **more: Any) -> Any:
            if function.encode() in (query if isinstance(query, bytes) else str(query).encode()):
                die()
            return execute(self, query, *given, **more)

        psycopg.Connection.execute = guarded  # type: ignore[method-assign]
    elif point == "before the commit there":
        event.listen(Engine, "commit", die)
    elif point == "in the statements there":
        done = []

        def count_statements(*_: Any) -> None:
            done.append(1)
            if len(done) == 2:
                die()

        def watch(connection: Any, *_: Any) -> None:
            event.listen(Engine, "after_cursor_execute", count_statements)

        event.listen(Engine, "begin", watch)
    else:
        raise ValueError(point)


if __name__ == "__main__":
    arm(sys.argv[3])
    work.do_run(sys.argv[1], int(sys.argv[2]))
    sys.exit("it lived")
