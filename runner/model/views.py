"""API views: how they stand to their definitions, and their renewal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from ..errors import Busy, UserError
from .render import render

ATTEMPTS = 3

TEMPLATES = {
    "class": "api_view.sql.j2",
    "all": "api_view_all.sql.j2",
    "query": "query_view.sql.j2",
}


@dataclass(frozen=True)
class ViewState:
    """One API view: current, stale, missing, altered or orphaned."""

    name: str
    kind: str
    object: str | None
    state: str
    difference: str


@dataclass(frozen=True)
class TableDifference:
    """One thing that hands have changed on a class table."""

    object: str
    relation: str
    difference: str


@dataclass(frozen=True)
class Renewal:
    """What was done to one API view: created, replaced or rebuilt."""

    name: str
    action: str


def view_states(conn: Connection[Any], target: str | None = None) -> list[ViewState]:
    """States of all API views, those of a model, or those of one "model.code"."""
    with conn.cursor(row_factory=class_row(ViewState)) as cursor:
        states = cursor.execute(
            "select name, kind, object, state, difference from meta.api_view_states(%s)",
            (target,),
        ).fetchall()
    if target is not None and not states:
        raise UserError(
            f'there is no model, class or query "{target}"',
            "Write model, or model.code with the code of a class or query.",
        )
    return states


def table_differences(conn: Connection[Any], target: str | None = None) -> list[TableDifference]:
    """Class tables altered by hand; nothing mends them on the quiet."""
    with conn.cursor(row_factory=class_row(TableDifference)) as cursor:
        return cursor.execute(
            "select object, relation, difference from meta.table_differences(%s)", (target,)
        ).fetchall()


def update_views(conn: Connection[Any], target: str | None = None) -> list[Renewal]:
    """Renew every API view that is not current; all or none, in the caller's transaction.

    Orphaned views stay: drop_views takes them away. A view of somebody else that could
    not survive stops it with PG118, whose detail is the list.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        due = cursor.execute(
            """
            select kind, object_id, name, stamp, context
            from meta.api_view_states(%s, p_difference => false)
            where state not in ('current', 'orphaned')
            """,
            (target,),
        ).fetchall()
    views = [
        {
            "kind": view["kind"],
            "object_id": view["object_id"],
            "name": view["name"],
            "stamp": view["stamp"],
            "comment": view["context"]["comment"],
            "columns": view["context"]["columns"],
            "select": render(TEMPLATES[view["kind"]], view=view["context"]),
        }
        for view in due
    ]
    if not views:
        return []
    with conn.cursor(row_factory=class_row(Renewal)) as cursor:
        return cursor.execute(
            "select name, action from meta.renew_views(%s)", (Jsonb(views),)
        ).fetchall()


def renew(conn: Connection[Any], target: str | None = None) -> list[Renewal]:
    """Renew in a transaction of its own, again where locks were not to be had.

    The database tries for some seconds each time (PG121 after that), in short tries
    between which readers and writers go on.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            with conn.transaction():
                return update_views(conn, target)
        except Busy:
            continue
    with conn.transaction():
        return update_views(conn, target)


def drop_views(conn: Connection[Any], target: str | None = None) -> list[str]:
    """Drop the API views of a model or of one "model.code"; without a target, orphans."""
    names = [
        view.name
        for view in view_states(conn, target)
        if (view.state == "orphaned" if target is None else view.state != "missing")
    ]
    return [name for (name,) in conn.execute("select meta.drop_views(%s)", (names,))]
