"""API views: every column type, names, deleted rows, readers, queries, states."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import DoesNotCompile, InTheWay, UserError
from runner.model.views import drop_views, view_states
from tests.fix_meta import VALUE_TYPES, ClassTable, Definitions
from tests.fix_views import ApiView, renew, state, view_of

ALL_TYPES: dict[str, dict[str, Any]] = {
    **VALUE_TYPES,
    "paper": {"type": "file"},
    "papers": {"type": "file", "multiple": True},
    "face": {"type": "picture"},
    "title": {"type": "long_text", "localized": True},
    "customer": {"type": "reference", "class": "customer"},
    "others": {"type": "reference", "class": "customer", "multiple": True},
    "agent": {"type": "reference", "target": "user"},
    "agents": {"type": "reference", "target": "user", "multiple": True},
    "about": {"type": "reference", "classes": ["customer", "thing"]},
    "twice": {"type": "calculated", "result": "integer", "sql": "{{column.count}} * 2"},
}


@pytest.fixture
def customer(definitions: Definitions) -> ClassTable:
    return definitions.create_class(
        "shop.customer",
        {"name": {"type": "text"}, "email": {"type": "text"}},
        description="{{column.name}}",
        keys=[["email"]],
    )


@pytest.fixture
def thing(definitions: Definitions, customer: ClassTable) -> ClassTable:
    columns = dict(ALL_TYPES)
    about = columns.pop("about")
    made = definitions.create_class("shop.thing", columns, description="{{column.short}}")
    definitions.add_column(made, "about", **about)
    definitions.add_column(
        customer, "things", type="reverse", column="customer", **{"class": "thing"}
    )
    definitions.add_column(customer, "among", type="reverse", column="others", **{"class": "thing"})
    definitions.add_column(customer, "spoken", type="reverse", column="about", **{"class": "thing"})
    renew(definitions)
    return made


def samples(definitions: Definitions, customer: ClassTable, thing: ClassTable) -> dict[str, Any]:
    """A value of every type that a writer may give."""
    scalar = definitions.scalar
    ann, bob = customer.insert(name="Ann"), customer.insert(name="Bob")
    paper, letter = (
        scalar("select core.store_file(%s, 'text/plain', %s)", name, name.encode())
        for name in ("paper.txt", "letter.txt")
    )
    me = scalar("select access.ensure_account(session_user::text)")
    return {
        "short": "A short text",
        "middle": "m" * 300,
        "long": "l" * 5000,
        "page": "<p>page</p>",
        "count": 2**40,
        "price": decimal.Decimal("12.3400"),
        "two": True,
        "three": None,
        "day": dt.date(2024, 2, 29),
        "moment": dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC),
        "paint": "#1a2b3c",
        "kind": customer.id,
        "guid": uuid.UUID(int=7),
        "paper": paper,
        "papers": [letter, paper],
        "face": "face.png",
        "title": {"en": "Thing", "de": "Ding"},
        "customer": ann,
        "others": [bob, ann],
        "agent": me,
        "agents": [me],
        "about": ann,
        "about__class": "shop.customer",
    }


@pytest.mark.parametrize("way", ["view", "table"])
def test_every_type_is_stored_and_read(
    definitions: Definitions, customer: ClassTable, thing: ClassTable, way: str
) -> None:
    """C01: through the view and through the table, read through the view by code."""
    values = samples(definitions, customer, thing)
    given = {**values, "title": Jsonb(values["title"])}
    view = view_of(definitions, "shop.thing")
    row_id = view.insert(**given) if way == "view" else thing.insert(**given)

    row = view.row(row_id)
    assert {code: row[code] for code in values} == values
    assert row["twice"] == 2**41
    assert row["shortdescription"] == "A short text"
    assert (row["id"], row["version"], row["created_source"]) == (row_id, 1, "sql")
    texts = {code: text for code, text in row.items() if code.endswith("__text")}
    login = definitions.conn.info.user
    assert texts == {
        "kind__text": "shop.customer",
        "title__text": "Thing",
        "customer__text": "Ann",
        "others__text": ["Bob", "Ann"],
        "agent__text": login,
        "agents__text": [login],
        "about__text": "Ann",
    }
    referred = view_of(definitions, "shop.customer").row(values["customer"])
    assert (referred["things"], referred["among"], referred["spoken"]) == ([row_id],) * 3


@pytest.mark.parametrize(
    "code", [c for c in ALL_TYPES if c not in ("three", "about", "papers", "others", "agents")]
)
def test_every_type_filters_and_sorts(
    definitions: Definitions, customer: ClassTable, thing: ClassTable, code: str
) -> None:
    """C01: equality, null and order by the view's column."""
    values = samples(definitions, customer, thing)
    view = view_of(definitions, "shop.thing")
    given = {**values, "title": Jsonb(values["title"])}
    full, empty = view.insert(**given), view.insert()
    value = Jsonb(values["title"]) if code == "title" else values.get(code, 2**41)

    column = sql.Identifier(code).as_string()
    assert [row["id"] for row in view.rows(f"{column} = %s", value)] == [full]
    if code == "two":
        return
    assert [row["id"] for row in view.rows(f"{column} is null")] == [empty]
    order = sql.SQL("select id from {} order by {} nulls first").format(
        view.relation, sql.Identifier(code)
    )
    assert view.conn.execute(order).fetchall() == [(empty,), (full,)]


