"""DBOS Transact: workflows of ten no-op steps, coroutines, a hundred at once in one process.

Usage: setup | work COUNT. Prints the seconds that the workflows took.
"""

import asyncio
import logging
import os
import sys
import time

from dbos import DBOS, DBOSConfig

STEPS = 10
AT_ONCE = 100

config: DBOSConfig = {
    "name": "bench",
    "system_database_url": os.environ["DATABASE_URL"].replace(
        "postgresql://", "postgresql+psycopg://"
    ),
    "sys_db_pool_size": 20,
    "log_level": "ERROR",
}
DBOS(config=config)


@DBOS.step()
async def noop() -> None:
    pass


@DBOS.workflow()
async def steps() -> None:
    for _ in range(STEPS):
        await noop()


async def work(count: int) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with room:
            handle = await DBOS.start_workflow_async(steps)
            await handle.get_result()

    begun = time.monotonic()
    await asyncio.gather(*(one() for _ in range(count)))
    sys.stdout.write(f"{time.monotonic() - begun}\n")


async def main(command: str, count: int) -> None:
    DBOS.launch()
    if command == "work":
        await work(count)
    sys.stdout.flush()
    DBOS.destroy()


logging.disable(logging.WARNING)
asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
