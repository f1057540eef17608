"""Functions of schema web: who is let in, answers that are kept, when the catalogue changes."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from runner.errors import KeyReused, NoWebAccount, WebAccountSuspended, WebServiceOff
from runner.model.views import update_views
from tests.fix_meta import Definitions

VERSION = "select web.catalogue_version('{api}')"


def one(conn: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    """The single value of a query."""
    row = conn.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]


def test_admit(conn: psycopg.Connection[Any]) -> None:
    """Accounts and the anonymous role; nobody else, no superuser, nobody who is suspended."""
    conn.execute("select access.create_account('web_in', p_can_login => false)")
    conn.execute("create role web_bare")
    admit = "select web.admit(%s, %s)"
    assert one(conn, admit, "web_in", False) == "web_in"
    assert one(conn, admit, "web_bare", True) == "web_bare"
    for role, anonymous in (("web_bare", False), ("nobody", True), (conn.info.user, True)):
        with pytest.raises(NoWebAccount), conn.transaction():
            conn.execute(admit, (role, anonymous))
    conn.execute("select access.suspend_account('web_in')")
    with pytest.raises(WebAccountSuspended), conn.transaction():
        conn.execute(admit, ("web_in", False))
    conn.execute("select access.resume_account('web_in')")
    conn.execute("select core.set_web_service(false)")
    with pytest.raises(WebServiceOff), conn.transaction():
        conn.execute(admit, ("web_in", False))
    assert one(conn, "select core.web_service()") is False


def test_answers(conn: psycopg.Connection[Any]) -> None:
    """Kept by account and key, for one request, for a day."""
    begin = "select status, headers, body from web.begin_answer(%s, %s, %s)"
    assert conn.execute(begin, ("ann", "k", b"1")).fetchall() == []
    conn.execute("select web.keep_answer('ann', 'k', 201, '[]', 'body')")
    assert conn.execute(begin, ("ann", "k", b"1")).fetchall() == [(201, [], b"body")]
    assert conn.execute(begin, ("ben", "k", b"1")).fetchall() == []
    with pytest.raises(KeyReused), conn.transaction():
        conn.execute(begin, ("ann", "k", b"2"))
    assert one(conn, "select web.prune_answers()") == 0
    conn.execute("select core.set_clock(core.now() + interval '25 hours')")
    assert one(conn, "select web.prune_answers()") == 2


def test_version(conn: psycopg.Connection[Any], definitions: Definitions) -> None:
    """It changes with views, columns, flags, functions and tables, and with nothing else."""
    versions = [one(conn, VERSION)]

    def changed() -> bool:
        versions.append(one(conn, VERSION))
        return bool(versions[-1] != versions[-2])

    thing = definitions.create_class("web.thing", {"name": {"type": "text"}})
    update_views(conn)
    assert changed()
    thing.insert(name="x")
    conn.execute("analyze")
    assert not changed()
    definitions.add_column(thing, "size", type="integer")
    update_views(conn)
    assert changed()
    conn.execute("update meta.class set web_service = true where id = %s", (thing.id,))
    assert changed()
    conn.execute("create function api.web_own() returns integer language sql as 'select 1'")
    assert changed()
    conn.execute("create table api.web_table (id integer)")
    assert changed()
    conn.execute("alter table api.web_table rename column id to number")
    assert changed()
    assert not changed()


def test_links_of_classes(conn: psycopg.Connection[Any], definitions: Definitions) -> None:
    """References between API views: single, several values, several classes, unique."""
    definitions.create_class("web.place", {"name": {"type": "text"}})
    definitions.create_class(
        "web.thing",
        {
            "place": {"type": "reference", "class": "place"},
            "places": {"type": "reference", "class": "place", "multiple": True},
            "about": {"type": "reference", "classes": ["place", "thing"]},
            "owner": {"type": "reference", "target": "user"},
        },
        keys=[["place"]],
    )
    update_views(conn)
    links = conn.execute(
        """
        select l.name, l.target::regclass::text, l.many, l.single, l.class_value
        from web.links() as l
        where l.source = 'api.web_thing'::regclass and l.target::regclass::text not like '%_all'
        order by l.name, l.target::regclass::text
        """
    ).fetchall()
    assert links == [
        ("web_thing_about_fkey", "api.web_place", False, False, "web.place"),
        ("web_thing_about_fkey", "api.web_thing", False, False, "web.thing"),
        ("web_thing_place_fkey", "api.web_place", False, True, None),
        ("web_thing_places_fkey", "api.web_place", True, False, None),
    ]
