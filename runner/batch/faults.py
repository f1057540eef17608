"""What an error during a run says: of its rows, of the run, or of nothing but the moment."""

from __future__ import annotations

import psycopg


def about_rows(error: psycopg.Error) -> bool:
    """Whether rows are refused, so that the others may go in."""
    code = error.sqlstate or ""
    policy = code == "42501" and "row-level security policy" in str(error)
    return policy or code.startswith(("22", "23", "44", "P0001", "PG2", "PG4", "PG50"))


def passing(error: Exception) -> bool:
    """Whether another attempt may succeed, or another process has the run: it is left to that."""
    return (getattr(error, "sqlstate", None) or "").startswith(("PG704", "40", "57", "08"))


def message(error: Exception) -> str:
    """What is wrong, and what mends it, in one line each."""
    if isinstance(error, psycopg.Error):
        lines = [error.diag.message_primary or str(error), error.diag.message_hint or ""]
        return "\n".join(line for line in lines if line)
    return str(error)
