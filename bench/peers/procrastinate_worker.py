"""procrastinate, twenty jobs at once, finished jobs deleted.

Usage: setup | enqueue COUNT | work
"""

import asyncio
import logging
import sys
import time

import procrastinate

logging.disable(logging.WARNING)
app = procrastinate.App(connector=procrastinate.PsycopgConnector(min_size=1, max_size=20))
begun = False


@app.task(name="noop")
async def noop() -> None:
    global begun
    if not begun:
        begun = True
        sys.stdout.write(f"{time.time()}\n")
        sys.stdout.flush()


async def main(command: str, count: int) -> None:
    async with app.open_async():
        if command == "setup":
            await app.schema_manager.apply_schema_async()
        elif command == "enqueue":
            await noop.batch_defer_async(*({} for _ in range(count)))
        else:
            await app.run_worker_async(concurrency=20, delete_jobs="always")


asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