@pytest.mark.parametrize("code", ["papers", "others", "agents"])
def test_values_are_found_in_arrays(
    definitions: Definitions, customer: ClassTable, thing: ClassTable, code: str
) -> None:
    values = samples(definitions, customer, thing)
    view = view_of(definitions, "shop.thing")
    row_id = view.insert(**{code: values[code]})
    view.insert()
    found = view.rows(f"%s = any ({code})", values[code][0])
    assert [row["id"] for row in found] == [row_id]


def test_three_states_and_two(definitions: Definitions, thing: ClassTable) -> None:
    view = view_of(definitions, "shop.thing")
    rows = [view.row(view.insert(three=value)) for value in (True, False, None)]
    assert [row["three"] for row in rows] == [True, False, None]
    assert {row["two"] for row in rows} == {False}


def test_localised_text_follows_the_session(definitions: Definitions, thing: ClassTable) -> None:
    view = view_of(definitions, "shop.thing")
    row_id = view.insert(title=Jsonb({"de": "Ding", "fr": "Chose"}))
    assert view.row(row_id)["title__text"] == "Ding"
    definitions.conn.execute("set local pgears.language = 'fr'")
    assert view.row(row_id)["title__text"] == "Chose"


def test_columns_are_named_by_code_and_ids_do_not_show(
    definitions: Definitions, customer: ClassTable, thing: ClassTable
) -> None:
    """V02, V03: the same model with other ids gives the same names."""
    names = view_of(definitions, "shop.thing").columns()
    assert names[:11] == [
        *("id", "uid", "version", "shortdescription", "creator", "created"),
        *("modifier", "modified", "created_source", "modified_source", "deleted"),
    ]
    codes = [name for name in names[11:] if not name.endswith(("__text", "__class"))]
    assert codes == [*(code for code in ALL_TYPES if code != "about"), "about"]


def test_deleted_rows_show_in_the_second_view_only(
    definitions: Definitions, customer: ClassTable
) -> None:
    renew(definitions)
    view, everything = (
        view_of(definitions, "shop.customer"),
        view_of(definitions, "shop.customer_all"),
    )
    ann, bob = view.insert(name="Ann"), view.insert(name="Bob")
    view.conn.execute(sql.SQL("delete from {} where id = %s").format(view.relation), (ann,))

    assert [row["id"] for row in view.rows()] == [bob]
    gone = everything.row(ann)
    assert (gone["deleter"], gone["deleted_source"]) == (view.conn.info.user, "sql")
    assert [row["id"] for row in everything.rows("deleted is null")] == [bob]


def test_views_act_with_the_readers_rights(definitions: Definitions, thing: ClassTable) -> None:
    options = definitions.conn.execute(
        "select distinct reloptions from pg_class where relnamespace = 'api'::regnamespace"
        " and relname like 'shop%%'"
    ).fetchall()
    assert options == [(["security_invoker=true"],)]


def grant(definitions: Definitions, role: str, rights: str, *paths: str) -> None:
    """Rights on table and view of classes, as an administrator gives them by hand."""
    definitions.conn.execute(f"grant usage on schema api, data to {role}")
    for path in paths:
        table = definitions.scalar("select meta.table_of(%s)::text", path)
        view = view_of(definitions, path).relation.as_string()
        definitions.conn.execute(f"grant {rights} on {table}, {view} to {role}")
        definitions.conn.execute(f"create policy {role} on {table} to {role} using (true)")


