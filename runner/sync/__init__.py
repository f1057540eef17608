"""Synchronisation of classes with tables of other databases: what a runner does of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tasks import Chore, Handler, Services
from .steps import run_for_job, run_for_workflow, run_waiting


async def prune_runs(services: Services) -> None:
    """Delete runs that are long over."""
    async with services.pool.connection() as conn:
        await conn.execute("select sync.prune_runs()")


HANDLERS: Mapping[str, Handler] = {
    "sync.run": Handler(run_waiting, parallel=2),
    "job.sync": Handler(run_for_job, parallel=2),
    "workflow.sync": Handler(run_for_workflow, parallel=2),
}

CHORES: Sequence[Chore] = (Chore("prune sync runs", prune_runs, every=3600.0),)
