"""Replication between instances: what a runner moves from a peer's database to this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tasks import Chore, Handler
from .continuous import follow, prune, read, replicate

HANDLERS: Mapping[str, Handler] = {
    "replicate": Handler(replicate, parallel=2),
}

CHORES: Sequence[Chore] = (
    Chore("replication", follow, every=5.0, lasting=True),
    Chore("prune conflicts", prune, every=3600.0),
)

__all__ = ["CHORES", "HANDLERS", "read"]
