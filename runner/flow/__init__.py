"""Workflows and jobs: what a runner does for them beside what the database does itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tasks import Chore, Handler
from .upkeep import fail_stranded, prune_events

HANDLERS: Mapping[str, Handler] = {}

CHORES: Sequence[Chore] = (
    Chore("stranded workflows", fail_stranded, every=30.0),
    Chore("prune events", prune_events, every=3600.0),
)
