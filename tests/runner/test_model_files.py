"""Model files: plan, apply, dump, moves between instances, and what is refused without leave."""

# ruff: noqa: E501

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from runner.errors import UserError
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.file import ModelFile, load
from runner.paths import PACKAGE

from ..fix_database import Database, new_database
from ..fix_server import TestServer

HELPDESK = PACKAGE.parent / "examples" / "helpdesk" / "model.yaml"


@pytest.fixture
def conn(database: Database) -> Any:
    """An instance of one's own."""
    with database.connect() as connection:
        yield connection


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write a model file and read it."""

    def write(text: str, name: str = "model.yaml") -> ModelFile:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return load(path)

    return write


def views(conn: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Columns of each API view."""
    rows = conn.execute(
        """
        select table_name, array_agg(column_name::text order by ordinal_position)
        from information_schema.columns
        where table_schema = 'api' and table_name like 'helpdesk%%'
        group by table_name
        """
    )
    return dict(rows.fetchall())


def content(conn: psycopg.Connection[Any], view: str) -> list[tuple[Any, ...]]:
    """Rows of a class by its API view, without what is the instance's own."""
    return conn.execute(
        sql.SQL(
            "select to_jsonb(v) - '{{id,uid,created,received}}'::text[] from api.{} as v order by v.id"
        ).format(sql.Identifier(view))
    ).fetchall()


def fill(conn: psycopg.Connection[Any]) -> None:
    """Rows in every class of the helpdesk."""
    conn.execute(
        """
        insert into api.helpdesk_customer (name, email) values ('Ann', 'ann@example.org');
        insert into api.helpdesk_agent (name, email) values ('Bo', 'bo@example.org'), ('Cy', 'cy@example.org');
        insert into api.helpdesk_ticket (subject, body, customer, agent, watchers)
        select 'Help', 'Please', c.id, a.id, array[a.id, b.id]
        from api.helpdesk_customer as c, api.helpdesk_agent as a, api.helpdesk_agent as b
        where a.name = 'Bo' and b.name = 'Cy';
        """
    )


def test_a_model_moves_to_another_instance(
    server: TestServer, template: str, tmp_path: Path
) -> None:
    """Built in one, dumped, applied twice in another with other ids: same names, rows stay (P01, V03)."""
    with new_database(server, template) as one, new_database(server, template) as two:
        with one.connect() as conn:
            apply(conn, load(HELPDESK))
            names = views(conn)
            text = dump(conn, "helpdesk")
        file = tmp_path / "moved.yaml"
        file.write_text(text, "utf-8")
        with two.connect() as conn:
            other = tmp_path / "other.yaml"
            other.write_text("model: other\nclasses: {a: {columns: {x: {type: text}}}, b: {}}\n")
            apply(conn, load(other))
            apply(conn, load(file))
            assert views(conn) == names
            assert len(names) == 7
            assert dump(conn, "helpdesk") == text
            fill(conn)
            rows = {view: content(conn, view) for view in names if view != "helpdesk_open_tickets"}
            assert sum(map(len, rows.values())) == 8
            assert apply(conn, load(file)) == []
            assert {view: content(conn, view) for view in rows} == rows
            found = conn.execute("select subject, customer, agent from api.helpdesk_open_tickets")
            assert found.fetchall() == [("Help", "Ann", "Bo")]
        with one.connect() as a, two.connect() as b:
            ids = "select c.id from meta.class as c join meta.model as m on m.id = c.model_id where m.code = 'helpdesk' order by c.code"
            assert a.execute(ids).fetchall() != b.execute(ids).fetchall()


def test_rows_survive_a_change_of_the_model(conn: psycopg.Connection[Any], written: Any) -> None:
    """Columns added, renamed, altered, reordered: rows keep their values under the new codes."""
    apply(conn, load(HELPDESK))
    fill(conn)
    text = HELPDESK.read_text("utf-8")
    changed = (
        text.replace("      phone:\n", "      telephone:\n        renamed_from: phone\n")
        .replace("  agent:\n    name: {en: Agent", "  person:\n    renamed_from: agent\n    name: {en: Agent", 1)
        .replace("class: agent", "class: person")
        .replace("{{class.agent}}", "{{class.person}}")
        .replace("max: 5", "max: 9")
        .replace("archive: true", "archive: false")
        .replace("    keys: [[number]]", "      weight: {type: decimal, default: 1.5}\n    keys: [[number]]")
    )  # fmt: skip
    file = written(changed)
    steps = [(step.action, step.kind, step.object, step.detail) for step in plan(conn, file)]
    assert [step for step in steps if step[1] != "view"] == [
        ("rename", "class", "helpdesk.person", "was agent"),
        ("rename", "column", "helpdesk.customer.telephone", "was phone"),
        ("create", "column", "helpdesk.ticket.weight", "type decimal, default 1.5"),
        ("alter", "column", "helpdesk.ticket.priority", "max 5 -> 9"),
        ("alter", "class", "helpdesk.ticket", "archive true -> false"),
        ("alter", "query", "helpdesk.open_tickets", "sql"),
        ("alter", "script", "helpdesk.escalate", "sql"),
    ]
    assert ("rename", "view", "api.helpdesk_person", "was helpdesk_agent") in steps
    assert [step.object for step in plan(conn, file) if step.destructive] == []
    apply(conn, file)
    assert plan(conn, file) == []
    found = conn.execute(
        "select subject, agent__text, watchers__text, weight from api.helpdesk_ticket"
    )
    row = found.fetchone()
    assert row is not None
    assert (*row[:3], float(row[3])) == ("Help", "Bo", ["Bo", "Cy"], 1.5)
    found = conn.execute("select subject, agent from api.helpdesk_open_tickets")
    assert found.fetchall() == [("Help", "Bo")]


