"""Whether a process can do its work: the database answers and is at this program's revision."""

from __future__ import annotations

import functools
from typing import Any

import psycopg
from psycopg import Connection

from ..apply import head

REVISION = "select core.revision()"
SILENT = "the database does not answer"
SECONDS = 2


@functools.cache
def newest() -> str:
    """The revision that this program is made for."""
    return head()


def revision_trouble(found: object) -> str | None:
    """What is wrong with a revision, for a word in an answer."""
    if found == newest():
        return None
    return f"the database is at revision {found}, this program is made for {newest()}"


def database_trouble(url: str) -> str | None:
    """Why a database cannot be worked with now; None when it can. Takes a few seconds at most."""
    try:
        with psycopg.connect(
            url, autocommit=True, connect_timeout=SECONDS, application_name="pgears health"
        ) as conn:
            return revision_trouble(_revision(conn))
    except psycopg.errors.UndefinedFunction:
        return revision_trouble("before 0028")
    except psycopg.Error:
        return SILENT


def _revision(conn: Connection[Any]) -> object:
    row = conn.execute(REVISION).fetchone()
    return row[0] if row else None
