"""Threads for what blocks: libraries that know no asyncio, files, names of hosts.

Python gives a process of two cores six of them, which a few slow servers hold. A thread cannot
be ended from outside: a process that stops waits a moment for those at work and leaves them.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("pgears.runner")

MOST = 64
"""More than all handlers together use at once; each is made when it is needed."""
LAST = 3.0
"""Seconds for those at work when the process ends; what they do counts no more."""


class Threads(ThreadPoolExecutor):
    """The threads of a runner."""

    def __init__(self) -> None:
        super().__init__(MOST, thread_name_prefix="pgears")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin nothing more; wait a moment at most."""
        threads = list(self._threads)
        super().shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + LAST
        for thread in threads if wait else ():
            thread.join(max(0.0, deadline - time.monotonic()))


def leave(code: int = 0) -> None:
    """End the process where a thread would keep it; nothing where none does."""
    late = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon
    ]
    if late:
        log.warning("%s threads wait for servers and are left", len(late))
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)