def test_a_reader_without_a_right_on_what_is_referred_to_sees_the_id(
    definitions: Definitions, customer: ClassTable, thing: ClassTable
) -> None:
    values = samples(definitions, customer, thing)
    view = view_of(definitions, "shop.thing")
    row_id = view.insert(**{**values, "title": Jsonb(values["title"])})
    definitions.conn.execute("create role reader; create role seller")
    grant(definitions, "reader", "select", "shop.thing")
    grant(definitions, "seller", "select", "shop.customer")

    definitions.conn.execute("set local role reader")
    row = view.row(row_id)
    assert (row["customer"], row["others"], row["about"]) == (
        values["customer"],
        values["others"],
        values["about"],
    )
    assert (row["customer__text"], row["about__text"]) == (None, None)
    assert row["others__text"] == [None, None]
    assert row["kind__text"] == "shop.customer"
    assert row["agent__text"] == definitions.conn.info.user

    definitions.conn.execute("set local role seller")
    referred = view_of(definitions, "shop.customer").row(values["customer"])
    assert (referred["things"], referred["among"], referred["spoken"]) == ([], [], [])


def test_the_views_behind_texts_show_nothing_to_others(
    definitions: Definitions, customer: ClassTable, thing: ClassTable
) -> None:
    customer.insert(name="Ann")
    definitions.conn.execute("create role stranger; grant usage on schema data to stranger")
    definitions.conn.execute("set local role stranger")
    shown = f"select count(*) from data.described_{customer.id}"
    assert definitions.scalar(shown) == 0
    assert definitions.scalar(f"select count(*) from data.datarow_{customer.id}") == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        definitions.scalar(f"select count(*) from data.datarow_{customer.id} where creator = ''")


def test_texts_follow_children(definitions: Definitions, customer: ClassTable) -> None:
    vip = definitions.create_class("shop.vip", {"discount": {"type": "integer"}}, parent="customer")
    order = definitions.create_class(
        "shop.order", {"customer": {"type": "reference", "class": "customer"}}
    )
    definitions.add_column(
        customer, "orders", type="reverse", column="customer", **{"class": "order"}
    )
    renew(definitions)
    bob = vip.insert(name="Bob")
    one = order.insert(customer=bob)
    assert view_of(definitions, "shop.order").row(one)["customer__text"] == "Bob"
    assert view_of(definitions, "shop.vip").row(bob)["orders"] == [one]


WORDS = ["order", "user", "select", "it-config", "group", "table", "x" * 51]


@pytest.mark.parametrize("word", WORDS)
def test_reserved_and_hyphenated_codes(definitions: Definitions, word: str) -> None:
    """V07: as class, column, key and query."""
    definitions.create_class(
        f"it-desk.{word}",
        {word: {"type": "text"}, f"{word}-2": {"type": "reference", "class": word}},
        description="{{column." + word + "}}",
        keys=[[word]],
    )
    model = definitions.scalar("select id from meta.model where code = 'it-desk'")
    select = f'select t."{word}" as "{word}" from {{{{class.{word}}}}} as t'
    definitions.scalar("select meta.set_query(%s, 'q-1', %s)", model, Jsonb({"sql": select}))
    renew(definitions)

    view = ApiView(definitions.conn, f"it-desk_{word}")
    one = view.insert(**{word: "one"})
    two = view.insert(**{word: "two", f"{word}-2": one})
    assert view.row(two)[f"{word}-2__text"] == "one"
    assert definitions.conn.execute('select * from api."it-desk_q-1" order by 1').fetchall() == [
        ("one",),
        ("two",),
    ]
    renamed = definitions.scalar("select meta.class_id(%s)", f"it-desk.{word}")
    definitions.scalar("select meta.rename_class(%s, 'plain')", renamed)
    renew(definitions)
    assert ApiView(definitions.conn, "it-desk_plain").row(two)[word] == "two"


def test_names_of_63_bytes(definitions: Definitions) -> None:
    """model + "_" + class + "_all" are 63 bytes, and columns take 56 beside "__class"."""
    code, columns = "c" * 54, ["k" * 55 + letter for letter in "ab"]
    made = definitions.create_class(f"long.{code}", {c: {"type": "integer"} for c in columns})
    renew(definitions)
    view = ApiView(definitions.conn, f"long_{code}")
    row_id = view.insert(**dict(zip(columns, (1, 2), strict=True)))

    ids = [made.column_id(c) for c in columns]
    for column, new in zip(
        [*ids[:1], *ids[1:], ids[0]], ["z", columns[0], columns[1]], strict=True
    ):
        definitions.scalar("select meta.rename_column(%s, %s)", column, new)
    assert renew(definitions)[f"long_{code}_all"] == "replaced"
    row = view.row(row_id)
    assert (row[columns[0]], row[columns[1]]) == (2, 1)


