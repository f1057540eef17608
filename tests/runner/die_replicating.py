"""A process that reads a subscription and kills itself at a call: URL, id, function, when."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from runner.db import connect_async
from runner.replica import peer as peers
from runner.replica import turn as turns


async def main(url: str, id: int, function: str, when: str) -> None:
    """Read until the call comes."""
    rows = peers.rows_of

    async def dying(conn: Any, query: str, values: tuple[object, ...]) -> Any:
        fatal = f"replica.{function}(" in query
        if fatal and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        if fatal and when == "within":
            # The server is at work on the call when the process goes.
            task = asyncio.create_task(rows(conn, query, values))
            await asyncio.sleep(0.02)
            os.kill(os.getpid(), signal.SIGKILL)
            await task
        found = await rows(conn, query, values)
        if fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    for module in (peers, turns):
        setattr(module, "rows_of", dying)  # noqa: B010
    async with (
        await connect_async(url, autocommit=True) as conn,
        turns.Turn(conn, id) as turn,
    ):
        await turn.catch_up()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]))
