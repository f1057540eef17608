# ruff: noqa: B010
"""Handlers of a runner that is killed by itself at a point of a call, named by DIE_AT."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

from runner.http_out import calls
from runner.tasks import Handler

HANDLERS: Mapping[str, Handler] = {}


async def die(*_: Any) -> Any:
    """kill -9 of oneself."""
    os.kill(os.getpid(), signal.SIGKILL)


match os.environ["DIE_AT"]:
    case "claimed":
        setattr(calls, "_begin", die)
    case "begun":
        setattr(calls, "_attempt", die)
    case "answered":
        setattr(calls, "_settle", die)
    case "settled":
        settle = calls._settle

        async def _settle_and_die(*arguments: Any) -> None:
            await settle(*arguments)
            await die()

        setattr(calls, "_settle", _settle_and_die)
    case other:
        raise ValueError(other)