def test_a_query_is_a_view(definitions: Definitions, customer: ClassTable) -> None:
    """V06: made, read, stale after a change, dropped; like a class."""
    model = definitions.scalar("select id from meta.model where code = 'shop'")
    set_query = "select meta.set_query(%s, 'names', %s)"
    definitions.scalar(
        set_query, model, Jsonb({"sql": "select c.id, c.name from {{class.customer}} as c"})
    )
    assert state(definitions, "shop_names").state == "missing"
    assert renew(definitions)["shop_names"] == "created"
    customer.insert(name="Ann")
    assert [row["name"] for row in view_of(definitions, "shop.names").rows()] == ["Ann"]

    definitions.scalar(
        set_query, model, Jsonb({"sql": "select c.name, c.id from {{class.shop.customer}} as c"})
    )
    assert state(definitions, "shop_names").state == "stale"
    assert renew(definitions) == {"shop_names": "rebuilt"}
    assert view_of(definitions, "shop.names").columns() == ["name", "id"]
    assert drop_views(definitions.conn, "shop.names") == ["shop_names"]
    assert state(definitions, "shop_names").state == "missing"


def test_a_query_that_does_not_compile_renews_nothing(
    definitions: Definitions, customer: ClassTable
) -> None:
    model = definitions.scalar("select id from meta.model where code = 'shop'")
    for text in (
        "select 1; select 2",
        "delete from api.shop_customer",
        "select nothing from {{class.customer}} as c",
    ):
        definitions.scalar("select meta.set_query(%s, 'bad', %s)", model, Jsonb({"sql": text}))
        with pytest.raises(DoesNotCompile), definitions.conn.transaction():
            renew(definitions)
        assert state(definitions, "shop_customer").state == "missing"


def test_queries_on_queries(definitions: Definitions, customer: ClassTable) -> None:
    """Whatever their order: a query that names a later one waits for it."""
    model = definitions.scalar("select id from meta.model where code = 'shop'")
    for code, text in {
        "a": "select b.id, b.name from api.shop_b as b",
        "b": "select c.id, c.name, c.email from {{class.customer}} as c",
    }.items():
        definitions.scalar("select meta.set_query(%s, %s, %s)", model, code, Jsonb({"sql": text}))
    renew(definitions)
    email = customer.column_id("email")
    definitions.scalar(
        "select meta.set_query(%s, 'b', %s)",
        model,
        Jsonb({"sql": "select c.name, c.id from {{class.customer}} as c"}),
    )
    definitions.scalar("select meta.set_keys(%s, '[]')", customer.id)
    definitions.scalar("select meta.drop_column(%s)", email)
    renew(definitions)
    assert view_of(definitions, "shop.a").columns() == ["id", "name"]
    assert {s.state for s in view_states(definitions.conn, "shop")} == {"current"}


def test_nothing_changes_before_renewal(definitions: Definitions, customer: ClassTable) -> None:
    """V04: adding and renaming columns leave the view as it is; the status says so."""
    renew(definitions)
    view = view_of(definitions, "shop.customer")
    before = view.columns()
    ann = view.insert(name="Ann", email="a@x")
    definitions.add_column(customer, "phone", type="text")
    definitions.scalar("select meta.rename_column(%s, 'mail')", customer.column_id("email"))

    assert view.columns() == before
    assert view.row(ann)["email"] == "a@x"
    stale = state(definitions, "shop_customer")
    assert (stale.state, stale.difference) == ("stale", "email -> mail, +phone")

    assert renew(definitions, "shop.customer") == {
        "shop_customer": "replaced",
        "shop_customer_all": "replaced",
    }
    assert view.columns() == [*before[:-1], "mail", "phone"]
    assert state(definitions, "shop_customer").state == "current"
    assert view.row(ann)["mail"] == "a@x"


def test_dropped_columns_go_with_the_renewal(
    definitions: Definitions, customer: ClassTable
) -> None:
    renew(definitions)
    view = view_of(definitions, "shop.customer")
    ann = view.insert(name="Ann", email="a@x")
    physical = customer.physical("email")
    definitions.scalar("select meta.set_keys(%s, '[]')", customer.id)
    definitions.scalar("select meta.drop_column(%s)", customer.column_id("email"))

    assert view.row(ann)["email"] == "a@x"
    assert state(definitions, "shop_customer").difference == "-email"
    assert renew(definitions)["shop_customer"] == "rebuilt"
    assert "email" not in view.columns()
    assert physical not in customer.row(ann)


