"""Who uses the instance meanwhile: each keeps a journal of what was acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import psycopg


@dataclass
class Journal:
    """What users were told: acknowledged for sure, or begun without an answer."""

    tickets: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    repeats: int = 0
    raised: dict[str, int] = field(default_factory=dict)
    unsure_raised: dict[str, int] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


class Load:
    """Writers by SQL, clients by HTTP, files for the watched folder; a thread for each."""

    def __init__(self, seed: int, url: str, web: str, token: str, folder: Path) -> None:
        self.journal = Journal()
        self._url, self._web, self._token, self._folder = url, web, token, folder
        self._stop = threading.Event()
        works = (self._sql, self._sql, self._http, self._http, self._files, self._exports)
        self._threads = [
            threading.Thread(target=partial(self._go, work, random.Random(seed + n), n))
            for n, work in enumerate(works)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing new, and wait for what is under way; HTTP clients get their answers."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _go(self, work: Callable[[random.Random, str], None], dice: random.Random, n: int) -> None:
        count = 0
        while not self._stop.wait(dice.uniform(0.05, 0.5)):
            count += 1
            work(dice, f"{n}-{count}")

    def _sql(self, dice: random.Random, code: str) -> None:
        """One or several tickets in a transaction; then some that are there are changed."""
        codes = [f"s{code}-{n}" for n in range(dice.choice((1, 1, 3)))]
        old = dice.choice(sorted(self.journal.tickets)[-50:] or [""])
        begun = False
        try:
            with psycopg.connect(self._url, connect_timeout=5) as conn:
                for one in codes:
                    conn.execute(
                        "insert into api.books_ticket (code, way) values (%s, 'sql')", (one,)
                    )
                conn.execute(
                    "update api.books_ticket set amount = amount + 1 where code = %s", (old,)
                )
                begun = True
                conn.commit()
        except psycopg.OperationalError:
            if begun:  # the answer to commit was lost: it counts if it is there
                self.journal.unsure.update(codes)
                self.journal.unsure_raised[old] = self.journal.unsure_raised.get(old, 0) + 1
            return
        self.journal.tickets.update(codes)
        self.journal.raised[old] = self.journal.raised.get(old, 0) + 1

    def _http(self, dice: random.Random, code: str) -> None:
        """A POST that is repeated under its key until it is answered."""
        code = f"h{code}"
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": code}
        while True:
            try:
                answer = httpx.post(
                    f"{self._web}/books_ticket", json={"code": code, "way": "http"},
                    headers=headers, timeout=dice.choice((0.3, 5)),
                )  # fmt: skip
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500 and answer.status_code != 409:
                break
            self.journal.repeats += 1
            time.sleep(0.3)
        if answer.status_code == 201:
            self.journal.posted.add(code)
        else:
            self.journal.refused.append(f"{answer.status_code} {answer.text[:200]}")

    def _files(self, dice: random.Random, code: str) -> None:
        """A file for the watched folder, written beside and renamed; the disk may be full."""
        inside = self._folder / "parts" / "in"
        path = inside / f"f{code}.csv"
        rows = [f"f{code}-{n}" for n in range(dice.randint(1, 60))]
        try:
            inside.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".tmp").write_text("code,size\n" + "".join(f"{r},1\n" for r in rows))
            path.with_suffix(".tmp").rename(path)
        except OSError:
            path.with_suffix(".tmp").unlink(missing_ok=True)
        else:
            self.journal.parts.update(rows)
        self._stop.wait(2)

    def _exports(self, dice: random.Random, code: str) -> None:
        """An export is asked for."""
        try:
            with psycopg.connect(self._url, connect_timeout=5) as conn:
                conn.execute("select api.run_export('books.parts')")
        except psycopg.OperationalError:
            return  # not asked for
        finally:
            self._stop.wait(3)
