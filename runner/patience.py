"""Locks of an upgrade: taken in short tries, so that nobody waits long behind one that waits.

A lock that waits stops all who come after it. Each is therefore given up after a moment, the
whole upgrade rolled back, and tried again while others work; that goes on for minutes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg import errors, sql

from .db import connect
from .errors import UserError

MOMENT = "100ms"
"""Longest wait for one lock; well below deadlock_timeout, so that writers do not become victims."""
NUDGE = "1500ms"
"""Longer than deadlock_timeout (1 s): a server ends an autovacuum only for who waits so long."""
NUDGE_EVERY = 5
"""Tries."""
PATIENCE = 300.0
"""Seconds until it is given up."""

BUSY = (errors.LockNotAvailable, errors.DeadlockDetected)

Result = TypeVar("Result")


class TableBusy(Exception):
    """A class table could not be locked."""

    def __init__(self, table: sql.Composable) -> None:
        super().__init__("a class table is in use")
        self.table = table


def repeat(url: str, attempt: Callable[[], Result], patience: float = PATIENCE) -> Result:
    """Call until no lock was in the way; a UserError names the oldest transaction in the end."""
    deadline = time.monotonic() + patience
    number = 0
    while True:
        number += 1
        try:
            return attempt()
        except (TableBusy, *BUSY) as error:
            if time.monotonic() > deadline:
                raise UserError(
                    f"a lock was not to be had within {patience:.0f} s; nothing has changed",
                    _oldest(url),
                ) from error
            if isinstance(error, TableBusy) and number % NUDGE_EVERY == 0:
                _nudge(url, error.table)
            else:
                time.sleep(random.uniform(0.05, 0.2) * min(number, 5))


def lock_classes(conn: psycopg.Connection) -> None:
    """Take the strongest lock that an upgrade needs on class tables, before any other lock.

    Readers are not stopped. In one order, first of all: writers hold class tables when they
    come to what else the upgrade locks.
    """
    conn.execute(f"set local lock_timeout = '{MOMENT}'")
    tables = conn.execute(
        """
        select c.relname from pg_class as c
        where c.relnamespace = to_regnamespace('data') and c.relkind in ('r', 'p')
          and pg_has_role(c.relowner, 'usage')
        order by c.oid
        """
    ).fetchall()
    for (name,) in tables:
        table = sql.Identifier("data", name)
        try:
            conn.execute(sql.SQL("lock table {} in share row exclusive mode").format(table))
        except errors.LockNotAvailable as error:
            raise TableBusy(table) from error


def _nudge(url: str, table: sql.Composable) -> None:
    """Wait for one table long enough to end an autovacuum; with nothing else in hand."""
    with connect(url, name="pgears upgrade") as conn:
        conn.execute(f"set local lock_timeout = '{NUDGE}'")
        try:
            conn.execute(sql.SQL("lock table {} in share row exclusive mode").format(table))
        except BUSY:
            conn.rollback()


def _oldest(url: str) -> str:
    with connect(url, name="pgears upgrade") as conn:
        row = conn.execute(
            """
            select a.pid, a.usename, a.application_name, a.state, now() - a.xact_start
            from pg_stat_activity as a
            where a.datname = current_database() and a.pid <> pg_backend_pid()
              and a.xact_start is not null
            order by a.xact_start
            limit 1
            """
        ).fetchone()
    if row is None:
        return "Run it again."
    pid, user, application, state, age = row
    return (
        f"The oldest transaction is of process {pid} ({user}, {application or 'no name'},"
        f" {state or 'state hidden'}, since {age}). End it, or run it again later."
    )
