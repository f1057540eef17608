"""Tasks of imports and exports: what jobs, workflows, folders and callers have asked for."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from ..db import database_url
from ..errors import PgearsError
from ..tasks import GiveUp, Services, Task
from .exporter import run_export
from .folders import arrived, located, put_away, working
from .importer import run_import
from .progress import Progress
from .rejects import write_rejects

log = logging.getLogger("pgears.runner")

PIECE = 1 << 20
Result = TypeVar("Result")


async def import_file(task: Task, services: Services) -> None:
    """Do the run of a task; first make it, where a job or workflow has asked for it."""
    url = database_url(services.settings)
    run = task.payload.get("run")
    if run is None:
        parameters = task.payload.get("parameters", {})
        name = parameters.get("file")
        if name is None:
            await _look(task, services)
            return
        path = located(str(name), services.settings.home)
        run = await _request(
            task,
            services,
            "select batch.request_import(%s, null, %s, %s, p_cause => %s, p_cause_key => %s)",
            path.name,
            str(path),
        )
        if run is None:
            return
    progress = Progress(url, "import", int(run))
    await _in_thread(progress, lambda: _import(url, int(run), progress))


async def export_file(task: Task, services: Services) -> None:
    """Do the run of a task; first make it, where a job or workflow has asked for it."""
    url = database_url(services.settings)
    run = task.payload.get("run")
    if run is None:
        run = await _request(task, services, "select batch.request_export(%s, null, %s, %s)")
        if run is None:
            return
    progress = Progress(url, "export", int(run))
    home = services.settings.home
    await _in_thread(progress, lambda: run_export(url, int(run), progress=progress, home=home))


async def _request(task: Task, services: Services, query: str, *values: str) -> int | None:
    payload = task.payload
    key = Jsonb(payload["cause_key"])
    try:
        async with services.pool.connection() as conn:
            cursor = await conn.execute(
                query.encode(), (payload["code"], *values, payload["cause"], key)
            )
            row = await cursor.fetchone()
    except PgearsError as error:
        async with services.pool.connection() as conn:
            await conn.execute(
                "select batch.answer(%s, %s, %s, '{}')",
                (payload["cause"], key, error.diag.message_primary),
            )
        return None
    assert row is not None
    return int(row[0])


async def _look(task: Task, services: Services) -> None:
    """A step without a file means the folder of the import: what is there becomes runs."""
    code = str(task.payload["code"])
    key = Jsonb(task.payload["cause_key"])
    error, number = f"import {code} has no folder, and the step names no file", 0
    async with services.pool.connection() as conn:
        cursor = await conn.execute("select code, folder, pattern from batch.watched_folders()")
        for name, folder, pattern in await cursor.fetchall():
            if code not in (name, name.partition(".")[2]):
                continue
            error = ""
            for path, _ in arrived(located(folder, services.settings.home), pattern):
                await conn.execute(
                    """
                    select batch.request_import(
                      %s, null, %s, %s, p_cause => 'folder', p_task => true
                    )
                    """,
                    (name, path.name, str(path)),
                )
                number += 1
        await conn.execute(
            "select batch.answer(%s, %s, %s, %s)",
            (
                task.payload["cause"],
                key,
                error or None,
                Jsonb({"files": number}),
            ),
        )


async def _in_thread(progress: Progress, work: Callable[[], Result]) -> Result:
    """Run blocking work; a runner that stops has it end at its next step."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        progress.stopping.set()
        await asyncio.wait([running])
        raise


def _import(url: str, run: int, progress: Progress) -> None:
    with psycopg.connect(url, autocommit=True, application_name="pgears import") as conn:
        source = conn.execute(
            "select state, cause, path, file_id from batch.import_source(%s)", (run,)
        ).fetchone()
        if source is None:
            raise GiveUp(f"there is no run {run}")
        _, cause, path, file = source
        if file is not None and path is None:
            with tempfile.NamedTemporaryFile(prefix="pgears-") as copy:
                _fetch(conn, file, Path(copy.name))
                run_import(url, run, Path(copy.name), progress=progress)
        elif cause == "folder":
            _import_arrived(conn, url, run, Path(path), progress)
        else:
            run_import(url, run, Path(path), progress=progress)


def _import_arrived(
    conn: psycopg.Connection[Any], url: str, run: int, path: Path, progress: Progress
) -> None:
    query = "select state, errors from batch.import_source(%s)"
    (before, _) = conn.execute(query, (run,)).fetchone() or ("", 0)
    work = working(path, run)
    # A file of this name that arrived after the run ended is another one.
    if before == "waiting" and not work.exists() and path.exists():
        path.rename(work)
    if before in ("waiting", "running") and work.is_symlink():
        told = f"{path.name} is a link, and links are not followed"
        conn.execute("select batch.abandon_import(%s, %s)", (run, told))
    elif before in ("waiting", "running"):
        run_import(url, run, work, progress=progress)
    (state, errors) = conn.execute(query, (run,)).fetchone() or ("", 0)
    if errors:
        write_rejects(conn, run, work.parent.parent / "failed" / f"{work.stem}.errors{work.suffix}")
    put_away(work, state in ("done", "skipped"))


def _fetch(conn: psycopg.Connection[Any], file: int, path: Path) -> None:
    with path.open("wb") as target:
        offset = 0
        while True:
            row = conn.execute(
                "select core.read_file(%s, %s, %s)", (file, offset, PIECE)
            ).fetchone()
            if row is None or not row[0]:
                return
            target.write(row[0])
            offset += len(row[0])


async def sweep(services: Services) -> None:
    """Mark the runs of dead processes."""
    async with services.pool.connection() as conn:
        row = await (await conn.execute("select batch.sweep()")).fetchone()
    if row is not None and row[0]:
        log.warning("%s runs of imports or exports are broken: their process died", row[0])
