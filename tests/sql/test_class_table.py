"""Rows of class tables: system columns, limits, references, archive, deletion, feed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import (
    ForgedId,
    ForgedSystemColumn,
    LimitsBroken,
    NoSuchRow,
    TruncateRefused,
)
from runner.model.views import update_views
from tests.fix_meta import ClassTable, Definitions


@pytest.fixture
def customer(definitions: Definitions, layout: dict[str, Any]) -> ClassTable:
    return definitions.create_class(
        "helpdesk.customer",
        {
            "name": {"type": "text", "max_length": 20, "mandatory": True},
            "email": {
                "type": "text",
                "pattern": "^[^@ ]+@[^@ ]+$",
                "pattern_message": "is not an address",
            },
            "level": {"type": "integer", "min": 1, "max": 5},
            "fixed": {"type": "text", "editable_on_update": False},
            "state": {"type": "text", "default": "new", "editable_on_insert": False},
        },
        description="{{column.name}} <{{column.email}}>",
        keys=[["email"]],
        archive=True,
        **layout,
    )


@pytest.fixture
def ticket(definitions: Definitions, customer: ClassTable, layout: dict[str, Any]) -> ClassTable:
    return definitions.create_class(
        "helpdesk.ticket",
        {
            "number": {"type": "text", "sequence": "T{#:0000}"},
            "subject": {"type": "text"},
            "customer": {"type": "reference", "class": "customer"},
            "others": {"type": "reference", "class": "customer", "multiple": True},
            "about": {"type": "reference", "classes": ["customer", "ticket"]},
            "twice": {"type": "calculated", "result": "text", "sql": "{{column.subject}} || '!'"},
        },
        deletion="physical",
        **layout,
    )


def test_system_columns_of_a_new_row(customer: ClassTable) -> None:
    row = customer.row(customer.insert(name="Ann", email="ann@example.com"))

    assert row["version"] == 1
    assert row["creator"] == customer.conn.info.user
    assert row["created_source"] == "sql"
    assert row["shortdescription"] == "Ann <ann@example.com>"
    assert row["modified"] is row["deleted"] is None


def test_system_columns_stand_behind_the_columns_of_a_new_class(customer: ClassTable) -> None:
    columns = [
        name
        for (name,) in customer.conn.execute(
            "select attname from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
            (f"data.datarow_{customer.id}",),
        )
    ]

    own = [customer.physical(code) for code in ("name", "email", "level", "fixed", "state")]
    assert columns[:7] == ["id", "deleted", *own]
    assert set(columns[7:]) == {
        "uid", "version", "creator", "created", "modifier", "modified", "deleter",
        "created_source", "modified_source", "deleted_source", "shortdescription",
    }  # fmt: skip


def test_a_rule_of_the_same_bundle_may_read_system_columns(definitions: Definitions) -> None:
    model = definitions.model("shop")
    definitions.scalar("select meta.begin_changes()")
    order = definitions.create_class("shop.order", {"number": {"type": "text"}})
    mail = {"class": "order", "to": "a@example.com", "subject": "new", "body": "new"}
    definitions.scalar("select flow.set_notification(%s, 'new', %s)", model, Jsonb(mail))
    rule = {"class": "order", "event": "after_insert", "notify": "new", "when": "r.version = 1"}
    definitions.scalar("select flow.set_rule(%s, 'new', %s)", model, Jsonb(rule))
    definitions.scalar("select meta.finish_changes()")

    order.insert(number="1")

    assert definitions.scalar("select count(*) from queue.task where kind = 'rule'") == 1


def test_update_counts_versions_and_archives_the_former_row(customer: ClassTable) -> None:
    ann = customer.insert(name="Ann")
    customer.update(ann, name="Anna")

    row = customer.row(ann)
    assert (row["version"], row["modifier"]) == (2, customer.conn.info.user)
    former = customer.conn.execute(
        sql.SQL("select operation, version, {} from {}").format(
            customer.column("name"), customer.archive
        )
    ).fetchall()
    assert former == [("U", 1, "Ann")]


def test_every_broken_limit_is_named_at_once(customer: ClassTable) -> None:
    with pytest.raises(LimitsBroken) as refused:
        customer.insert(name="", email="nobody", level=9)

    message = str(refused.value)
    assert "name is missing" in message
    assert "email is not an address" in message
    assert "level is above 5" in message


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("version", 7),
        ("creator", "somebody"),
        ("created", "2001-01-01"),
        ("modifier", "somebody"),
        ("modified", "2001-01-01"),
        ("deleter", "somebody"),
        ("deleted", "2001-01-01"),
        ("created_source", "web"),
        ("modified_source", "web"),
        ("deleted_source", "web"),
        ("state", "old"),
    ],
)
def test_an_insert_cannot_write_system_columns(
    customer: ClassTable, column: str, value: Any
) -> None:
    with pytest.raises(ForgedSystemColumn):
        customer.insert(name="Ann", **{column: value})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", 77),
        ("uid", "00000000-0000-0000-0000-000000000001"),
        ("creator", "somebody"),
        ("created", "2001-01-01"),
        ("created_source", "web"),
        ("deleted", "2001-01-01"),
        ("fixed", "other"),
    ],
)
def test_an_update_cannot_write_closed_columns(
    customer: ClassTable, column: str, value: Any
) -> None:
    ann = customer.insert(name="Ann")
    with pytest.raises((ForgedSystemColumn, psycopg.errors.GeneratedAlways)):
        customer.update(ann, **{column: value})


def test_copy_cannot_write_system_columns(customer: ClassTable) -> None:
    statement = sql.SQL("copy {} (creator, {}) from stdin").format(
        customer.table, customer.column("name")
    )
    with (
        pytest.raises(ForgedSystemColumn),
        customer.conn.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write_row(("somebody", "Ann"))


def test_copy_cannot_choose_ids(customer: ClassTable) -> None:
    statement = sql.SQL("copy {} (id, {}) from stdin").format(
        customer.table, customer.column("name")
    )
    with (
        pytest.raises(ForgedId),
        customer.conn.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write_row((1, "Ann"))


def test_a_trigger_that_fires_later_cannot_write_system_columns(customer: ClassTable) -> None:
    customer.conn.execute(
        sql.SQL(
            """
            create function pg_temp.forge() returns trigger language plpgsql
            as $$begin new.version := 99; return new; end$$;
            create trigger zz_forge before update on {}
            for each row execute function pg_temp.forge()
            """
        ).format(customer.table)
    )
    ann = customer.insert(name="Ann")
    with pytest.raises(ForgedSystemColumn):
        customer.update(ann, name="Anna")


def test_a_data_source_cannot_be_claimed(customer: ClassTable) -> None:
    customer.conn.execute("set local pgears.source = 'mailbox'")
    with pytest.raises(psycopg.DatabaseError) as refused:
        customer.insert(name="Ann")
    assert refused.value.sqlstate == "PG201"


def test_the_runner_marks_its_source(customer: ClassTable) -> None:
    customer.conn.execute("select core.set_source('mailbox')")
    ann = customer.insert(name="Ann")
    customer.update(ann, name="Anna")
    customer.delete(ann)

    row = customer.row(ann)
    assert {row["created_source"], row["modified_source"], row["deleted_source"]} == {"mailbox"}


def test_logical_deletion_keeps_the_row_and_frees_its_key(customer: ClassTable) -> None:
    ann = customer.insert(name="Ann", email="ann@example.com")
    assert customer.delete(ann) == 1

    row = customer.row(ann)
    assert row["deleter"] == customer.conn.info.user
    assert row["deleted"] is not None
    assert row["version"] == 2
    customer.insert(name="Ann", email="ann@example.com")


def test_logical_deletion_happens_once(customer: ClassTable) -> None:
    ann = customer.insert(name="Ann")
    customer.delete(ann)
    first = customer.row(ann)
    customer.delete(ann)
    assert customer.row(ann) == first


def test_logical_deletion_is_set_based_and_returns_rows(customer: ClassTable) -> None:
    ids = [customer.insert(name=name) for name in ("Ann", "Bob", "Cid")]
    gone = customer.conn.execute(
        sql.SQL("delete from {} where id = any (%s) returning id").format(customer.table),
        (ids[:2],),
    ).fetchall()

    assert sorted(gone) == [(ids[0],), (ids[1],)]
    left = customer.conn.execute(
        sql.SQL("select id from {} where deleted is null").format(customer.table)
    ).fetchall()
    assert left == [(ids[2],)]


def test_a_deleted_customer_can_still_be_referred_to(
    customer: ClassTable, ticket: ClassTable
) -> None:
    ann = customer.insert(name="Ann")
    one = ticket.insert(subject="one", customer=ann, others=[ann])
    customer.delete(ann)
    assert ticket.row(one)[ticket.physical("customer")] == ann


def test_physical_deletion_removes_row_and_links(customer: ClassTable, ticket: ClassTable) -> None:
    ann = customer.insert(name="Ann")
    one = ticket.insert(subject="one", others=[ann])
    ticket.delete(one)

    assert ticket.conn.execute(
        sql.SQL("select count(*) from {}").format(ticket.table)
    ).fetchone() == (0,)
    assert ticket.conn.execute(
        sql.SQL("select count(*) from {}").format(
            sql.Identifier("data", f"link_{ticket.column_id('others')}")
        )
    ).fetchone() == (0,)


def test_references_must_point_to_rows(customer: ClassTable, ticket: ClassTable) -> None:
    savepoint = ticket.conn.transaction
    with pytest.raises(psycopg.errors.ForeignKeyViolation), savepoint():
        ticket.insert(customer=77)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), savepoint():
        ticket.insert(others=[77])
    with pytest.raises(NoSuchRow), savepoint():
        ticket.insert(about=77, about__class="helpdesk.customer")
    with pytest.raises(LimitsBroken), savepoint():
        ticket.insert(about=77)
    with pytest.raises(LimitsBroken), savepoint():
        ticket.insert(about=77, about__class="helpdesk.agent")


def test_links_follow_an_update(customer: ClassTable, ticket: ClassTable) -> None:
    people = [customer.insert(name=name) for name in ("Ann", "Bob", "Cid")]
    one = ticket.insert(others=people[:2])
    ticket.update(one, others=[people[2], people[0]])

    links = ticket.conn.execute(
        sql.SQL("select target_id from {} order by position").format(
            sql.Identifier("data", f"link_{ticket.column_id('others')}")
        )
    ).fetchall()
    assert links == [(people[2],), (people[0],)]


def test_a_row_referred_to_by_several_classes_is_kept(
    customer: ClassTable, ticket: ClassTable
) -> None:
    one = ticket.insert(subject="one")
    ticket.insert(subject="two", about=one, about__class="helpdesk.ticket")
    with pytest.raises(NoSuchRow):
        ticket.delete(one)


def test_classes_that_come_and_go_refer_to_rows(
    definitions: Definitions, ticket: ClassTable
) -> None:
    """A row is kept by references of classes made later, inherited ones too; not by those gone."""
    conn = definitions.conn
    about = {"about": {"type": "reference", "classes": ["customer", "ticket"]}}
    note = definitions.create_class("helpdesk.note", about)
    memo = definitions.create_class("helpdesk.memo", {}, parent="note")
    mark = definitions.create_class("helpdesk.mark", {"text": {"type": "text"}})
    column = definitions.add_column(mark, "about", **about["about"])
    wish = definitions.create_class(
        "helpdesk.wish", {"about": {"type": "reference", "classes": ["customer", "note"]}}
    )
    definitions.scalar(
        "select meta.alter_column(%s, %s)", wish.column_id("about"), Jsonb(about["about"])
    )
    for table in (note, memo, mark, wish):
        one = ticket.insert(subject="kept")
        row = table.insert(about=one, about__class="helpdesk.ticket")
        with pytest.raises(NoSuchRow), conn.transaction():
            ticket.delete(one)
        table.update(row, about=None, about__class=None)
        assert ticket.delete(one) == 1
    two = ticket.insert(subject="left")
    mark.insert(about=two, about__class="helpdesk.ticket")
    definitions.scalar("select meta.drop_column(%s)", column)
    update_views(conn)
    for table in (wish, memo, note):
        definitions.scalar("select meta.drop_class(%s)", table.id)
    assert ticket.delete(two) == 1


def test_a_class_is_renamed_with_what_refers_to_it(
    definitions: Definitions, customer: ClassTable, ticket: ClassTable
) -> None:
    """References to several classes name the class by its code: they follow, and hold as before."""
    ann, one = customer.insert(name="Ann"), ticket.insert(subject="one")
    refers = [
        ticket.insert(about=ann, about__class="helpdesk.customer"),
        ticket.insert(about=one, about__class="helpdesk.ticket"),
    ]
    for table, code in ((customer, "client"), (ticket, "case")):
        definitions.scalar("select meta.rename_class(%s, %s)", table.id, code)
    about = f"{ticket.physical('about')}_class"
    assert [ticket.row(row)[about] for row in refers] == ["helpdesk.client", "helpdesk.case"]
    with pytest.raises(NoSuchRow), ticket.conn.transaction():
        ticket.delete(one)
    ticket.insert(about=ann, about__class="helpdesk.client")


def test_numbers_and_calculations(ticket: ClassTable) -> None:
    rows = [ticket.row(ticket.insert(subject=subject)) for subject in ("a", "b")]
    assert [row[ticket.physical("number")] for row in rows] == ["T0001", "T0002"]
    assert [row[ticket.physical("twice")] for row in rows] == ["a!", "b!"]


def test_a_number_outgrows_its_zeros(ticket: ClassTable) -> None:
    ticket.conn.execute(
        "select setval(%s::regclass, 123456)", (f"data.seq_{ticket.column_id('number')}",)
    )
    row = ticket.row(ticket.insert(subject="a"))
    assert row[ticket.physical("number")] == "T123457"


def test_truncate_is_refused(customer: ClassTable) -> None:
    with pytest.raises(TruncateRefused):
        customer.conn.execute(sql.SQL("truncate {}").format(customer.table))


def test_the_feed_has_one_row_a_statement(customer: ClassTable) -> None:
    ids = [customer.insert(name=name) for name in ("Ann", "Bob")]
    customer.conn.execute(
        sql.SQL("update {} set {} = 1").format(customer.table, customer.column("level"))
    )
    customer.delete(ids[0])

    changes = customer.conn.execute(
        "select operation, row_ids, uids is not null from feed.change where class_id = %s"
        " order by position",
        (customer.id,),
    ).fetchall()
    assert [(operation, sorted(rows), uids) for operation, rows, uids in changes] == [
        ("I", [ids[0]], False),
        ("I", [ids[1]], False),
        ("U", ids, False),
        ("D", [ids[0]], True),
    ]


def test_a_child_shares_ids_and_is_found_by_references_to_the_parent(
    definitions: Definitions, customer: ClassTable, ticket: ClassTable
) -> None:
    vip = definitions.create_class(
        "helpdesk.vip", {"discount": {"type": "integer"}}, parent="customer"
    )
    ann = customer.insert(name="Ann")
    bob = vip.insert(name="Bob", email="bob@example.com", discount=5)

    assert bob > ann
    assert vip.row(bob)["shortdescription"] == "Bob <bob@example.com>"
    ticket.insert(customer=bob, others=[ann, bob], about=bob, about__class="helpdesk.customer")
    with pytest.raises(LimitsBroken):
        vip.insert(name="")


def test_a_row_of_a_class_goes_by_code(customer: ClassTable) -> None:
    made = customer.conn.execute(
        'select meta.insert_record(%s, \'{"name": "Ann", "level": "3"}\')', (customer.id,)
    ).fetchone()
    assert made is not None
    assert customer.row(made[0])[customer.physical("level")] == 3
