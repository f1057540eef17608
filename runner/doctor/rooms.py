"""Checks that the rooms of the instance make of themselves: core.findings(), and of rights."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from .. import accounts
from .finding import Finding


def rooms(conn: psycopg.Connection) -> Iterator[Finding]:
    """Findings of every room; of an instance before revision 0025, those of rights."""
    known = conn.execute("select to_regprocedure('core.findings()')").fetchone()
    if known != (None,):
        rows = conn.execute("select name, state, found, mend from core.findings()").fetchall()
        for name, state, found, mend in rows:
            if found is None:
                yield Finding(name, "fine", "nothing")
            else:
                yield Finding(name, state, found, mend or "")
    yield from _rights(conn)


def _rights(conn: psycopg.Connection) -> Iterator[Finding]:
    known = conn.execute(
        "select coalesce(has_table_privilege(to_regclass('access.findings'), 'select'), false)"
    ).fetchone()
    if known != (True,):
        return
    found = accounts.findings(conn)
    if not found:
        yield Finding("rights", "fine", "as they were given")
    for row in found:
        name = f"{row['kind']} {row['name']}"
        yield Finding("rights", "doubtful", f"{name}: {row['finding']}", row["mend"])
