"""One class per SQLSTATE of docs/errors.md; psycopg raises them by itself.

`code=` is psycopg's own registration hook. A class is caught like any other error of
psycopg and has `.diag` with message, detail and hint of the SQL function that raised it.
"""

from __future__ import annotations

from psycopg import DatabaseError


class UserError(Exception):
    """Something the user can mend: the command line prints it in one line, and the hint."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class PgearsError(DatabaseError):
    """Base of the errors that our own SQL functions raise (class PG)."""


class BadEnvironment(PgearsError, code="PG001"):
    """The environment class is not one of the four known ones."""


class ClockIsReal(PgearsError, code="PG002"):
    """The clock can be set in test and development only."""


class BadSource(PgearsError, code="PG003"):
    """A transaction was to be marked with an unknown data source."""


class ForgedSource(PgearsError, code="PG201"):
    """The data source mark of a transaction was not set by core.set_source."""
