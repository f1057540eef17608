"""Workflows and jobs: what a runner does for them beside what the database does itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tasks import Chore, Handler
from .schedule import Schedule, fire_dates
from .steps import run_action, run_command
from .upkeep import fail_stranded, prune_events

HANDLERS: Mapping[str, Handler] = {
    "job.command": Handler(run_command, parallel=4),
    "job.action": Handler(run_action, parallel=4),
}

CHORES: Sequence[Chore] = (
    Chore("jobs", Schedule().run, every=1.0),
    Chore("rules by date", fire_dates, every=15.0),
    Chore("stranded workflows and jobs", fail_stranded, every=30.0),
    Chore("prune events", prune_events, every=3600.0),
)
