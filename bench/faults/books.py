"""The books: what was caused, and what arrived, counted when everything is quiet."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from .load import Journal
from .scene import Scene

WAITS: dict[str, str] = {
    "tasks": "select count(*) from queue.task where kind in"
    " ('mail.send', 'http.call', 'workflow', 'rule', 'import', 'export')",
    "mails": "select count(*) from mail.message_status"
    " where state not in ('sent', 'unknown', 'refused', 'failed', 'cancelled')",
    "calls": "select count(*) from http.call_status"
    " where state in ('queued', 'sending', 'retrying')",
    "workflows": "select count(*) from flow.instance_status where state_name = 'running'",
    "imports": "select count(*) from batch.import_run_status where state in ('waiting', 'running')",
    "exports": "select count(*) from batch.export_run_status where state in ('waiting', 'running')",
}
SAME = "select uid, version, creator, created, modified, deleted, code, {} from api.books_{}_all"
COLUMNS = {"ticket": "(way, amount)", "part": "size", "mark": "null"}


@dataclass(frozen=True)
class Line:
    """One effect: how often caused, and what became of it."""

    effect: str
    caused: int
    once: int
    twice: int = 0
    lost: int = 0
    unknown: int = 0

    @property
    def balances(self) -> bool:
        """Nothing lost, nothing doubled, nothing left over."""
        return not self.twice and not self.lost and self.once + self.unknown == self.caused


def counted(effect: str, caused: Iterable[str], arrived: Iterable[str]) -> Line:
    """A line of things that are to arrive once each; what nobody caused counts as twice."""
    wanted, got = Counter(set(caused)), Counter(arrived)
    once = sum(got[key] == 1 for key in wanted)
    lost = sum(got[key] == 0 for key in wanted)
    return Line(
        effect, len(wanted), once, len(got.keys() - wanted) + len(wanted) - once - lost, lost
    )


def wait_quiet(scene: Scene, seconds: float) -> dict[str, Any]:
    """Until nothing is under way in either instance; gives what still is after so long."""
    deadline = time.monotonic() + seconds
    while left := _left(scene):
        scene.ensure()
        if time.monotonic() > deadline:
            break
        time.sleep(1)
    return left


def _left(scene: Scene) -> dict[str, Any]:
    with psycopg.connect(scene.here.url, autocommit=True) as conn:
        left: dict[str, Any] = {what: _one(conn, query) for what, query in WAITS.items()}
    left["files"] = len([f for n in ("in", "work") for f in (scene.disk / "parts" / n).glob("*")])
    if not any(left.values()):
        left["replica"] = sum(line.lost + line.twice for line in _replicated(scene))
    return {what: number for what, number in left.items() if number}


def balance(scene: Scene, journal: Journal) -> list[Line]:
    """All lines."""
    with psycopg.connect(scene.here.url, autocommit=True) as conn:
        codes = _column(conn, "select code from api.books_ticket")
        there = set(codes)
        sql = [code for code in codes if code.startswith("s")]
        lines = [
            counted(
                "tickets acknowledged to SQL writers", journal.tickets,
                [code for code in sql if code not in journal.unsure],
            ),
            counted("tickets whose commit was not answered", journal.unsure & there,
                    [code for code in sql if code in journal.unsure]),
            counted("POST acknowledged", journal.posted, [c for c in codes if c.startswith("h")]),
            _raised(conn, journal),
            _mails(conn, scene),
            counted("HTTP calls, by idempotency key", [f"/entries/{code}" for code in codes],
                    scene.ledger.entries.values()),
            counted("workflows that ended",
                    _column(conn, "select id::text from api.books_ticket"),
                    _column(conn, "select record::text from flow.instance_status"
                            " where state_name = 'finished'")),
            counted("script steps of workflows", codes,
                    _column(conn, "select code from api.books_mark")),
            counted("rows of imported files", journal.parts,
                    _column(conn, "select code from api.books_part")),
            _exports(conn, scene),
        ]  # fmt: skip
        dead = _one(conn, "select count(*) from queue.dead")
        ended = _one(conn, "select count(*) from queue.finished")
        lines.append(Line("tasks ended (those that are kept)", ended + dead, ended, lost=dead))
    return [*lines, *_replicated(scene)]


def _raised(conn: psycopg.Connection[Any], journal: Journal) -> Line:
    """Updates: each acknowledged one counts once, one without an answer once or not at all."""
    once = twice = lost = 0
    for code, amount in conn.execute("select code, amount from api.books_ticket").fetchall():
        sure, unsure = journal.raised.get(code, 0), journal.unsure_raised.get(code, 0)
        once += min(amount, sure)
        lost += max(0, sure - amount)
        twice += max(0, amount - sure - unsure)
    caused = sum(number for code, number in journal.raised.items() if code)
    return Line("updates acknowledged", caused, once, twice, lost)


def _mails(conn: psycopg.Connection[Any], scene: Scene) -> Line:
    """A mail for each ticket: sent and at the server once, or unknown and at most once there."""
    caused = _one(conn, "select count(*) from api.books_ticket")
    once = twice = unknown = 0
    for id, state in conn.execute("select message_id, state from mail.message_status").fetchall():
        got = scene.mail.got[id] or scene.mail.got[f"<{id}>"]
        twice += got > 1
        once += state == "sent" and got == 1
        unknown += state == "unknown" and got <= 1
    return Line("mails", caused, once, twice, caused - once - twice - unknown, unknown)


def _exports(conn: psycopg.Connection[Any], scene: Scene) -> Line:
    """Runs that are done have a file with all their rows; no other file has a final name."""
    runs = conn.execute(
        "select run, rows, state from batch.export_run_status order by run"
    ).fetchall()
    whole = failed = half = 0
    names = {path.name for path in (scene.disk / "out").glob("parts-*.csv")}
    for run, rows, state in runs:
        path = scene.disk / "out" / f"parts-{run}.csv"
        if state == "done":
            text = path.read_text() if path.exists() else ""
            whole += text.endswith("\n") and text.count("\n") == rows + 1
        else:
            failed += 1
            half += path.name in names
    done = len(runs) - failed
    return Line(
        "exports done, file whole (failed ones leave none)", done, whole, half, done - whole
    )


def _replicated(scene: Scene) -> list[Line]:
    lines = []
    for name, more in COLUMNS.items():
        query = SAME.format(more, name)
        rows = []
        for server in (scene.here, scene.there):
            with psycopg.connect(server.url, autocommit=True) as conn:
                rows.append([str(row) for row in conn.execute(query.encode()).fetchall()])
        lines.append(counted(f"rows of {name} equal at the other instance", *rows))
    return lines


def _one(conn: psycopg.Connection[Any], query: str) -> int:
    return int((conn.execute(query.encode()).fetchone() or (0,))[0])


def _column(conn: psycopg.Connection[Any], query: str) -> list[str]:
    return [row[0] for row in conn.execute(query.encode()).fetchall()]
