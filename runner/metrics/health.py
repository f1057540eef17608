"""Whether a process can do its work: the database answers and goes with this program."""

from __future__ import annotations

import psycopg

from ..apply import head

PROCESS = "select core.check_process(%s, null)"
SILENT = "the database does not answer"
NONE = "there is no instance of this version in the database"
SECONDS = 2


def trouble_of(error: Exception) -> str:
    """What is wrong, for a word in an answer: versions apart are told, all else is silence."""
    if isinstance(error, psycopg.errors.UndefinedFunction):
        return NONE
    code = getattr(error, "sqlstate", None) or ""
    return str(error).splitlines()[0] if code.startswith("PG") else SILENT


def database_trouble(url: str) -> str | None:
    """Why a database cannot be worked with now; None when it can. Takes a few seconds at most."""
    try:
        with psycopg.connect(
            url, autocommit=True, connect_timeout=SECONDS, application_name="pgears health"
        ) as conn:
            conn.execute(PROCESS, (head(),))
    except psycopg.Error as error:
        return trouble_of(error)
    return None
