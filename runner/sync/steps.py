"""Tasks of synchronisations: runs that somebody started, steps of jobs, steps of workflows."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from .. import errors
from ..db import database_url
from ..tasks import SETTLED, Outcome, Retry, Services, Task
from .lease import Stopped
from .work import do_run

BUSY = timedelta(seconds=15)
"""Wait before another look while another process does the synchronisation."""


async def run_waiting(task: Task, services: Services) -> Outcome | None:
    """Do a run that api.run_sync has made; what became of it is in the run."""
    try:
        await _run(int(task.payload["run"]), services)
    except (errors.SyncBusy, Stopped):
        return await _release(task, services)
    return None


async def run_for_job(task: Task, services: Services) -> Outcome:
    """Synchronise, and tell the job what became of it."""
    result = await _begin_and_run(task, services, "job")
    if result is None:
        return await _release(task, services)
    return await _settle(
        task,
        services,
        "select flow.end_job_step(%s, %s, %s, %s)",
        task.payload["run"],
        task.payload["position"],
        _error(result),
        json.dumps(result, ensure_ascii=False, default=str),
    )


async def run_for_workflow(task: Task, services: Services) -> Outcome:
    """Synchronise, and wake the branch that waits for it."""
    result = await _begin_and_run(task, services, "workflow")
    if result is None:
        return await _release(task, services)
    return await _settle(
        task,
        services,
        "select flow.end_sync_step(%s, %s, %s)",
        task.payload["branch"],
        task.payload["attempt"],
        Jsonb({**result, "error": _error(result)}),
    )


async def _begin_and_run(task: Task, services: Services, cause: str) -> dict[str, Any] | None:
    parameters = task.payload.get("parameters", {})
    try:
        async with services.pool.connection() as conn:
            row = await (
                await conn.execute(
                    "select sync.new_run(sync.definition_id(%s), %s, %s, %s)",
                    (
                        task.payload["sync"],
                        cause,
                        bool(parameters.get("plan", False)),
                        bool(parameters.get("allow_deletes", False)),
                    ),
                )
            ).fetchone()
    except (errors.NoSuchSync, errors.SyncOff, errors.SyncRightMissing) as error:
        return {"state": "failed", "error": f"{error.sqlstate}: {error.diag.message_primary}"}
    assert row is not None
    try:
        return await _run(int(row[0]), services)
    except Stopped:
        return None
    except errors.SyncBusy:
        async with services.pool.connection() as conn:
            await conn.execute("select sync.withdraw_run(%s)", (row[0],))
        return None


async def _run(run: int, services: Services) -> dict[str, Any]:
    stop = threading.Event()
    work = asyncio.ensure_future(
        asyncio.to_thread(do_run, database_url(services.settings), run, stop)
    )
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        work.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait([work], timeout=5)
        raise


async def _release(task: Task, services: Services) -> Outcome:
    """Look again later; waiting for another process is no attempt."""
    async with services.pool.connection() as conn:
        await conn.execute(
            "select queue.settle(%s, %s, 'release', %s, %s)",
            (task.token, [task.id], "another process does the synchronisation", BUSY),
        )
    return SETTLED


async def _settle(task: Task, services: Services, query: str, *values: Any) -> Outcome:
    async with services.pool.connection() as conn, conn.transaction():
        await conn.execute(query.encode(), values)
        row = await (
            await conn.execute("select queue.settle_one(%s, %s)", (task.id, task.token))
        ).fetchone()
        if row is None or not row[0]:
            raise Retry("the lease is lost")
    return SETTLED


def _error(result: dict[str, Any]) -> str | None:
    if result["state"] == "done":
        return None
    return str(result.get("error") or f"the run is {result['state']}")
