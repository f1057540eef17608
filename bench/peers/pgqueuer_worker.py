"""pgqueuer on asyncpg and uvloop, batches of 100.

Usage: setup | enqueue COUNT | work
"""

import sys
import time

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries


async def main(command: str, count: int) -> None:
    driver = AsyncpgDriver(await asyncpg.connect())
    queries = Queries(driver)
    if command == "setup":
        await queries.install()
    elif command == "enqueue":
        for done in range(0, count, 1_000):
            size = min(1_000, count - done)
            await queries.enqueue(["noop"] * size, [b"{}"] * size, [0] * size)
    else:
        await work(PgQueuer(driver))


async def work(worker: PgQueuer) -> None:
    begun = False

    @worker.entrypoint("noop")
    async def noop(job: object) -> None:
        nonlocal begun
        if not begun:
            begun = True
            sys.stdout.write(f"{time.time()}\n")
            sys.stdout.flush()

    await worker.run(batch_size=100)


uvloop.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
