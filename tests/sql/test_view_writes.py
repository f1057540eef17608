"""Writing through API views and class tables: upsert, deletion, rights, triggers, forgery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import (
    ForeignTrigger,
    ForgedId,
    ForgedSource,
    ForgedSystemColumn,
    LimitsBroken,
    RowLost,
    TypeChange,
)
from tests.fix_meta import ClassTable, Definitions
from tests.fix_views import ApiView, renew, view_of

SYSTEM: dict[str, Any] = {
    "version": 7,
    "creator": "somebody",
    "created": "2001-01-01",
    "modifier": "somebody",
    "modified": "2001-01-01",
    "deleter": "somebody",
    "deleted": "2001-01-01",
    "created_source": "web",
    "modified_source": "web",
    "deleted_source": "web",
}


@pytest.fixture
def item(definitions: Definitions) -> ClassTable:
    made = definitions.create_class(
        "stock.item",
        {
            "code": {"type": "text", "mandatory": True},
            "name": {"type": "text"},
            "count": {"type": "integer", "min": 0, "max": 1000, "default": 0},
        },
        description="{{column.code}}",
        keys=[["code"]],
        archive=True,
    )
    renew(definitions)
    return made


@pytest.fixture
def view(definitions: Definitions, item: ClassTable) -> ApiView:
    return view_of(definitions, "stock.item")


def archived(item: ClassTable) -> list[tuple[Any, ...]]:
    """Operation, code, version and account of the former rows, in order."""
    return item.conn.execute(
        sql.SQL(
            "select operation, {}, version, archiver from {} order by archived, version, {}"
        ).format(item.column("code"), item.archive, item.column("code"))
    ).fetchall()


def account(conn: psycopg.Connection[Any], item: ClassTable, role: str, rights: str) -> None:
    """A role with rights on table and views of the class, as outside systems have."""
    conn.execute(f"create role {role}; grant usage on schema api, data to {role}")
    conn.execute(
        f"grant {rights} on api.stock_item, api.stock_item_all, data.datarow_{item.id} to {role}"
    )
    conn.execute(
        f"create policy {role} on data.datarow_{item.id} to {role} using (true) with check (true)"
    )


UPSERT = (
    "insert into api.stock_item (code, name, count) values (%s, %s, %s)"
    " on conflict (code) where deleted is null"
    " do update set name = excluded.name, count = excluded.count"
    " returning id, version, name, shortdescription"
)


def test_upsert_by_natural_key(definitions: Definitions, item: ClassTable, view: ApiView) -> None:
    """V09: insert, then update in place; RETURNING shows the row by code."""
    [(one, version, *_)] = view.conn.execute(UPSERT, ("a", "first", 1)).fetchall()
    assert version == 1
    assert view.conn.execute(UPSERT, ("a", "second", 2)).fetchall() == [(one, 2, "second", "a")]
    assert [row[:3] for row in archived(item)] == [("U", "a", 1)]
    view.conn.execute("delete from api.stock_item where id = %s", (one,))
    [(two, version, *_)] = view.conn.execute(UPSERT, ("a", "third", 3)).fetchall()
    assert two > one
    assert version == 1


def test_upsert_by_an_account(definitions: Definitions, item: ClassTable, view: ApiView) -> None:
    account(view.conn, item, "loader", "select, insert, update")
    view.conn.execute("set local role loader")
    view.conn.execute(UPSERT, ("a", "first", 1))
    [(_, version, name, _)] = view.conn.execute(UPSERT, ("a", "second", 2)).fetchall()
    assert (version, name) == (2, "second")
    view.conn.execute("reset role")
    [row] = view.rows()
    assert (row["creator"], row["modifier"]) == ("loader", "loader")
    assert archived(item) == [("U", "a", 1, "loader")]


def test_many_rows_at_once(definitions: Definitions, item: ClassTable, view: ApiView) -> None:
    made = view.conn.execute(
        "insert into api.stock_item (code, count)"
        " select 'c' || n, n from generate_series(1, 500) as n returning id"
    ).fetchall()
    changed = view.conn.execute(
        "update api.stock_item set name = 'x' where count <= 100 returning version, name"
    ).fetchall()
    gone = view.conn.execute(
        "delete from api.stock_item where count > 400 returning code, deleted"
    ).fetchall()
    assert (len(made), len(changed), len(gone)) == (500, 100, 100)
    assert set(changed) == {(2, "x")}
    assert len(view.rows()) == 400
    operations = [row[0] for row in archived(item)]
    assert (operations.count("U"), operations.count("D")) == (100, 100)
    feed = view.conn.execute(
        "select operation, cardinality(row_ids) from feed.change"
        " where class_id = %s order by position",
        (item.id,),
    ).fetchall()
    assert feed == [("I", 500), ("U", 100), ("D", 100)]


def test_update_of_a_view_column_that_is_computed_is_refused(
    definitions: Definitions, view: ApiView
) -> None:
    view.insert(code="a")
    with pytest.raises(psycopg.errors.Error, match="shortdescription"):
        view.conn.execute("update api.stock_item set shortdescription = 'x'")


MERGE = """
merge into {target} as t
using (values ('a', 5), ('b', 6)) as s (code, count) on t.{code} = s.code and t.deleted is null
when matched then update set {count} = s.count
when not matched then insert ({code}, {count}) values (s.code, s.count)
"""


def test_merge(definitions: Definitions, item: ClassTable, view: ApiView) -> None:
    """Through the view from PostgreSQL 17 on, through the table before that too."""
    view.insert(code="a", count=1)
    names = {"code": item.physical("code"), "count": item.physical("count")}
    target = f"data.datarow_{item.id}"
    if view.conn.info.server_version >= 170000:
        target, names = "api.stock_item", {"code": "code", "count": "count"}
    view.conn.execute(MERGE.format(target=target, **names))

    assert [(row["code"], row["count"], row["version"]) for row in view.rows()] == [
        ("a", 5, 2),
        ("b", 6, 1),
    ]
    assert [row[:3] for row in archived(item)] == [("U", "a", 1)]
    view.conn.execute(
        f"merge into data.datarow_{item.id} as t using (values ('a')) as s (code)"
        f" on t.{item.physical('code')} = s.code and t.deleted is null when matched then delete"
    )
    assert [row["code"] for row in view.rows()] == ["b"]
    assert [row[:3] for row in archived(item)] == [("U", "a", 1), ("D", "a", 2)]


def test_the_views_use_the_tables_indexes(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    """V09: by id, by natural key, and for the text of a reference."""
    definitions.create_class("stock.order", {"item": {"type": "reference", "class": "item"}})
    renew(definitions)
    view.conn.execute(
        "insert into api.stock_item (code) select 'c' || n from generate_series(1, 2000) as n"
    )
    view.conn.execute("insert into api.stock_order (item) select id from api.stock_item")
    view.conn.execute("analyze")

    def plan(query: str) -> str:
        return "\n".join(line for (line,) in view.conn.execute(f"explain {query}"))

    key = definitions.scalar("select id from meta.class_key where class_id = %s", item.id)
    assert f"datarow_{item.id}_pkey" in plan("select * from api.stock_item where id = 5")
    assert f"datarow_{item.id}_key_{key}" in plan("select * from api.stock_item where code = 'a'")
    assert f"datarow_{item.id}_key_{key}" in plan("delete from api.stock_item where code = 'a'")
    order = plan("select item__text from api.stock_order where id = 5")
    assert f"datarow_{item.id}_pkey" in order
    assert "Seq Scan" not in order


def test_nothing_stands_between_view_and_table(definitions: Definitions, view: ApiView) -> None:
    """V09: updatable by PostgreSQL itself, no INSTEAD OF trigger, no rule."""
    assert (
        view.conn.execute(
            "select is_insertable_into, is_trigger_updatable, is_trigger_insertable_into,"
            " is_trigger_deletable from information_schema.views"
            " where table_schema = 'api' and table_name like 'stock%%'"
        ).fetchall()
        == [("YES", "NO", "NO", "NO")] * 2
    )
    assert (
        definitions.scalar(
            "select count(*) from pg_rewrite as r inner join pg_class as c on r.ev_class = c.oid"
            " where c.relnamespace = 'api'::regnamespace and r.rulename <> '_RETURN'"
        )
        == 0
    )


def test_deletion_is_a_right_of_its_own(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    """Change cannot delete, nor set "deleted"; delete can delete without change or insert."""
    conn = view.conn
    one, two = view.insert(code="a"), view.insert(code="b")
    account(conn, item, "changer", "select, insert, update")
    account(conn, item, "deleter", "select, delete")

    conn.execute("set local role changer")
    table = f"data.datarow_{item.id}"
    for relation in ("api.stock_item", "api.stock_item_all", table):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute(f"delete from {relation}")
        with pytest.raises(ForgedSystemColumn), conn.transaction():
            conn.execute(f"update {relation} set deleted = now() where id = %s", (one,))
    conn.execute("update api.stock_item set name = 'x'")

    conn.execute("reset role; set local role deleter")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
        conn.execute("update api.stock_item set name = 'y'")
    conn.execute("delete from api.stock_item where id = %s", (one,))
    conn.execute(f"delete from {table} where id = %s", (two,))
    conn.execute("reset role")
    gone = view_of(definitions, "stock.item_all").rows()
    assert [(row["deleter"], row["deleted"] is not None) for row in gone] == [("deleter", True)] * 2
    assert [row[::3] for row in archived(item) if row[0] == "D"] == [("D", "deleter")] * 2


def test_deleted_rows_cannot_be_brought_back(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    one = view.insert(code="a")
    view.conn.execute("delete from api.stock_item")
    for change in ("deleted = null", "deleter = null", "deleted_source = null"):
        with pytest.raises(ForgedSystemColumn), view.conn.transaction():
            view.conn.execute(f"update api.stock_item_all set {change} where id = %s", (one,))


def writers(item: ClassTable) -> dict[str, Callable[[str, Any], object]]:
    """The ways by which somebody may try to write a column of a new or an old row."""
    conn, table, code = item.conn, f"data.datarow_{item.id}", item.physical("code")

    def copy(column: str, value: Any) -> None:
        with (
            conn.cursor() as cursor,
            cursor.copy(f"copy {table} ({code}, {column}) from stdin") as into,
        ):
            into.write_row(("new", value))

    def update(relation: str) -> Callable[[str, Any], object]:
        return lambda column, value: conn.execute(f"update {relation} set {column} = %s", (value,))

    def insert(relation: str, key: str) -> Callable[[str, Any], object]:
        return lambda column, value: conn.execute(
            f"insert into {relation} ({key}, {column}) values ('new', %s)", (value,)
        )

    return {
        "insert table": insert(table, code),
        "insert all": insert("api.stock_item_all", "code"),
        "update table": update(table),
        "update all": update("api.stock_item_all"),
        "copy": copy,
    }


@pytest.mark.parametrize(
    "way", ["insert table", "insert all", "update table", "update all", "copy"]
)
@pytest.mark.parametrize("column", SYSTEM)
def test_no_way_writes_a_system_column(
    definitions: Definitions, item: ClassTable, view: ApiView, way: str, column: str
) -> None:
    """Of an account with all rights but ownership. What an update gives may be overwritten."""
    view.insert(code="a")
    account(view.conn, item, "forger", "select, insert, update, delete")
    write = writers(item)[way]
    if way == "copy":  # PostgreSQL refuses it where row security applies
        view.conn.execute("alter role forger bypassrls")
    view.conn.execute("set local role forger")
    before = view_of(definitions, "stock.item_all").rows()
    try:
        with view.conn.transaction():
            write(column, SYSTEM[column])
    except ForgedSystemColumn:
        assert view_of(definitions, "stock.item_all").rows() == before
        return
    [row] = view_of(definitions, "stock.item_all").rows()
    assert column in ("version", "modifier", "modified", "modified_source")
    assert way.startswith("update")
    assert (row["version"], row["modifier"], row["modified_source"]) == (2, "forger", "sql")


def test_no_way_writes_through_the_narrow_view(definitions: Definitions, view: ApiView) -> None:
    for column in ("version", "creator", "created", "created_source", "deleted"):
        with pytest.raises(ForgedSystemColumn), view.conn.transaction():
            view.insert(**{"code": "a", column: SYSTEM[column]})


@pytest.mark.parametrize("chosen", [-1, 0, 1000])
def test_nobody_chooses_ids(
    definitions: Definitions, item: ClassTable, view: ApiView, chosen: int
) -> None:
    """Not by OVERRIDING SYSTEM VALUE either: the next row would collide."""
    for relation, code in (
        ("api.stock_item", "code"),
        (f"data.datarow_{item.id}", item.physical("code")),
    ):
        with pytest.raises(ForgedId), view.conn.transaction():
            view.conn.execute(
                f"insert into {relation} (id, {code}) overriding system value values (%s, 'a')",
                (chosen,),
            )


def trigger(
    conn: psycopg.Connection[Any], item: ClassTable, name: str, when: str, body: str
) -> None:
    """A trigger of one's own on the class table."""
    function = "public.tg_" + "".join(filter(str.isalnum, name))
    conn.execute(
        f"create or replace function {function}() returns trigger language plpgsql"
        f" as $$begin {body} end$$"
    )
    conn.execute(
        f'create trigger "{name}" {when} on data.datarow_{item.id}'
        f" for each row execute function {function}()"
    )