SMALL = """\
model: shop
classes:
  item:
    columns:
      name: {type: text}
      price: {type: decimal}
"""


def test_losing_data_needs_a_word(conn: psycopg.Connection[Any], written: Any) -> None:
    """A column with values, a class with rows: refused whole, then done when allowed (P03)."""
    apply(conn, written(SMALL))
    conn.execute("insert into api.shop_item (name, price) values ('Nut', 2), ('Bolt', null)")
    fewer = written(SMALL.replace("      price: {type: decimal}", "      size: {type: integer}"))
    planned = plan(conn, fewer)
    assert [(s.object, s.detail) for s in planned if s.destructive] == [
        ("shop.item.price", "decimal, 1 value")
    ]
    with pytest.raises(
        UserError, match=r"lose something in 1 step .*shop\.item\.price.*1 value"
    ) as no:
        apply(conn, fewer)
    assert "--allow-destructive" in (no.value.hint or "")
    assert plan(conn, written(SMALL)) == []
    assert conn.execute("select name, price from api.shop_item order by id").fetchall() == [
        ("Nut", 2), ("Bolt", None),
    ]  # fmt: skip
    apply(conn, fewer, allow_destructive=True)
    assert conn.execute("select name, size from api.shop_item order by id").fetchall() == [
        ("Nut", None), ("Bolt", None),
    ]  # fmt: skip
    none = written("model: shop\n")
    with pytest.raises(UserError, match="2 rows"):
        apply(conn, none)
    apply(conn, none, allow_destructive=True)
    assert conn.execute("select to_regclass('api.shop_item')").fetchone() == (None,)
    assert plan(conn, none) == []


def test_objects_of_others_survive(conn: psycopg.Connection[Any], written: Any) -> None:
    """Tables, functions, triggers, views and grants of others are there after an update (D07)."""
    apply(conn, written(SMALL))
    conn.execute(
        """
        create table public.audit (note text);
        create function public.note() returns trigger language plpgsql security definer
          set search_path = pg_catalog, pg_temp
          as $$ begin insert into public.audit values (tg_op); return null; end $$;
        do $$ begin execute format(
          'create trigger mine after insert on data.datarow_%s for each statement execute function public.note()',
          meta.class_id('shop.item')); end $$;
        create view public.names as select name from api.shop_item;
        grant select on public.names to public;
        """
    )
    apply(conn, written(SMALL + "      size: {type: integer}\n"))
    conn.execute("insert into api.shop_item (name, size) values ('Nut', 3)")
    assert conn.execute("select * from public.names").fetchall() == [("Nut",)]
    assert conn.execute("select * from public.audit").fetchall() == [("INSERT",)]
    fewer = written(SMALL.replace("      name: {type: text}\n", ""))
    with pytest.raises(UserError, match="names"):
        apply(conn, fewer, allow_destructive=True)
    assert conn.execute("select * from public.names").fetchall() == [("Nut",)]


CIRCLE = """\
model: ring
classes:
  one:
    columns:
      other: {type: reference, class: two}
      others: {type: reference, class: two, multiple: true}
      back: {type: reverse, class: two, column: other}
    keys: [[other]]
  two:
    columns:
      other: {type: reference, class: one}
      both: {type: reference, classes: [one, two]}
"""


def test_classes_that_refer_to_one_another(conn: psycopg.Connection[Any], written: Any) -> None:
    """Made in one file, and dropped in one, rows and all."""
    apply(conn, written(CIRCLE))
    conn.execute(
        """
        insert into api.ring_two default values;
        insert into api.ring_one (other, others) select id, array[id] from api.ring_two;
        update api.ring_two set other = (select id from api.ring_one);
        """
    )
    apply(conn, written("model: ring\n"), allow_destructive=True)
    left = conn.execute("select count(*) from pg_class where relnamespace = 'data'::regnamespace")
    assert left.fetchone() == (0,)


