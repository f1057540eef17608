"""What goes wrong, at random times and for random spans; the order comes from the seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

import psycopg

from .peers import Mood
from .scene import Scene

PAUSE = (1.0, 5.0)
MOODS: tuple[Mood, ...] = ("slow", "busy", "deaf")


class Mischief:
    """Does harm, and counts it by kind."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self._scene = scene
        self._dice = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._kinds: dict[str, Callable[[], None]] = {
            "kill -9 of the runner": scene.programs["runner"].kill,
            "kill -9 of the web service": scene.programs["web"].kill,
            "kill -9 of the runner that replicates": scene.programs["replica"].kill,
            "kill -9 of PostgreSQL": scene.here.kill,
            "kill -9 of PostgreSQL of the replica": scene.there.kill,
            "kill -9 of one session of PostgreSQL": scene.here.crash,
            "all connections ended by pg_terminate_backend": self._terminate,
            "connections cut": self._cut,
            "mail server slow, refusing or deaf": self._mail,
            "HTTP target slow, refusing or deaf": self._ledger,
        }
        if scene.mounted:
            self._kinds["disk for files full"] = self._disk

    def run(self, seconds: float) -> None:
        """Do harm for so long; each kind comes once before any comes again."""
        end, order = time.monotonic() + seconds, list[str]()
        while time.monotonic() < end:
            time.sleep(self._dice.uniform(*PAUSE))
            if not order:
                order = self._dice.sample(sorted(self._kinds), len(self._kinds))
            kind = order.pop()
            self.done[kind] += 1
            try:
                self._kinds[kind]()
            except psycopg.OperationalError:
                self.done[kind] -= 1  # the server was just away for another reason
            time.sleep(self._dice.uniform(0, 1))
            self._scene.ensure()

    def _terminate(self) -> None:
        with psycopg.connect(self._scene.here.url, autocommit=True) as conn:
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where backend_type = 'client backend' and pid <> pg_backend_pid()"
            )

    def _cut(self) -> None:
        self._scene.proxies[self._dice.choice(sorted(self._scene.proxies))].cut()

    def _mail(self) -> None:
        self._scene.mail.mood = self._dice.choice(MOODS)
        time.sleep(self._dice.uniform(2, 6))
        self._scene.mail.mood = "well"

    def _ledger(self) -> None:
        self._scene.ledger.mood = self._dice.choice(MOODS)
        time.sleep(self._dice.uniform(2, 6))
        self._scene.ledger.mood = "well"

    def _disk(self) -> None:
        self._scene.fill_disk()
        time.sleep(self._dice.uniform(3, 6))
        self._scene.free_disk()