def test_a_new_description_makes_views_stale_not_altered(
    definitions: Definitions, customer: ClassTable, thing: ClassTable
) -> None:
    ann = customer.insert(name="Ann", email="a@x")
    one = thing.insert(customer=ann)
    definitions.scalar(
        "select meta.alter_class(%s, %s)", customer.id, Jsonb({"description": "{{column.email}}"})
    )
    assert state(definitions, "shop_customer").state == "stale"
    assert state(definitions, "shop_customer").difference == "what it shows"
    assert view_of(definitions, "shop.customer").row(ann)["shortdescription"] == "Ann"
    renew(definitions)
    assert view_of(definitions, "shop.customer").row(ann)["shortdescription"] == "a@x"
    assert view_of(definitions, "shop.thing").row(one)["customer__text"] == "a@x"
    assert {s.state for s in view_states(definitions.conn)} == {"current"}


def test_drop_takes_only_that_view(
    definitions: Definitions, customer: ClassTable, thing: ClassTable
) -> None:
    """V05: rows stay, others stay, update makes it again."""
    ann = customer.insert(name="Ann")
    assert sorted(drop_views(definitions.conn, "shop.customer")) == [
        "shop_customer",
        "shop_customer_all",
    ]
    states = {s.name: s.state for s in view_states(definitions.conn)}
    assert states == {
        "shop_customer": "missing",
        "shop_customer_all": "missing",
        "shop_thing": "current",
        "shop_thing_all": "current",
    }
    renew(definitions)
    assert view_of(definitions, "shop.customer").row(ann)["name"] == "Ann"


def test_drop_is_refused_under_a_view_of_others(
    definitions: Definitions, customer: ClassTable
) -> None:
    renew(definitions)
    definitions.conn.execute("create view public.mine as select name from api.shop_customer")
    with pytest.raises(InTheWay) as refused, definitions.conn.transaction():
        drop_views(definitions.conn, "shop.customer")
    assert "mine" in (refused.value.diag.message_detail or "")
    assert state(definitions, "shop_customer").state == "current"


def test_unknown_targets_are_named(definitions: Definitions, customer: ClassTable) -> None:
    with pytest.raises(UserError, match=r"shop\.nothing"):
        view_states(definitions.conn, "shop.nothing")


def test_altered_and_orphaned(
    definitions: Definitions, customer: ClassTable, thing: ClassTable
) -> None:
    definitions.conn.execute("alter view api.shop_customer rename column name to nom")
    definitions.conn.execute("alter view api.shop_thing reset (security_invoker)")
    assert state(definitions, "shop_customer").state == "altered"
    assert state(definitions, "shop_thing").state == "altered"
    renew(definitions)
    assert "name" in view_of(definitions, "shop.customer").columns()
    assert {s.state for s in view_states(definitions.conn)} == {"current"}

    model = definitions.scalar("select id from meta.model where code = 'shop'")
    definitions.scalar(
        "select meta.set_query(%s, 'old', %s)", model, Jsonb({"sql": "select 1 as one"})
    )
    renew(definitions)
    definitions.conn.execute("delete from meta.query where code = 'old'")
    assert state(definitions, "shop_old").state == "orphaned"
    assert renew(definitions) == {}
    assert drop_views(definitions.conn) == ["shop_old"]


def test_swapped_codes(definitions: Definitions, customer: ClassTable) -> None:
    """Two classes and two columns change places in one renewal; views on top follow."""
    other = definitions.create_class(
        "shop.supplier", {"name": {"type": "text"}, "email": {"type": "text"}}
    )
    renew(definitions)
    definitions.conn.execute(
        "create view public.customers as select name, email from api.shop_customer"
    )
    ann = customer.insert(name="Ann", email="a@x")
    for table, code in ((customer, "x"), (other, "customer"), (customer, "supplier")):
        definitions.scalar("select meta.rename_class(%s, %s)", table.id, code)
    for code, new in (("name", "x"), ("email", "name"), ("x", "email")):
        definitions.scalar("select meta.rename_column(%s, %s)", customer.column_id(code), new)

    done = renew(definitions)
    assert set(done.values()) == {"replaced"}
    row = view_of(definitions, "shop.supplier").row(ann)
    assert (row["email"], row["name"]) == ("Ann", "a@x")
    assert view_of(definitions, "shop.customer").rows() == []
    assert definitions.conn.execute("select * from public.customers").fetchall() == [("Ann", "a@x")]
