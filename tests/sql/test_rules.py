"""Scripts and rules: what they do before and after rows are written."""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_meta import ClassTable, Definitions

COLUMNS: dict[str, dict[str, Any]] = {
    "name": {"type": "text"},
    "price": {"type": "decimal"},
    "amount": {"type": "integer"},
    "total": {"type": "decimal"},
    "note": {"type": "text"},
}


@pytest.fixture
def item(definitions: Definitions) -> ClassTable:
    """A class with a few columns."""
    return definitions.create_class("shop.item", COLUMNS)


def model(conn: psycopg.Connection[Any]) -> int:
    """Id of the model."""
    row = conn.execute("select id from meta.model where code = 'shop'").fetchone()
    assert row is not None
    return int(row[0])


def rule(conn: psycopg.Connection[Any], code: str, **definition: Any) -> None:
    """Make a rule about items."""
    conn.execute(
        "select flow.set_rule(%s, %s, %s)",
        (model(conn), code, Jsonb({"class": "item", **definition})),
    )


def script(conn: psycopg.Connection[Any], code: str, sql: str, **definition: Any) -> None:
    """Make a script."""
    conn.execute(
        "select flow.set_script(%s, %s, %s)",
        (model(conn), code, Jsonb({"sql": sql, **definition})),
    )


