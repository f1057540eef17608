"""Model files: plan, apply, dump, moves between instances, and what is refused without leave."""

# ruff: noqa: E501

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from runner.apply import upgrade
from runner.errors import InTheWay, UserError
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.file import ModelFile, load
from runner.paths import PACKAGE
from runner.throwaway import child_server

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
            assert len(names) == 9
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
        .replace("[customer, agent, ticket, note]", "[customer, person, ticket, note]")
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
        (
            "alter",
            "subscription",
            "helpdesk.from_headquarters",
            'classes ["customer", "agent", "ticket", "note"]'
            ' -> ["customer", "person", "ticket", "note"]',
        ),
        ("alter", "role", "helpdesk.agent", "rights"),
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


FAMILY = """\
model: zoo
classes:
  animal:
    description: "{{column.name}}"
    columns:
      name: {type: text}
      keeper: {type: reference, class: keeper}
  keeper:
    columns:
      name: {type: text}
      pet: {type: reference, class: animal}
      pets: {type: reference, class: animal, multiple: true}
      friend: {type: reference, classes: [animal, keeper]}
      kept: {type: reverse, class: animal, column: keeper}
"""
LION = "  lion:\n    parent: animal\n    columns: {mane: {type: text}, den: {type: reference, class: keeper}}\n"
FILL = """
    insert into api.zoo_lion (name) values ('Leo');
    insert into api.zoo_animal (name) values ('Ant');
    insert into api.zoo_keeper (name, pet) select 'Ann', id from api.zoo_animal where name = 'Ant';
    update api.zoo_lion set keeper = (select id from api.zoo_keeper);
    update api.zoo_animal set keeper = (select id from api.zoo_keeper);
"""


def generated(conn: psycopg.Connection[Any]) -> list[str]:
    """Views by which API views show rows of other classes."""
    found = conn.execute(
        "select count(*), count(c.id) from pg_class as v left join meta.class as c"
        " on split_part(v.relname, '_', 2) = c.id::text"
        " where v.relnamespace = 'data'::regnamespace and v.relkind = 'v'"
    ).fetchone()
    assert found is not None
    return [] if found[0] == found[1] else ["left behind"]


def test_a_child_goes_while_views_show_its_rows(
    conn: psycopg.Connection[Any], written: Any
) -> None:
    """Views that described the child's rows are renewed in the same transaction; nothing is left."""
    apply(conn, written(FAMILY))
    assert ("renew", "api.zoo_keeper") in [
        (s.action, s.object) for s in plan(conn, written(FAMILY + LION))
    ]
    apply(conn, written(FAMILY + LION))
    conn.execute(FILL)
    kept = "select name, pet__text, cardinality(kept) from api.zoo_keeper"
    assert conn.execute(kept).fetchall() == [("Ann", "Ant", 2)]
    without = written(FAMILY)
    planned = [(step.action, step.object) for step in plan(conn, without)]
    assert planned == [
        ("drop", "zoo.lion"), ("renew", "api.zoo_keeper"), ("renew", "api.zoo_keeper_all"),
    ]  # fmt: skip
    apply(conn, without, allow_destructive=True)
    assert plan(conn, without) == []
    assert conn.execute(kept).fetchall() == [("Ann", "Ant", 1)]
    assert generated(conn) == []
    assert conn.execute(
        "select count(*) from meta.api_view_status where state <> 'current'"
    ).fetchone() == (0,)


def test_a_child_goes_by_sql_alone(conn: psycopg.Connection[Any], written: Any) -> None:
    """Without the runner: done at once; views of others show what is left, and wait for renewal."""
    apply(conn, written(FAMILY + LION))
    conn.execute(FILL)
    without = written(FAMILY)
    conn.execute("select * from meta.apply_model(%s, true)", (without.json,))
    found = conn.execute("select name, pet__text, cardinality(kept) from api.zoo_keeper")
    assert found.fetchall() == [("Ann", "Ant", 1)]
    assert [(s.action, s.object) for s in plan(conn, without)] == [
        ("renew", "api.zoo_keeper"),
        ("renew", "api.zoo_keeper_all"),
    ]
    apply(conn, without)
    assert generated(conn) == []
    assert plan(conn, without) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("pet", "id"), ("pets", "array[id]"), ("friend, friend__class", "id, 'zoo.animal'")],
)
def test_a_child_whose_rows_are_referred_to_stays(
    conn: psycopg.Connection[Any], written: Any, column: str, value: str
) -> None:
    """Also when leave is given to lose data: other rows would point to nothing."""
    apply(conn, written(FAMILY + LION))
    conn.execute("insert into api.zoo_lion (name) values ('Leo')")
    conn.execute(f"insert into api.zoo_keeper ({column}) select {value} from api.zoo_lion")
    refers = (
        rf"rows of class zoo\.lion are referred to by column {column.split(',')[0]} of zoo\.keeper"
    )
    with pytest.raises(UserError, match=refers):
        apply(conn, written(FAMILY), allow_destructive=True)
    assert plan(conn, written(FAMILY + LION)) == []
    conn.execute("delete from api.zoo_keeper")


def test_a_drop_that_sql_alone_cannot_do_names_the_command(
    conn: psycopg.Connection[Any], written: Any
) -> None:
    """A query that is to show another class must be renewed first, and only the runner can."""
    query = 'queries: {q: {sql: "select id from {{class.%s}}"}}\n'
    apply(conn, written("model: w\nclasses: {a: {}, b: {}}\n" + query % "a"))
    file = written("model: w\nclasses: {b: {}}\n" + query % "b")
    with pytest.raises(InTheWay) as refused:
        conn.execute("select * from meta.apply_model(%s, true)", (file.json,))
    assert '"pgears model apply" renews them' in (refused.value.diag.message_hint or "")
    apply(conn, file, allow_destructive=True)
    assert plan(conn, file) == []