def test_a_query_leaves_a_class_that_goes(conn: psycopg.Connection[Any], written: Any) -> None:
    """The query is renewed before the class, and a query below it, are dropped."""
    query = 'queries: {q: {sql: "select id from {{class.%s}}"}'
    two = "model: w\nclasses: {a: {}, b: {}}\n"
    apply(conn, written(two + query % "below" + ', below: {sql: "select id from {{class.a}}"}}\n'))
    file = written("model: w\nclasses: {b: {}}\n" + query % "b" + "}\n")
    apply(conn, file, allow_destructive=True)
    assert plan(conn, file) == []
    assert conn.execute("select count(*) from api.w_q").fetchone() == (0,)


def test_parameters_of_the_instance_stay(conn: psycopg.Connection[Any], written: Any) -> None:
    """New ones are set, those that are there keep the value of this instance."""
    conn.execute("select core.set_parameter('shop.sender', 'test@example.org')")
    file = written("model: shop\nparameters: {sender: shop@example.org, limit: 10}\n")
    assert [step.object for step in plan(conn, file)] == ["shop", "shop.limit"]
    apply(conn, file)
    found = conn.execute("select core.parameter('shop.sender'), core.parameter('shop.limit')")
    assert found.fetchone() == ("test@example.org", "10")
    assert plan(conn, file) == []


FLOW = """
notifications:
  hello:
    class: item
    to: "{{column.name}}@example.org"
    subject: {en: "New: {{column.name}}", de: "Neu: {{column.name}}"}
    body: |
      Dear reader,

      it is {{column.name}}.
rules:
  greet: {class: item, event: after_insert, when: "{{column.price}} > 1", notify: hello}
"""


def test_notifications_and_rules(conn: psycopg.Connection[Any], written: Any) -> None:
    """They act after apply, follow renames without a step of their own, and go."""
    apply(conn, written(SMALL + FLOW))
    conn.execute("insert into api.shop_item (name, price) values ('Nut', 2), ('Bolt', 1)")
    assert conn.execute("select count(*) from queue.task where kind = 'rule'").fetchone() == (1,)
    renamed = (SMALL + FLOW).replace("name: {type", "title: {renamed_from: name, type")
    file = written(renamed.replace("column.name", "column.title"))
    assert [(s.action, s.kind) for s in plan(conn, file)] == [
        ("rename", "column"), ("renew", "view"), ("renew", "view"),
    ]  # fmt: skip
    apply(conn, file)
    assert plan(conn, file) == []
    assert "      Dear reader,\n" in dump(conn, "shop")
    assert [
        (s.action, s.kind, s.destructive) for s in plan(conn, written(renamed.split("\nnot")[0]))
    ][:2] == [("drop", "rule", False), ("drop", "notification", False)]


def test_two_applies_at_once(database: Database, written: Any) -> None:
    """The second waits for the first and finds nothing to do, or goes on from there."""
    files = [load(HELPDESK)] * 3
    results: list[Any] = []

    def work(file: ModelFile) -> None:
        with database.connect() as conn:
            results.append(apply(conn, file))

    threads = [threading.Thread(target=work, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(steps) for steps in results) == [False, False, True]
    with database.connect() as conn:
        assert plan(conn, files[0]) == []


def test_json_of_a_plan(conn: psycopg.Connection[Any], written: Any) -> None:
    """Numbers come as they were written, dates stay texts, order of columns is kept."""
    file = written(
        "model: n\nclasses: {c: {columns: {b: {type: decimal, min: 0.10}, a: {type: date, min: 2026-01-01}}}}\n"
    )
    assert '"min":0.10' in file.json
    parsed = json.loads(file.json)
    columns = parsed["classes"]["c"]["columns"]
    assert columns["a"] == {"type": "date", "min": "2026-01-01", "position": 2}
    apply(conn, file)
    assert "b: {type: decimal, min: 0.10}\n      a: {type: date" in dump(conn, "n")


def test_a_new_section_needs_a_row_only(conn: psycopg.Connection[Any], written: Any) -> None:
    """A section whose functions are missing is refused; with them it is planned, applied, dumped."""
    text = "model: s\nclasses: {c: {columns: {t: {type: text}}}}\nmailboxes:\n  in: {driver: maildir, path: /m, class: c, mapping: {t: subject}}\n"
    file = written(text)
    known = conn.execute("select count(*) from meta.model_sections() where code = 'mailboxes'")
    if known.fetchone() == (0,):
        with pytest.raises(UserError, match=r"model\.yaml:3: mailboxes: .* not supported"):
            plan(conn, file)
        conn.execute(
            """
            create function mail.set_mailbox(bigint, text, jsonb) returns bigint language sql
              as $$ insert into mail.mailbox (model_id, code, class_id, definition)
                values ($1, $2, meta.find_class($1, $3 ->> 'class'), $3) returning id $$;
            create function mail.drop_mailbox(bigint) returns void language sql
              as $$ delete from mail.mailbox where id = $1 $$;
            """
        )
    apply(conn, file)
    assert plan(conn, file) == []
    assert "mailboxes:\n  in:\n    driver: maildir\n" in dump(conn, "s")
    apply(conn, written(text.split("mailboxes")[0]), allow_destructive=True)
    assert "mailboxes" not in dump(conn, "s")