def run_tasks(conn: psycopg.Connection[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Do the tasks of rules as a runner does; gives the other ones."""
    while rows := conn.execute(
        "delete from queue.task where kind = 'rule' returning payload"
    ).fetchall():
        for (payload,) in rows:
            conn.execute("select flow.run_rule(%s)", (Jsonb(payload),))
    return conn.execute("select kind, payload from queue.task order by id").fetchall()


def value(item: ClassTable, row: int, code: str) -> Any:
    """One value of a row."""
    return item.row(row)[item.physical(code)]


def test_set_calculates_before_saving(conn: psycopg.Connection[Any], item: ClassTable) -> None:
    """R03: new and existing rows; the formula sees the row as it was given."""
    for event in ("before_insert", "before_update"):
        rule(
            conn, f"total-{event[7:]}", event=event,
            set={"total": "{{column.price}} * {{column.amount}}", "amount": "{{column.amount}}"},
        )  # fmt: skip
    row = item.insert(price=2.5, amount=4)
    assert value(item, row, "total") == 10
    item.update(row, amount=6)
    assert value(item, row, "total") == 15


def test_only_classes_with_such_rules_have_a_row_trigger(
    conn: psycopg.Connection[Any], item: ClassTable
) -> None:
    """It comes with the first rule that changes rows, and goes with the last."""
    query = "select count(*) from pg_trigger where tgname = 't20_rules' and tgrelid = %s::regclass"
    table = f"data.datarow_{item.id}"
    found = []
    found.append(conn.execute(query, (table,)).fetchone())
    rule(conn, "big", event="before_insert", refuse="too big", when="{{column.amount}} > 9")
    found.append(conn.execute(query, (table,)).fetchone())
    rule(conn, "fill", event="before_insert", set={"note": "'x'"})
    found.append(conn.execute(query, (table,)).fetchone())
    rule(conn, "fill", event="before_insert", set={"note": "'x'"}, enabled=False)
    found.append(conn.execute(query, (table,)).fetchone())
    assert found == [(0,), (0,), (1,), (0,)]


def test_refuse_stops_save_and_delete(conn: psycopg.Connection[Any], item: ClassTable) -> None:
    """R02: the statement is undone, the message has the values, the detail names the rule."""
    rule(
        conn, "dear", event="before_insert", when="{{column.price}} > 100",
        refuse="{{column.name}} is too dear",
    )  # fmt: skip
    rule(
        conn, "no-cut", event="before_update", refuse="never less",
        when="{{column.amount}} < {{old.amount}}",
    )  # fmt: skip
    rule(conn, "kept", event="before_delete", when="{{column.amount}} > 0", refuse="still there")
    row = item.insert(name="pen", price=1, amount=5)
    with pytest.raises(errors.Refused, match="gold is too dear") as refusal, conn.transaction():
        item.insert(name="gold", price=101)
    assert refusal.value.diag.message_detail == "rule shop.dear"
    with pytest.raises(errors.Refused, match="never less"), conn.transaction():
        item.update(row, amount=4)
    with pytest.raises(errors.Refused, match="still there"), conn.transaction():
        item.delete(row)
    assert item.update(row, amount=6) == 1
    rule(conn, "kept", event="before_delete", refuse="still there", enabled=False)
    item.delete(row)
    assert item.row(row)["deleted"] is not None


def test_script_before_saving_sees_both_records_and_sets(
    conn: psycopg.Connection[Any], item: ClassTable
) -> None:
    """R05: current and old record by codes; what it sets is saved; what it refuses is not."""
    script(
        conn, "check",
        """
        if context -> 'record' ->> 'name' = 'bad' then
          result := '{"error": "bad name"}';
        else
          result := jsonb_build_object('set', jsonb_build_object(
            'note', concat(context -> 'old' ->> 'name', ' -> ', context -> 'record' ->> 'name')));
        end if;
        """,
    )  # fmt: skip
    rule(conn, "on-insert", event="before_insert", script="check")
    rule(conn, "on-update", event="before_update", script="check")
    row = item.insert(name="a")
    assert value(item, row, "note") == " -> a"
    item.update(row, name="b")
    assert value(item, row, "note") == "a -> b"
    with pytest.raises(errors.ScriptFailed, match="bad name"), conn.transaction():
        item.update(row, name="bad")
    assert value(item, row, "name") == "b"


def test_after_rules_act_once_per_row_in_order(
    conn: psycopg.Connection[Any], item: ClassTable
) -> None:
    """R01, R04, R05: each event, by tasks of the change's transaction, with both records."""
    conn.execute("create table public.seen (id bigint generated always as identity, what text)")
    script(
        conn, "see",
        """
        insert into public.seen (what) values (concat_ws(' ', context ->> 'event',
          context -> 'old' ->> 'name', context -> 'record' ->> 'name'));
        """,
    )  # fmt: skip
    for event in ("after_insert", "after_update", "after_delete"):
        rule(conn, f"{event[6:]}-see", event=event, script="see", position=1)
    conn.execute("select queue.register_kind('own')")
    rule(conn, "work", event="after_insert", enqueue="own", when="{{column.name}} = 'b'")
    rule(conn, "tell", event="after_insert", **{"raise": "item-{{column.name}}"})
    rows = [item.insert(name="a"), item.insert(name="b")]
    item.update(rows[0], name="c")
    item.delete(rows[1])
    others = run_tasks(conn)
    assert [row[0] for row in conn.execute("select what from public.seen order by id")] == [
        "after_insert a", "after_insert b", "after_update a c", "after_delete b",
    ]  # fmt: skip
    assert [(kind, payload["record"]["name"]) for kind, payload in others] == [("own", "b")]
    codes = conn.execute("select code from flow.event_status where state = 'kept' order by id")
    assert codes.fetchall() == [("item-a",), ("item-b",)]


def test_circle_is_ended(conn: psycopg.Connection[Any], item: ClassTable) -> None:
    """A rule whose script sets off the rule ends with an error that names it."""
    table = f"data.datarow_{item.id}"
    script(
        conn,
        "touch",
        f"update {table} set {item.physical('note')} = 'x' where id = (context -> 'record' ->> 'id')::bigint;",
    )
    rule(conn, "loop", event="after_update", script="touch")
    row = item.insert(name="a")
    item.update(row, name="b")
    with pytest.raises(errors.RuleLoop, match=r"rule shop\.loop sets itself off"):
        run_tasks(conn)


def test_failing_formula_names_its_rule(conn: psycopg.Connection[Any], item: ClassTable) -> None:
    """An error at run time says which rule it is in."""
    rule(
        conn, "ratio", event="before_insert", set={"total": "{{column.price}} / {{column.amount}}"}
    )
    with pytest.raises(errors.RuleFailed, match=r"rule shop\.ratio failed: division by zero"):
        item.insert(price=1, amount=0)


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ({"event": "before_insert", "set": {"price": "1 +"}}, "PG119"),
        ({"event": "before_insert", "set": {"colour": "1"}}, "PG106"),
        ({"event": "after_insert", "set": {"price": "1"}}, "PG113"),
        ({"event": "before_delete", "set": {"price": "1"}}, "PG113"),
        ({"event": "after_insert"}, "PG113"),
        ({"event": "after_insert", "script": "none"}, "PG501"),
        ({"event": "after_insert", "start": "none"}, "PG510"),
        ({"event": "after_insert", "enqueue": "none"}, "PG301"),
        ({"event": "before_insert", "refuse": "no", "when": "{{column.none}} = 1"}, "PG106"),
        ({"event": "before_insert", "refuse": "no", "when": "{{column.name}} = "}, "PG119"),
    ],
)  # fmt: skip
def test_rules_that_cannot_work(
    conn: psycopg.Connection[Any], item: ClassTable, definition: dict[str, Any], code: str
) -> None:
    """Refused before any writer meets them."""
    with pytest.raises(psycopg.Error) as refusal:
        rule(conn, "wrong", **definition)
    assert refusal.value.sqlstate == code


def test_logical_deletion_passes_the_row_trigger(
    conn: psycopg.Connection[Any], item: ClassTable
) -> None:
    """The row is kept as it was; formulas for new rows do not touch it."""
    row = item.insert(name="a", note="mine")
    rule(conn, "fill", event="before_insert", set={"note": "'x'"})
    item.delete(row)
    assert value(item, row, "note") == "mine"
    assert item.row(row)["deleted"] is not None


