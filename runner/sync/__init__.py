"""Synchronisation of classes with tables of other databases: what a runner does of it."""

from __future__ import annotations

from collections.abc import Mapping

from ..tasks import Handler
from .steps import run_for_job, run_for_workflow, run_waiting

HANDLERS: Mapping[str, Handler] = {
    "sync.run": Handler(run_waiting, parallel=2),
    "job.sync": Handler(run_for_job, parallel=2),
    "workflow.sync": Handler(run_for_workflow, parallel=2),
}
