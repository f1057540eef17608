"""The setting pgears.correlation: what is stored under it, and what tasks hand on."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.fix_meta import Definitions

ID = uuid.UUID("0a1b2c3d-0000-4000-8000-000000000001")


def begin(conn: psycopg.Connection[Any], id: uuid.UUID | None) -> None:
    """The transaction is done for this id, or for none."""
    conn.execute(
        "select set_config('pgears.correlation', %s, true)", ("" if id is None else str(id),)
    )


def one(conn: psycopg.Connection[Any], query: str, *values: object) -> Any:
    """The single value of a query."""
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("id", [ID, None])
def test_what_is_stored_has_it(
    conn: psycopg.Connection[Any], definitions: Definitions, id: uuid.UUID | None
) -> None:
    """Tasks, keyed tasks, mails and calls; without the setting they have none."""
    conn.execute("select queue.register_kind('demo')")
    definitions.create_class("shop.item", {"name": {"type": "text"}})
    shop = one(conn, "select id from meta.model where code = 'shop'")
    conn.execute(
        "select http.set_target(%s, 'erp', %s)", (shop, Jsonb({"url": "https://erp.example"}))
    )
    begin(conn, id)
    task = one(conn, "select queue.enqueue('demo')")
    keyed = one(conn, "select queue.enqueue_keyed('demo', 'k')")
    mail = one(conn, "select (mail.send('a@example.org', p_subject => 's', p_body => 'b'))[1]")
    call = one(conn, "select http.send('shop.erp', '/orders')")
    for number in (task, keyed):
        assert one(conn, "select correlation from queue.task_list where id = %s", number) == id
    assert one(conn, "select correlation from mail.message_status where id = %s", mail) == id
    assert one(conn, "select correlation from http.call_status where id = %s", call) == id
    kinds = one(
        conn,
        "select array_agg(distinct kind order by kind) from queue.task_list"
        " where correlation is not distinct from %s and kind in ('mail.send', 'http.call')",
        id,
    )
    assert kinds == ["http.call", "mail.send"]


def test_own_correlation_of_a_mail_stays(conn: psycopg.Connection[Any]) -> None:
    """What the writer of a mail gives comes before that of the transaction."""
    begin(conn, ID)
    other = uuid.uuid4()
    mail = one(
        conn,
        "select (mail.send('a@example.org', p_subject => 's', p_body => 'b',"
        " p_correlation => %s))[1]",
        other,
    )
    assert one(conn, "select correlation from mail.message_status where id = %s", mail) == other


def test_claims_tell_it_and_database_tasks_hand_it_on(
    conn: psycopg.Connection[Any], definitions: Definitions
) -> None:
    """Two tasks of two requests and one of none, run together: each child has its parent's."""
    definitions.create_class("shop.item", {"name": {"type": "text"}})
    conn.execute(
        """
        create function flow.make_child(p jsonb) returns void language sql
        begin atomic
          select queue.enqueue('child', p);
        end;
        insert into queue.kind (kind, description, function)
        values ('parent', 'Makes a child.', 'flow.make_child');
        insert into queue.kind (kind, description) values ('child', 'Is one.')
        """
    )
    second = uuid.uuid4()
    for id in (ID, None, second):
        begin(conn, id)
        conn.execute("select queue.enqueue('parent', %s)", (Jsonb({"of": str(id)}),))
    begin(conn, None)
    runner = one(conn, "select queue.start_runner('r')")
    token = uuid.uuid4()
    claimed = conn.execute(
        "select id, correlation from queue.claim(%s, %s, 10, '{parent}')", (runner, token)
    ).fetchall()
    assert {row[1] for row in claimed} == {ID, None, second}
    failed = conn.execute(
        "select * from queue.run_many(%s, %s)", ([row[0] for row in claimed], token)
    ).fetchall()
    assert failed == []
    children = conn.execute(
        "select payload ->> 'of', correlation from queue.task_list where kind = 'child'"
    ).fetchall()
    assert sorted((of, str(id)) for of, id in children) == sorted(
        (str(id), str(id)) for id in (ID, None, second)
    )


def test_rules_hand_it_on(conn: psycopg.Connection[Any], definitions: Definitions) -> None:
    """A row that is written for a request has the rule's task done for it."""
    item = definitions.create_class("shop.item", {"name": {"type": "text"}})
    shop = one(conn, "select id from meta.model where code = 'shop'")
    conn.execute("select queue.register_kind('demo')")
    conn.execute(
        "select flow.set_rule(%s, 'tell', %s)",
        (shop, Jsonb({"class": "item", "event": "after_insert", "enqueue": "demo"})),
    )
    begin(conn, ID)
    item.insert(name="one")
    assert one(
        conn, "select array_agg(correlation) from queue.task_list where kind in ('rule', 'demo')"
    ) == [ID]