@pytest.mark.parametrize("name", ["00", "a", "t10_a", "t15", "t85", "zz"])
@pytest.mark.parametrize("event", ["insert", "update"])
def test_a_trigger_cannot_forge_in_any_order(
    definitions: Definitions, item: ClassTable, view: ApiView, name: str, event: str
) -> None:
    trigger(
        view.conn,
        item,
        name,
        f"before {event}",
        "new.creator := 'forged'; new.version := 99; return new;",
    )
    if event == "update":
        definitions.conn.execute(f'alter table data.datarow_{item.id} disable trigger "{name}"')
        view.insert(code="a")
        definitions.conn.execute(f'alter table data.datarow_{item.id} enable trigger "{name}"')
    with pytest.raises(ForgedSystemColumn), view.conn.transaction():
        view.conn.execute(UPSERT, ("a", "x", 1))


def test_a_trigger_after_the_write_cannot_forge(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    """Its own UPDATE is one more change by the account, with the same rules."""
    account(view.conn, item, "writer", "select, insert, update")
    trigger(
        view.conn,
        item,
        "zz",
        "after insert",
        f"update data.datarow_{item.id} as r set creator = 'forged' where r.id = new.id;"
        " return null;",
    )
    view.conn.execute("set local role writer")
    with pytest.raises(ForgedSystemColumn):
        view.insert(code="a")


def test_the_mark_of_the_source_cannot_be_forged(definitions: Definitions, view: ApiView) -> None:
    view.conn.execute("set local pgears.source = 'web'")
    with pytest.raises(ForgedSource):
        view.insert(code="a")


def test_only_a_superuser_switches_triggers_off(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    account(view.conn, item, "sly", "select, insert, update, delete")
    view.conn.execute("set local role sly")
    for statement in (
        "set local session_replication_role = replica",
        f"alter table data.datarow_{item.id} disable trigger all",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), view.conn.transaction():
            view.conn.execute(statement)


def test_deletion_lends_no_rights_to_triggers(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    """Rows are put back with the owner's rights: a trigger of an account would have them."""
    conn = view.conn
    account(conn, item, "sly", "select, insert, delete, trigger")
    conn.execute("create schema sly authorization sly; set local role sly")
    conn.execute(
        "create function sly.take() returns trigger language plpgsql"
        " as $$begin execute 'grant pgears_admin to sly'; return new; end$$"
    )
    conn.execute(
        f"create trigger zz after insert on data.datarow_{item.id} for each row"
        " when (new.deleted is not null) execute function sly.take()"
    )
    view.insert(code="a")
    with pytest.raises(ForeignTrigger) as refused, conn.transaction():
        conn.execute("delete from api.stock_item")
    assert "sly.take()" in (refused.value.diag.message_detail or "")
    conn.execute("alter function sly.take() security definer")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
        conn.execute("delete from api.stock_item")
    conn.execute("reset role")
    conn.execute("alter function sly.take() security invoker")
    with pytest.raises(ForeignTrigger), conn.transaction():
        conn.execute('select meta.insert_record(%s, \'{"code": "b"}\')', (item.id,))


@pytest.mark.parametrize(
    "body", ["return null;", "new.creator := 'x'; return new;", "new.deleted := null; return new;"]
)
def test_a_trigger_cannot_lose_a_deleted_row(
    definitions: Definitions, item: ClassTable, view: ApiView, body: str
) -> None:
    view.insert(code="a")
    trigger(view.conn, item, "aa", "before insert", body)
    with pytest.raises((RowLost, ForgedSystemColumn)), view.conn.transaction():
        view.conn.execute("delete from api.stock_item")
    assert [row["code"] for row in view.rows()] == ["a"]


def test_the_generated_functions_are_nobodys_to_call(
    definitions: Definitions, item: ClassTable
) -> None:
    """They run with the owner's rights: as triggers of the class only, not elsewhere."""
    conn = definitions.conn
    account(conn, item, "sly", "select, insert, update, delete, trigger")
    conn.execute(
        "create schema sly authorization sly; set local role sly; create table sly.t (id bigint)"
    )
    for function in ("inserted", "updated", "deleted", "keep_deleted"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute(
                f"create trigger t after insert on sly.t"
                f" execute function data.{function}_{item.id}()"
            )
        assert definitions.scalar(
            "select prosecdef and proconfig = '{\"search_path=pg_catalog, pg_temp\"}' from pg_proc"
            " where oid = %s::regproc",
            f"data.{function}_{item.id}",
        )


def test_a_row_written_by_sql_is_a_row(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    """D02: it shows, can be edited through the view, and later keys do not collide."""
    one = item.insert(code="a", count=1)
    assert view.row(one)["code"] == "a"
    view.conn.execute("update api.stock_item set name = 'edited' where id = %s", (one,))
    assert item.row(one)[item.physical("name")] == "edited"
    ids = {view.insert(code=f"v{n}") for n in range(3)} | {
        item.insert(code=f"t{n}") for n in range(3)
    }
    assert len(ids) == 6
    assert one not in ids


def test_a_trigger_of_ones_own_fires_for_every_write(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    """D03, D04: table, view, COPY, insert_record; after changes of structure and renewal too."""
    conn = view.conn
    conn.execute("create table public.noted (code text)")
    trigger(
        conn,
        item,
        "mine",
        "after insert",
        f"insert into public.noted values (new.{item.physical('code')}); return null;",
    )

    def write(prefix: str) -> set[str]:
        item.insert(code=f"{prefix}table")
        view.insert(code=f"{prefix}view")
        with (
            conn.cursor() as cursor,
            cursor.copy(
                f"copy data.datarow_{item.id} ({item.physical('code')}) from stdin"
            ) as into,
        ):
            into.write_row((f"{prefix}copy",))
        definitions.scalar(
            "select meta.insert_record(%s, %s)", item.id, Jsonb({"code": f"{prefix}record"})
        )
        noted = {code for (code,) in conn.execute("delete from public.noted returning code")}
        return {code.removeprefix(prefix) for code in noted}

    every = {"table", "view", "copy", "record"}
    assert write("1-") == every
    definitions.add_column(item, "more", type="text")
    definitions.scalar("select meta.rename_column(%s, 'title')", item.column_id("name"))
    definitions.scalar("select meta.rename_class(%s, 'thing')", item.id)
    definitions.scalar("select meta.rebuild()")
    renew(definitions)
    definitions.scalar("select meta.rename_class(%s, 'item')", item.id)
    renew(definitions)
    assert write("2-") == every


def test_history_of_every_kind_of_change(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    """H01: insert on conflict, update of many, logical and physical deletion, each with account."""
    conn = view.conn
    me = conn.info.user
    view.conn.execute(UPSERT, ("a", "one", 1))
    view.conn.execute(UPSERT, ("a", "two", 2))
    view.insert(code="b")
    conn.execute("update api.stock_item set count = 9")
    conn.execute("delete from api.stock_item where code = 'a'")
    definitions.scalar(
        "select meta.alter_class(%s, %s)", item.id, Jsonb({"archive": True, "deletion": "physical"})
    )
    conn.execute("delete from api.stock_item where code = 'b'")
    assert sorted(archived(item)) == [
        ("D", "a", 3, me),
        ("D", "b", 2, me),
        ("U", "a", 1, me),
        ("U", "a", 2, me),
        ("U", "b", 1, me),
    ]
    assert conn.execute(
        sql.SQL("select count(*) from {} where archived = now()").format(item.archive)
    ).fetchone() == (5,)


LIMITS: list[tuple[dict[str, Any], Any, Any, str]] = [
    ({"type": "text", "mandatory": True}, "x", None, "is missing"),
    ({"type": "text", "mandatory": True}, "x", "", "is missing"),
    ({"type": "text"}, "x" * 255, "x" * 256, "longer than 255"),
    ({"type": "long_text", "max_length": 3}, "two", "four", "longer than 3"),
    ({"type": "text", "min_length": 3}, "abc", "ab", "shorter than 3"),
    ({"type": "text", "pattern": "^[0-9]+$"}, "1", "x", "does not match"),
    ({"type": "html", "pattern": "^<", "pattern_message": "is no HTML"}, "<p>", "x", "is no HTML"),
    ({"type": "integer", "min": 1}, 1, 0, "below 1"),
    ({"type": "integer", "max": 5}, 5, 6, "above 5"),
    ({"type": "decimal", "max": 1.5}, "1.5", "1.51", "above 1.5"),
    ({"type": "date", "min": "2024-01-01"}, "2024-01-01", "2023-12-31", "below 2024-01-01"),
    ({"type": "timestamp", "max": "2024-01-01"}, "2024-01-01", "2024-01-02", "above 2024-01-01"),
    ({"type": "colour"}, "#00ff00", "red", "not a colour"),
    ({"type": "boolean", "states": 2}, True, None, "is missing"),
    ({"type": "text", "localized": True}, Jsonb({"en": "x"}), Jsonb("x"), "texts by language"),
]


@pytest.mark.parametrize(("column", "good", "bad", "words"), LIMITS)
def test_every_limit_is_kept_through_the_view(
    definitions: Definitions, column: dict[str, Any], good: Any, bad: Any, words: str
) -> None:
    """C02: by insert and by update."""
    definitions.create_class("lim.it", {"value": column})
    renew(definitions)
    view = view_of(definitions, "lim.it")
    row_id = view.insert(value=good)
    with pytest.raises(LimitsBroken, match=words), view.conn.transaction():
        view.insert(value=bad)
    with pytest.raises(LimitsBroken, match=words), view.conn.transaction():
        view.conn.execute("update api.lim_it set value = %s where id = %s", (bad, row_id))
    assert [row["version"] for row in view.rows()] == [1]


def test_closed_columns_are_closed_through_the_view(definitions: Definitions) -> None:
    """C02: editable on insert, editable on update."""
    definitions.create_class(
        "lim.it",
        {
            "first": {"type": "text", "editable_on_update": False},
            "later": {"type": "text", "default": "new", "editable_on_insert": False},
        },
    )
    renew(definitions)
    view = view_of(definitions, "lim.it")
    with pytest.raises(ForgedSystemColumn), view.conn.transaction():
        view.insert(later="old")
    view.insert(first="a")
    with pytest.raises(ForgedSystemColumn, match="first"), view.conn.transaction():
        view.conn.execute("update api.lim_it set first = 'b'")
    view.conn.execute("update api.lim_it set later = 'old'")


@pytest.mark.parametrize("to", ["middle_text", "integer", "date", "html"])
def test_a_type_cannot_change(definitions: Definitions, item: ClassTable, to: str) -> None:
    with pytest.raises(TypeChange):
        definitions.scalar(
            "select meta.alter_column(%s, %s)", item.column_id("name"), Jsonb({"type": to})
        )


def test_three_limits_are_named_at_once(definitions: Definitions) -> None:
    definitions.create_class(
        "lim.it",
        {
            "name": {"type": "text", "mandatory": True},
            "level": {"type": "integer", "max": 5},
            "mail": {"type": "text", "pattern": "@", "pattern_message": "is not an address"},
        },
    )
    renew(definitions)
    with pytest.raises(LimitsBroken) as refused:
        view_of(definitions, "lim.it").insert(level=9, mail="x")
    assert refused.value.diag.message_primary == (
        "lim.it: name is missing; level is above 5; mail is not an address"
    )


def test_a_long_copy_with_one_bad_row_changes_nothing(
    definitions: Definitions, item: ClassTable
) -> None:
    """The message names the limit, the context the line."""
    conn = definitions.conn
    columns = f"{item.physical('code')}, {item.physical('count')}"
    statement = f"copy data.datarow_{item.id} ({columns}) from stdin (format csv)"
    lines = "".join(f"c{n},{2000 if n == 77_777 else 5}\n" for n in range(1, 100_001))
    with (
        pytest.raises(LimitsBroken, match="count is above 1000") as refused,
        conn.transaction(),
        conn.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write(lines)
    assert "line 77777" in (refused.value.diag.context or "")
    for relation in (f"data.datarow_{item.id}", f"data.archive_{item.id}"):
        assert definitions.scalar(f"select count(*) from {relation}") == 0
    assert definitions.scalar("select count(*) from feed.change where class_id = %s", item.id) == 0


def differences(definitions: Definitions) -> list[str]:
    """What status says about class tables altered by hand."""
    return [
        text
        for (text,) in definitions.conn.execute("select difference from meta.table_differences()")
    ]


def test_a_table_altered_by_hand_is_told(
    definitions: Definitions, item: ClassTable, view: ApiView
) -> None:
    assert differences(definitions) == []
    table, name = f"data.datarow_{item.id}", item.physical("name")
    definitions.conn.execute(f"alter table {table} add column mine text default 'kept'")
    definitions.conn.execute(f"alter table {table} drop constraint datarow_{item.id}_limits_check")
    definitions.conn.execute(f"alter table {table} disable trigger t80_forged_insert")
    definitions.conn.execute(f"drop trigger t90_updated on {table}")
    definitions.conn.execute(
        f"drop index data.datarow_{item.id}_key_"
        + str(definitions.scalar("select id from meta.class_key where class_id = %s", item.id))
    )
    told = differences(definitions)
    for words in (
        "column mine was added",
        "limits_check is missing",
        "t80_forged_insert is disabled",
        "t90_updated is missing",
        "natural key is not enforced",
    ):
        assert any(words in text for text in told), words

    definitions.scalar("select meta.rebuild()")
    told = differences(definitions)
    assert [text.split()[:2] for text in told] == [
        ["column", "mine"],
        ["index", told[1].split()[1]],
    ]
    with pytest.raises(LimitsBroken), definitions.conn.transaction():
        view.insert(code="a", count=-1)
    assert item.row(view.insert(code="a"))["mine"] == "kept"

    with pytest.raises(psycopg.errors.DependentObjectsStillExist), definitions.conn.transaction():
        definitions.conn.execute(f"alter table {table} drop column {name}")
    definitions.conn.execute(f"alter table {table} drop column {name} cascade")
    assert any(f"column {name} is missing (name)" in text for text in differences(definitions))
    with pytest.raises(psycopg.errors.Error, match="altered by hand") as refused:
        renew(definitions)
    assert refused.value.sqlstate == "PG122"
