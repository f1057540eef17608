"""What an instance says of itself: its environment, whether it is a copy, who may work with it."""

from __future__ import annotations

from typing import Any

import psycopg

from .apply import head
from .errors import UserError


def environment(conn: psycopg.Connection[Any]) -> str:
    """The environment class."""
    return str(conn.execute("select core.environment()").fetchall()[0][0])


def is_copy(conn: psycopg.Connection[Any]) -> bool:
    """Whether it was restored or cloned and not been told its environment since."""
    if not _knows(conn, "core.is_copy()"):
        return False  # older than the function: the upgrade notes the place where it finds it
    return bool(conn.execute("select core.is_copy()").fetchall()[0][0])


def set_environment(conn: psycopg.Connection[Any], name: str) -> None:
    """Say what the instance is; a copy is inert until then."""
    conn.execute("select core.set_environment(%s)", (name,))


def hold(conn: psycopg.Connection[Any]) -> None:
    """Let nothing leave until the environment is said."""
    conn.execute("select core.hold()")


def check_process(conn: psycopg.Connection[Any], environment: str | None) -> None:
    """Refuse to work with an instance of another environment, or a version apart."""
    if not _knows(conn, "core.check_process(text,text)"):
        raise UserError(
            "there is no instance of this version in the database",
            "Install it with: pgears init, or bring it up to date with: pgears upgrade",
        )
    conn.execute("select core.check_process(%s, %s)", (head(), environment))


def _knows(conn: psycopg.Connection[Any], function: str) -> bool:
    return conn.execute("select to_regprocedure(%s)", (function,)).fetchone() != (None,)
