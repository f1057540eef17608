"""Plan and apply: what the database says of a model file, and the renewal of API views after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from ..errors import UserError
from .file import ModelFile
from .views import update_views


@dataclass(frozen=True)
class Step:
    """One step of a plan, in the order of execution."""

    step: int
    action: str
    """create, alter, rename, drop; renew for API views"""
    kind: str
    object: str
    path: str
    """Key path in the file."""
    detail: str
    lock: str
    destructive: bool


def plan(conn: psycopg.Connection[Any], file: ModelFile) -> list[Step]:
    """What applying the file would do; nothing changes. A mistake in the file is a UserError."""
    try:
        with conn.cursor(row_factory=class_row(Step)) as cursor:
            return cursor.execute("select * from meta.plan_model(%s)", (file.json,)).fetchall()
    except psycopg.Error as refusal:
        raise _mend(conn, file, refusal) from refusal


def apply(
    conn: psycopg.Connection[Any], file: ModelFile, *, allow_destructive: bool = False
) -> list[Step]:
    """Make the instance what the file says, API views included: all steps or none.

    Commits, unless the caller has opened a transaction. A mistake in the file, and a step
    that loses something without leave, is a UserError.
    """
    try:
        with conn.transaction():
            steps = _apply(conn, file, allow_destructive, keep_classes=True)
            update_views(conn, file.model)
            # Now that no view shows them: classes to drop, and queries that others were built on.
            if any(step.action == "drop" for step in steps):
                _apply(conn, file, allow_destructive, keep_classes=False)
                update_views(conn, file.model)
            return steps
    except psycopg.Error as refusal:
        raise _mend(conn, file, refusal) from refusal


def _apply(
    conn: psycopg.Connection[Any], file: ModelFile, allow_destructive: bool, *, keep_classes: bool
) -> list[Step]:
    with conn.cursor(row_factory=class_row(Step)) as cursor:
        return cursor.execute(
            "select * from meta.apply_model(%s, %s, %s)",
            (file.json, allow_destructive, keep_classes),
        ).fetchall()


def _mend(conn: psycopg.Connection[Any], file: ModelFile, refusal: psycopg.Error) -> UserError:
    if conn.broken:
        return UserError("the connection was lost; nothing has changed", "Run it again.")
    return file.error(refusal)
