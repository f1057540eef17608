"""The runner's own address: metrics, and whether it lives and can work."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from ..config import Settings
from ..db import database_url
from .dispatch import Dispatch
from .identity import Identity

if TYPE_CHECKING:
    from ..metrics.endpoint import Endpoint

TICK = 1.0
HUNG = 15.0
"""Seconds without a tick of the event loop, after which the process is said not to live."""


class Watch:
    """What the threads of the endpoint ask: they only read."""

    def __init__(self, url: str, identity: Identity) -> None:
        self.url = url
        self.identity = identity
        self.ticked = time.monotonic()

    def live(self) -> str | None:
        """Whether the event loop goes round."""
        silent = time.monotonic() - self.ticked
        return f"the runner has hung for {silent:.0f} s" if silent > HUNG else None

    def ready(self) -> str | None:
        """Whether it can do tasks at once: database, revision, lease, doorbell."""
        from ..metrics.health import database_trouble

        trouble = self.live() or database_trouble(self.url)
        if trouble is None and not self.identity.valid:
            trouble = "the lease of this runner ran out"
        if trouble is None and self.identity.listening != "ok":
            trouble = f"the doorbell is {self.identity.listening}: tasks wait for the next poll"
        return trouble


async def observe(settings: Settings, identity: Identity, dispatch: Dispatch) -> None:
    """Serve the address of the settings for ever; without one there is nothing to do."""
    if settings.metrics_listen is None:
        return
    watch = Watch(database_url(settings), identity)
    endpoint = _endpoint(settings, settings.metrics_listen, watch, dispatch)
    with endpoint:
        while True:
            watch.ticked = time.monotonic()
            await asyncio.sleep(TICK)


def _endpoint(settings: Settings, address: str, watch: Watch, dispatch: Dispatch) -> Endpoint:
    # Loaded by those that serve metrics: others need not hold the library in memory.
    from ..metrics.endpoint import Endpoint
    from ..metrics.guard import token_of
    from ..metrics.process import HELD, TASKS, GaugeCollector, TallyCollector, registry

    found = registry(
        lambda: watch.url,
        TallyCollector(*TASKS, dispatch.tallies),
        GaugeCollector(*HELD, lambda: dispatch.held),
    )
    return Endpoint(address, found, live=watch.live, ready=watch.ready, token=token_of(settings))