def test_a_view_of_others_on_a_child_is_named(conn: psycopg.Connection[Any], written: Any) -> None:
    """What is built upon the child's own views stops the drop."""
    apply(conn, written(FAMILY + LION))
    conn.execute(
        "do $$ begin execute format('create view public.mine as select * from data.described_%s', meta.class_id('zoo.lion')); end $$"
    )
    with pytest.raises(UserError, match="mine"):
        apply(conn, written(FAMILY), allow_destructive=True)
    assert plan(conn, written(FAMILY + LION)) == []


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


def test_codes_swap_by_a_third_code(conn: psycopg.Connection[Any], written: Any) -> None:
    """In a circle is refused, and what the hint says keeps every value."""
    apply(conn, written(SMALL))
    conn.execute("insert into api.shop_item (name, price) values ('Nut', 2)")
    columns = "model: shop\nclasses: {item: {columns: {%s}}}\n"
    with pytest.raises(UserError, match="renamed in a circle") as refused:
        plan(
            conn,
            written(
                columns
                % "name: {type: decimal, renamed_from: price}, price: {type: text, renamed_from: name}"
            ),
        )
    assert "a third code" in (refused.value.hint or "")
    for step in (
        "third: {type: text, renamed_from: name}, price: {type: decimal}",
        "third: {type: text}, name: {type: decimal, renamed_from: price}",
        "price: {type: text, renamed_from: third}, name: {type: decimal, renamed_from: price}",
    ):
        apply(conn, written(columns % step))
        assert plan(conn, written(columns % step)) == []
    assert conn.execute("select price, name from api.shop_item").fetchall() == [("Nut", 2)]
    with pytest.raises(
        UserError, match=r"classes\.a\.renamed_from: codes are renamed in a circle: a from b from a"
    ):
        plan(conn, written("model: shop\nclasses: {a: {renamed_from: b}, b: {renamed_from: a}}\n"))


def test_a_killed_apply_changes_nothing(database: Database, written: Any) -> None:
    """The backend dies in the middle, half of the work done: nothing has changed, and again works."""
    file = load(HELPDESK)
    with database.connect() as watcher:
        with database.connect(autocommit=False) as conn:
            pid = conn.info.backend_pid
            conn.execute("select * from meta.apply_model(%s, false, true)", (file.json,))
            made = conn.execute("select count(*) from meta.class").fetchone()
            assert made is not None
            assert made[0] > 0
            watcher.execute("select pg_terminate_backend(%s, 5000)", (pid,))
            with pytest.raises(UserError, match="connection was lost; nothing has changed"):
                apply(conn, file)
        assert watcher.execute("select count(*) from meta.model").fetchone() == (0,)
        left = watcher.execute(
            "select count(*) from pg_class where relnamespace = any (array['data', 'api']::regnamespace[])"
        )
        before = left.fetchone()
        apply(watcher, file)
        assert plan(watcher, file) == []
        after = watcher.execute(
            "select count(*) from pg_class where relnamespace = any (array['data', 'api']::regnamespace[])"
        ).fetchone()
        assert before is not None
        assert after is not None
        assert after[0] > before[0]


def test_a_server_killed_during_apply(server: TestServer, tmp_path: Path, written: Any) -> None:
    """kill -9 of the backend, half of the apply done: after recovery nothing has changed, again works."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-killed-"))
    folder.chmod(0o755)
    file = load(HELPDESK)
    objects = """
        select (select count(*) from meta.model), (select count(*) from pg_class
          where relnamespace = any (array['data', 'api']::regnamespace[]))
    """
    try:
        with child_server(folder, {"restart_after_crash": "on"}, server.bin) as url:
            upgrade(url)
            with psycopg.connect(url) as conn:
                before = conn.execute(objects).fetchone()
            witness = psycopg.connect(url, autocommit=True)
            killed = psycopg.connect(url)
            killed.execute("select * from meta.apply_model(%s, false, true)", (file.json,))
            done = killed.execute(objects).fetchone()
            assert done != before
            os.kill(killed.info.backend_pid, signal.SIGKILL)
            with pytest.raises(UserError, match="connection was lost; nothing has changed"):
                apply(killed, file)
            killed.close()
            with contextlib.closing(_recovered(url, witness)) as conn:
                assert conn.execute(objects).fetchone() == before
                apply(conn, file)
                assert plan(conn, file) == []
    finally:
        shutil.rmtree(folder)


def _recovered(url: str, witness: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A new connection after the crash, which ends that of the witness too."""
    deadline = time.monotonic() + 60
    with contextlib.suppress(psycopg.OperationalError):
        while time.monotonic() < deadline:
            witness.execute("select pg_sleep(0.05)")
    witness.close()
    while True:
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_two_applies_of_different_files(database: Database, written: Any) -> None:
    """One after the other, each whole: the end is one of the two files, never a mixture."""
    files = [
        written(SMALL + "      size: {type: integer}\n", "one.yaml"),
        written(
            SMALL + "      weight: {type: decimal}\n  box: {columns: {name: {type: text}}}\n",
            "two.yaml",
        ),
    ]
    start = threading.Barrier(2)

    def work(file: ModelFile) -> None:
        with database.connect() as conn:
            start.wait()
            apply(conn, file, allow_destructive=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, files))
    with database.connect() as conn:
        assert sum(plan(conn, file) == [] for file in files) == 1
        stale = conn.execute("select count(*) from meta.api_view_status where state <> 'current'")
        assert stale.fetchone() == (0,)


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
