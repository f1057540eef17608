"""Synchronisation in SQL alone: definitions, relations of the own database, rights, renames."""

# ruff: noqa: E501
from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_meta import ClassTable, Definitions
from tests.fix_rights import Company

COLUMNS: dict[str, dict[str, Any]] = {
    "code": {"type": "text"},
    "name": {"type": "text"},
    "price": {"type": "decimal"},
    "seen": {"type": "timestamp"},
    "tags": {"type": "reference", "class": "item", "multiple": True},
    "twice": {"type": "calculated", "result": "decimal", "formula": "{{column.price}} * 2"},
}
MAPPING = {"code": "key", "name": "label", "price": "cost"}


class Items:
    """A class shop.item and a table public.items in one database."""

    def __init__(self, conn: psycopg.Connection[Any], definitions: Definitions) -> None:
        self.conn = conn
        self.model = definitions.model("shop")
        self.item: ClassTable = definitions.create_class(
            "shop.item", {k: v for k, v in COLUMNS.items() if k != "twice"}
        )
        conn.execute(
            "create table public.items (key varchar(20) primary key, label text, cost numeric(10, 2), seen timestamp, n integer)"
        )

    def define(self, code: str = "items", **given: Any) -> int:
        """Make a synchronisation; None leaves a key out."""
        definition = {
            "class": "item",
            "direction": "in",
            "table": "public.items",
            "columns": MAPPING,
            "keys": ["code"],
            **given,
        }
        definition = {key: value for key, value in definition.items() if value is not None}
        return int(
            self.one("select sync.set_sync(%s, %s, %s)", self.model, code, Jsonb(definition))
        )

    def one(self, query: str, *values: Any) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        return None if row is None else row[0]

    def run(self, code: str = "items", plan: bool = False) -> tuple[Any, ...]:
        """Synchronise; state and numbers."""
        result = self.one("select api.run_sync(%s, %s)", code, plan)
        return (
            result["state"],
            result["inserted"],
            result["updated"],
            result["deleted"],
            result["error"],
        )

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows of the class."""
        columns = [self.item.column(code) for code in MAPPING]
        return self.conn.execute(
            sql.SQL("select {} from {} where deleted is null order by 1").format(
                sql.SQL(", ").join(columns), self.item.table
            )
        ).fetchall()


@pytest.fixture
def items(conn: psycopg.Connection[Any], definitions: Definitions) -> Items:
    """A class and a table."""
    return Items(conn, definitions)


def test_relation_of_this_database_inwards(items: Items) -> None:
    """S01, S03, S06: without a runner: inserts, changes, removals, nothing."""
    items.define(missing="delete", delete_limit=100)
    items.conn.execute(
        "insert into public.items (key, label, cost) values ('a', 'one', 1.5), ('b', null, null)"
    )
    assert items.run(plan=True) == ("done", 2, 0, 0, None)
    assert items.rows() == []
    assert items.run() == ("done", 2, 0, 0, None)
    assert items.run() == ("done", 0, 0, 0, None)
    assert items.rows() == [("a", "one", Decimal("1.50")), ("b", None, None)]
    items.conn.execute("update public.items set label = 'two' where key = 'b'")
    items.conn.execute("delete from public.items where key = 'a'")
    assert items.run() == ("done", 0, 1, 1, None)
    assert items.one("select core.source()") == "sql"


def test_relation_of_this_database_outwards(items: Items) -> None:
    """S02, S03, S06: the table follows the class, compared by values and by snapshot."""
    for compare in ("values", "snapshot"):
        items.conn.execute("delete from public.items")
        items.conn.execute(sql.SQL("delete from {}").format(items.item.table))
        items.define(
            direction="out",
            compare=compare,
            missing="delete",
            delete_limit=100,
            columns={**MAPPING, "seen": "seen"},
            time_zone="Europe/Prague",
        )
        a = items.item.insert(code="a", name="one", price=1, seen="2024-07-01 10:00+00")
        b = items.item.insert(code="b")
        assert items.run() == ("done", 2, 0, 0, None)
        assert items.run() == ("done", 0, 0, 0, None)
        assert (
            items.one("select seen::text from public.items where key = 'a'")
            == "2024-07-01 12:00:00"
        )
        items.item.update(a, name="uno")
        items.item.delete(b)
        assert items.run() == ("done", 0, 1, 1, None)
        assert items.conn.execute("select key, label from public.items").fetchall() == [
            ("a", "uno")
        ]


def test_watermark_in_this_database(items: Items) -> None:
    """S07: late rows within the overlap come, older ones do not; times and numbers."""
    items.define(
        columns={**MAPPING, "seen": "seen"},
        compare="watermark",
        watermark="seen",
        overlap="10 minutes",
    )
    items.conn.execute("insert into public.items (key, seen) values ('a', '2024-01-01 12:00')")
    assert items.run()[:2] == ("done", 1)
    items.conn.execute(
        "insert into public.items (key, seen) values ('b', '2024-01-01 11:55'), ('c', '2024-01-01 11:00')"
    )
    assert items.run()[:2] == ("done", 1)
    assert items.one("select position ->> 'value' from sync.definition") == "2024-01-01 12:00:00"
    items.define(columns=MAPPING, compare="watermark", watermark="n", overlap="5")
    items.conn.execute("update public.items set n = 10")
    assert items.run()[:2] == ("done", 1)
    items.conn.execute("insert into public.items (key, n) values ('d', 6), ('e', 4)")
    assert items.run()[:2] == ("done", 1)
    assert [row[0] for row in items.rows()] == ["a", "b", "c", "d"]


def test_error_is_kept_and_undone(items: Items) -> None:
    """S05: what a row breaks is the error of the run, in a transaction that goes on."""
    items.conn.execute(
        sql.SQL("alter table {} add check ({} <> 'bad')").format(
            items.item.table, items.item.column("code")
        )
    )
    items.conn.execute("insert into public.items (key) values ('good'), ('bad')")
    items.define()
    state, *_, error = items.run()
    assert (state, error.startswith("23514")) == ("failed", True)
    assert items.rows() == []
    assert items.one("select last_error from sync.definition_status").startswith("23514")


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"url": "sqlite:///x"}, "PG111", "is a reference"),
        ({"table": None}, "PG113", "either"),
        ({"select": "select 1", "url": "env:X"}, "PG113", "either"),
        ({"select": "select 1", "table": None}, "PG113", "for direction in"),
        ({"watermark": "n"}, "PG113", "go together"),
        ({"compare": "watermark"}, "PG113", "go together"),
        (
            {"compare": "watermark", "watermark": "n", "missing": "delete"},
            "PG113",
            "cannot see deleted",
        ),
        ({"compare": "watermark", "watermark": "n", "direction": "out"}, "PG113", "inwards only"),
        ({"delete_limit": 101}, "PG111", "delete_limit"),
        ({"batch_size": 0}, "PG111", "batch_size"),
        ({"time_zone": "Mars"}, "PG111", "time zone"),
        ({"overlap": "soon"}, "PG111", "overlap"),
        ({"rows": "{{column.name}} ="}, "PG119", "rows"),
        ({"rows": "{{column.none}} = 1"}, "PG106", "none"),
        ({"filter": "label ="}, "PG119", "filter"),
        ({"filter": "lost = 1"}, "PG119", "lost"),
        ({"table": "public.lost"}, "PG106", "no relation"),
        ({"columns": {"code": "lost"}}, "PG106", "lost"),
        ({"columns": {"code": "key", "lost": "label"}}, "PG106", "lost"),
        ({"columns": {"code": "key", "tags": "label"}}, "PG113", "no single value"),
        ({"columns": {"code": "key", "name": "label -> item.lost"}}, "PG106", "item.lost"),
        ({"columns": {"code": "key", "name": "label -> item.name"}}, "PG113", "does not refer"),
        ({"columns": {"code": "key", "uid": "label"}}, "PG106", "uid"),
        ({"keys": []}, "PG113", "key"),
        ({"keys": ["price"], "columns": {"code": "key"}}, "PG113", "price"),
        ({"class": "none"}, "PG114", "none"),
        ({"direction": "sideways"}, "PG111", "direction"),
        ({"keys": None}, "PG112", "keys"),
        ({"speed": 1}, "PG110", "speed"),
    ],
)
def test_definition_that_cannot_work(
    items: Items, given: dict[str, Any], code: str, says: str
) -> None:
    """Refused before a row is read, with the place in the file."""
    with pytest.raises(errors.PgearsError, match=says) as refused:
        items.define(**given)
    assert refused.value.sqlstate == code
    assert refused.value.diag.message_hint


def test_unknown_and_switched_off(items: Items) -> None:
    """PG740, PG742."""
    with pytest.raises(errors.NoSuchSync), items.conn.transaction():
        items.run("none")
    items.define(enabled=False)
    with pytest.raises(errors.SyncOff), items.conn.transaction():
        items.run()
    items.define(integration=True)
    items.conn.execute("select core.set_integration(false)")
    with pytest.raises(errors.SyncOff):
        items.run()


def test_columns_follow_renames_and_stay(items: Items, definitions: Definitions) -> None:
    """A renamed column is renamed in columns, keys, rows and lookups; a used one cannot be dropped."""
    definitions.create_class(
        "shop.other", {"code": {"type": "text"}, "item": {"type": "reference", "class": "item"}}
    )
    items.define(rows="{{column.code}} <> 'x'")
    items.define(
        "others", **{"class": "other", "columns": {"code": "key", "item": "label -> item.code"}}
    )
    items.one("select meta.rename_column(%s, 'number')", items.item.column_id("code"))
    first, second = (
        items.one(
            "select definition from sync.sync_definitions(%s) where code = %s", items.model, code
        )
        for code in ("items", "others")
    )
    assert first["columns"] == {"number": "key", "name": "label", "price": "cost"}
    assert (first["keys"], first["rows"]) == (["number"], "{{column.number}} <> 'x'")
    assert second["columns"] == {"code": "key", "item": "label -> item.number"}
    items.conn.execute("insert into public.items (key) values ('a')")
    assert items.run() == ("done", 1, 0, 0, None)
    for column in ("number", "name"):
        with pytest.raises(errors.InTheWay), items.conn.transaction():
            items.one("select meta.drop_column(%s)", items.item.column_id(column))
    items.one("select sync.drop_sync(id) from sync.definition where code = 'items'")
    items.one("select meta.drop_column(%s)", items.item.column_id("name"))
    assert items.one("select count(*) from sync.run") == 0


def test_changed_definition_begins_anew(items: Items) -> None:
    """Another table: position and snapshot are forgotten; other settings keep them."""
    items.conn.execute("insert into public.items (key, n) values ('a', 1)")
    items.define(compare="watermark", watermark="n")
    items.run()
    items.define(compare="watermark", watermark="n", batch_size=7)
    assert items.one("select position from sync.definition") == {"value": "1"}
    items.define(compare="watermark", watermark="n", filter="n > 0")
    assert items.one("select position from sync.definition") is None
    items.define(compare="snapshot")
    items.run()
    assert items.one("select count(*) from sync.snapshot") == 1
    items.define(compare="snapshot", columns={"code": "key"})
    assert items.one("select count(*) from sync.snapshot") == 0


def test_rights_of_the_starter(company: Company) -> None:
    """An administrator sees and writes no rows without a role: not by a synchronisation either."""
    company.account("adam")
    company.conn.execute("grant pgears_admin to adam")
    company.conn.execute("create table public.stolen (id bigint, subject text)")
    model = company.model
    definition = {
        "class": "ticket",
        "direction": "out",
        "table": "public.stolen",
        "columns": {"id": "id"},
        "keys": ["id"],
    }
    inwards = {
        **definition,
        "direction": "in",
        "columns": {"subject": "subject"},
        "keys": ["subject"],
        "missing": "delete",
    }

    def store(given: dict[str, Any]) -> None:
        with company.acting("adam"), company.conn.transaction():
            company.scalar("select sync.set_sync(%s, 'steal', %s)", model, Jsonb(given))

    with (
        company.conn.transaction(force_rollback=True),
        pytest.raises(errors.SyncRightMissing, match="read"),
    ):
        store(definition)
    company.role("reader", {"class": "ticket", "allow": ["read"]})
    company.grant("adam", "reader")
    with pytest.raises(errors.SyncRightMissing, match="privileges on"):
        store(definition)
    company.conn.execute("reset role")
    company.conn.execute("grant select, insert, update on public.stolen to adam")
    store(definition)
    with company.acting("adam"):
        assert company.scalar("select api.run_sync('steal')")["state"] == "done"
    assert company.scalar("select starter from sync.run_status") == "adam"
    with pytest.raises(
        errors.SyncRightMissing, match="insert, change, mass_change, delete, mass_delete"
    ):
        store(inwards)
    company.conn.execute("reset role")
    company.scalar("select access.revoke_role('adam', 'reader')")
    company.conn.execute("set local role adam")
    with pytest.raises(errors.SyncRightMissing):
        company.scalar("select api.run_sync('steal')")


def test_model_file_section(items: Items) -> None:
    """Syncs of a model file are planned, applied and dumped."""
    file = items.one("select meta.dump_model('shop')")
    file["syncs"] = {
        "items": {
            "class": "item",
            "direction": "in",
            "table": "public.items",
            "columns": MAPPING,
            "keys": ["code"],
        }
    }
    file["jobs"] = {"nightly": {"cron": "@daily", "steps": [{"sync": "items"}]}}
    items.one("select meta.apply_model(%s)", Jsonb(file))
    dumped = items.one("select meta.dump_model('shop')")
    assert dumped["syncs"] == file["syncs"]
    assert (
        items.one(
            "select count(*) from meta.plan_model(%s) where kind in ('sync', 'job')", Jsonb(file)
        )
        == 0
    )
    del file["syncs"]
    del file["jobs"]
    steps = items.conn.execute(
        "select kind, destructive from meta.plan_model(%s) where action = 'drop'", (Jsonb(file),)
    ).fetchall()
    assert ("sync", True) in steps


def test_old_runs_go(items: Items) -> None:
    """Runs are kept for 90 days, and the last one longer; a run whose task gave up has failed."""
    definition = items.define()
    for _ in range(3):
        items.run()
    items.conn.execute("select core.set_clock(core.now() + interval '91 days')")
    assert items.one("select sync.prune_runs()") == 2
    run = items.one("select sync.new_run(%s, 'manual')", definition)
    items.conn.execute(
        "insert into queue.dead (id, kind, payload, lane, attempts, error, created)"
        " values (-1, 'sync.run', jsonb_build_object('run', %s::bigint), 1, 3, 'gave up', now())",
        (run,),
    )
    items.one("select sync.prune_runs()")
    assert items.one("select error from sync.run where id = %s", run) == "gave up"


def test_many_columns(items: Items) -> None:
    """More than a function of PostgreSQL takes arguments for, in and out."""
    names = [f"n{i}" for i in range(70)]
    definitions = Definitions(items.conn)
    wide = definitions.create_class("shop.wide", {name: {"type": "integer"} for name in names})
    list_ = ", ".join(f"{name} integer" for name in names)
    for table in ("wide_in", "wide_out"):
        items.conn.execute(f"create table public.{table} ({list_}, primary key (n0))".encode())
    items.conn.execute("insert into public.wide_in (n0, n69) values (1, 2)")
    both = {"class": "wide", "keys": ["n0"], "columns": {name: name for name in names}}
    items.define("wide_in", table="public.wide_in", **both)
    items.define("wide_out", table="public.wide_out", direction="out", **both)
    for code in ("wide_in", "wide_out"):
        assert items.run(code, plan=True)[1:] == (1, 0, 0, None)
        assert items.run(code) == ("done", 1, 0, 0, None)
    assert items.one("select n69 from public.wide_out") == 2
    assert wide.id
