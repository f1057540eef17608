"""Calls to other systems: what a runner does for the calls that are written in schema http."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tasks import Chore, Handler
from .calls import hang_up, make_call, sweep, wake

HANDLERS: Mapping[str, Handler] = {
    "http.call": Handler(make_call, parallel=50),
}

CHORES: Sequence[Chore] = (
    Chore("http lines", wake, every=1.0),
    Chore("http connections", hang_up, every=5.0),
    Chore("http sweep", sweep, every=60.0),
)