def test_rule_follows_renamed_column(conn: psycopg.Connection[Any], item: ClassTable) -> None:
    """Definition and compiled statement; a column in use cannot be dropped."""
    rule(conn, "fill", event="before_update", set={"note": "{{old.name}}"})
    conn.execute("select meta.rename_column(%s, 'title')", (item.column_id("name"),))
    conn.execute("select meta.rename_column(%s, 'remark')", (item.column_id("note"),))
    row = conn.execute(
        "select definition from flow.rule_definitions(%s)", (model(conn),)
    ).fetchone()
    assert row is not None
    assert row[0]["set"] == {"remark": "{{old.title}}"}
    made = item.insert(title="a")
    item.update(made, title="b")
    assert value(item, made, "remark") == "a"
    with pytest.raises(errors.InTheWay):
        conn.execute("select meta.drop_column(%s)", (item.column_id("remark"),))


def test_run_script(conn: psycopg.Connection[Any], item: ClassTable) -> None:
    """Parameters in, result out; marked as source; a dry run leaves nothing behind."""
    column = item.physical("name")
    script(
        conn, "add",
        f"""
        insert into data.datarow_{item.id} ({column}) values (context -> 'parameters' ->> 'name');
        result := jsonb_build_object('environment', context ->> 'environment');
        """,
    )  # fmt: skip
    run = "select api.run_script('shop.add', %s, dry_run => %s)"
    assert conn.execute(run, (Jsonb({"name": "a"}), True)).fetchone() == (
        {"environment": "development"},
    )
    count = f"select count(*), min(created_source) from data.datarow_{item.id}"
    assert conn.execute(count.encode()).fetchone() == (0, None)
    conn.execute(run, (Jsonb({"name": "a"}), False))
    assert conn.execute(count.encode()).fetchone() == (1, "script")
    assert conn.execute("select core.source()").fetchone() == ("sql",)


def test_integration_switch_and_disabled_scripts(
    conn: psycopg.Connection[Any], item: ClassTable
) -> None:
    """G01, G02: while off, integration scripts do not run, others do; the environment is told."""
    script(conn, "partner", "result := '1';", integration=True)
    script(conn, "own", "result := to_jsonb(context ->> 'environment');")
    script(conn, "off", "result := '1';", enabled=False)
    conn.execute("select core.set_integration(false), core.set_environment('test')")
    for code in ("partner", "off"):
        with pytest.raises(errors.SwitchedOff), conn.transaction():
            conn.execute("select api.run_script(%s)", (code,))
    assert conn.execute("select api.run_script('own')").fetchone() == ("test",)
    conn.execute("select core.set_integration(true)")
    assert conn.execute("select api.run_script('partner')").fetchone() == (1,)


def test_script_runs_with_the_rights_of_who_stored_it(
    conn: psycopg.Connection[Any], item: ClassTable
) -> None:
    """An administrator of models gains no right of the owner by a script."""
    conn.execute("create role t_modeller; grant pgears_admin to t_modeller")
    conn.execute("grant usage, create on schema data to t_modeller")
    conn.execute("create table public.secret (value text)")
    read = Jsonb({"sql": "result := (select to_jsonb(min(value)) from public.secret);"})
    of_model = model(conn)
    conn.execute("set local role t_modeller")
    conn.execute("select flow.set_script(%s, 'read', %s)", (of_model, read))
    conn.execute("reset role")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("select api.run_script('read')")


@pytest.mark.parametrize("sql", ["selekt 1;", "if true then"])
def test_script_that_does_not_compile(
    conn: psycopg.Connection[Any], item: ClassTable, sql: str
) -> None:
    """Refused when it is stored."""
    with pytest.raises(errors.DoesNotCompile):
        script(conn, "wrong", sql)


def test_plpgsql_check_finds_what_cannot_work(
    conn: psycopg.Connection[Any], item: ClassTable
) -> None:
    """Where the extension is installed, names and types are checked too."""
    known = conn.execute("select from pg_available_extensions where name = 'plpgsql_check'")
    if known.fetchone() is None:
        pytest.skip("plpgsql_check is not available on this server")
    conn.execute("create extension plpgsql_check schema public")
    with pytest.raises(errors.DoesNotCompile, match="no_such_function"):
        script(conn, "wrong", "perform no_such_function(1);")


def test_script_in_use_is_not_dropped(conn: psycopg.Connection[Any], item: ClassTable) -> None:
    """The rule goes first; then the function goes with the script."""
    script(conn, "noop", "null;")
    rule(conn, "use", event="after_insert", script="noop")
    row = conn.execute("select id from flow.script_status where script = 'shop.noop'").fetchone()
    assert row is not None
    with pytest.raises(errors.InTheWay), conn.transaction():
        conn.execute("select flow.drop_script(%s)", row)
    conn.execute("select flow.drop_rule((select id from flow.rule where code = 'use'))")
    conn.execute("select flow.drop_script(%s)", row)
    assert conn.execute(f"select to_regproc('data.script_{row[0]}')::text").fetchone() == (None,)
