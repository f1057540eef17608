"""V08: renewing API views loses nothing that belongs to them, or is refused with a list.

A property: whatever is changed in definitions, and whatever hangs on the views. More
examples with HYPOTHESIS_PROFILE=thorough.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, currently_in_test_context, given, note, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import InTheWay, PgearsError
from runner.model.views import update_views, view_states
from tests.fix_catalogue import API_VIEWS, COLUMNS, EXACTLY, OTHERS, by_first, rows
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions

EXAMPLES = {"thorough": 1000}.get(os.environ.get("HYPOTHESIS_PROFILE", ""), 60)
TYPES: list[dict[str, Any]] = [
    {"type": "text"},
    {"type": "integer"},
    {"type": "date"},
    {"type": "text", "localized": True},
    {"type": "reference", "class": "a"},
    {"type": "reference", "class": "b", "multiple": True},
    {"type": "reference", "classes": ["a", "b"]},
    {"type": "reference", "target": "user"},
    {"type": "calculated", "result": "text", "sql": "'x'"},
]
CODES = ["one", "two", "order", "it-config", "four", "five"]
CLASSES = ["a", "b", "c", "user"]

types = st.sampled_from(TYPES)
codes = st.sampled_from(CODES)
change = st.one_of(
    st.tuples(st.just("add"), st.sampled_from("ab"), codes, types),
    st.tuples(st.just("rename"), st.sampled_from("ab"), codes, codes),
    st.tuples(st.just("swap"), st.sampled_from("ab"), codes, codes),
    st.tuples(st.just("drop"), st.sampled_from("ab"), codes),
    st.tuples(st.just("retype"), st.sampled_from("ab"), codes, types),
    st.tuples(st.just("reorder"), st.sampled_from("ab"), st.permutations(CODES)),
    st.tuples(st.just("target"), st.sampled_from("ab"), codes, st.sampled_from("ab")),
    st.tuples(st.just("describe"), st.sampled_from("ab"), codes),
    st.tuples(st.just("rename class"), st.sampled_from("ab"), st.sampled_from(CLASSES)),
    st.tuples(st.just("swap classes")),
)
thing = st.sampled_from(
    [
        *("view on all", "view on some", "view on view", "grant", "grant option", "column grant"),
        *("comment", "option", "owner", "default", "default privileges", "trigger", "query"),
        *("materialized view", "function", "row type"),
    ]
)
OBSTACLES = {"materialized view", "function", "row type"}


@dataclass
class World:
    """Two classes with API views, and what people have hung on them."""

    conn: psycopg.Connection[Any]
    tables: dict[str, ClassTable] = field(default_factory=dict)

    @property
    def definitions(self) -> Definitions:
        return Definitions(self.conn)

    def build(self, columns: dict[str, list[tuple[str, dict[str, Any]]]]) -> None:
        """Classes world.a and world.b with these columns, and a row each."""
        for name in "ab":
            self.tables[name] = self.definitions.create_class(f"world.{name}")
        for name, made in columns.items():
            for code, definition in made:
                self.attempt("add", name, code, definition)
        for table in self.tables.values():
            self.conn.execute(sql.SQL("insert into {} default values").format(table.table))
        update_views(self.conn)

    def column(self, name: str, code: str) -> int:
        """Id of a column."""
        return int(
            self.definitions.scalar(
                "select id from meta.class_column where class_id = %s and code = %s",
                self.tables[name].id,
                code,
            )
        )

    def attempt(self, kind: str, *arguments: Any) -> None:
        """Make a change, or leave it when definitions refuse it."""
        try:
            with self.conn.transaction():
                getattr(self, kind.replace(" ", "_"))(*arguments)
        except (PgearsError, TypeError) as refused:
            said = f"{kind} {arguments}: {refused}"
        else:
            said = f"{kind} {arguments}"
        if currently_in_test_context():
            note(said)

    def add(self, name: str, code: str, definition: dict[str, Any]) -> None:
        given = dict(definition)
        ids = {"a": self.path("a"), "b": self.path("b")}
        if "class" in given:
            given["class"] = ids[given["class"]]
        if "classes" in given:
            given["classes"] = [ids[c] for c in given["classes"]]
        self.definitions.add_column(self.tables[name], code, **given)

    def path(self, name: str) -> str:
        """Path of a class, whatever its code is now."""
        return str(self.definitions.scalar("select meta.class_path(%s)", self.tables[name].id))

    def rename(self, name: str, code: str, new: str) -> None:
        self.definitions.scalar("select meta.rename_column(%s, %s)", self.column(name, code), new)

    def swap(self, name: str, one: str, two: str) -> None:
        first, second = self.column(name, one), self.column(name, two)
        for column, code in ((first, "passing"), (second, one), (first, two)):
            self.definitions.scalar("select meta.rename_column(%s, %s)", column, code)

    def drop(self, name: str, code: str) -> None:
        self.definitions.scalar("select meta.drop_column(%s)", self.column(name, code))

    def retype(self, name: str, code: str, definition: dict[str, Any]) -> None:
        self.drop(name, code)
        self.add(name, code, definition)

    def reorder(self, name: str, order: list[str]) -> None:
        self.definitions.scalar(
            "select meta.order_columns(%s, %s)", self.tables[name].id, list(order)
        )

    def target(self, name: str, code: str, target: str) -> None:
        definition = {"type": "reference", "class": self.path(target)}
        self.definitions.scalar(
            "select meta.alter_column(%s, %s)", self.column(name, code), Jsonb(definition)
        )

    def describe(self, name: str, code: str) -> None:
        text = {"description": "{{column." + code + "}}"}
        self.definitions.scalar(
            "select meta.alter_class(%s, %s)", self.tables[name].id, Jsonb(text)
        )

    def rename_class(self, name: str, code: str) -> None:
        self.definitions.scalar("select meta.rename_class(%s, %s)", self.tables[name].id, code)

    def swap_classes(self) -> None:
        one, two = (self.path(name).split(".")[1] for name in "ab")
        self.rename_class("a", "passing")
        self.rename_class("b", one)
        self.rename_class("a", two)

    def hang(self, things: set[str]) -> None:
        """What people do with the API views of class a."""
        execute = self.conn.execute
        shown = [
            str(name)
            for (name,) in execute(
                "select attname from pg_attribute where attrelid = 'api.world_a'::regclass"
                " and attnum > 0 order by attnum"
            )
        ]
        last = sql.Identifier(shown[-1])
        statements: dict[str, list[sql.Composable | str]] = {
            "view on all": [
                "create view public.top_all with (security_barrier) as select * from api.world_a",
                "comment on view public.top_all is 'mine'",
                "grant select on public.top_all to world_reader",
            ],
            "view on some": [
                "create view public.top_some as select x.id, x.uid, y.version from api.world_a as x"
                " inner join api.world_b as y on x.id = y.id",
                "comment on column public.top_some.uid is 'identity'",
            ],
            "view on view": [
                "create view public.base as select id, created from api.world_a_all",
                "create view public.upon as select b.id, x.uid from public.base as b"
                " inner join api.world_a as x on b.id = x.id",
            ],
            "grant": ["grant select, insert on api.world_a to world_reader"],
            "grant option": ["grant select on api.world_a to world_reader with grant option"],
            "column grant": [
                sql.SQL(
                    "grant select ({}), update ({}) on api.world_a to world_reader"
                    " with grant option"
                ).format(last, last),
                "grant select (id) on api.world_a_all to public",
            ],
            "comment": [
                "comment on view api.world_a is 'read me'",
                sql.SQL("comment on column api.world_a.{} is 'the last'").format(last),
            ],
            "option": ["alter view api.world_a set (security_barrier, check_option = local)"],
            "owner": [
                "grant usage on schema api, data to world_owner",
                "alter view api.world_a owner to world_owner",
            ],
            "default": ["alter view api.world_a alter column uid set default gen_random_uuid()"],
            "default privileges": [
                "alter default privileges in schema api grant select on tables to world_default"
            ],
            "trigger": [
                "create function public.nothing() returns trigger language plpgsql"
                " as $$begin return new; end$$",
                "create trigger mine instead of insert on api.world_a for each row"
                " execute function public.nothing()",
            ],
            "query": [],
            "materialized view": [
                "create materialized view public.kept as select id from api.world_a"
            ],
            "function": [
                "create function public.counted() returns bigint language sql stable"
                " begin atomic select count(*) from api.world_a; end"
            ],
            "row type": [
                "create function public.shown(api.world_a) returns bigint language sql stable"
                " as 'select $1.id'"
            ],
        }
        for name in sorted(things):
            for statement in statements[name]:
                execute(statement)  # type: ignore[arg-type]
        if "query" in things:
            model = self.definitions.scalar("select id from meta.model where code = 'world'")
            text = Jsonb({"sql": "select x.id, x.version from {{class.a}} as x"})
            self.definitions.scalar("select meta.set_query(%s, 'q', %s)", model, text)
            update_views(self.conn)


@contextmanager
def world(database: Database) -> Iterator[World]:
    """A world that leaves nothing behind."""
    with database.connect(autocommit=False) as conn:
        conn.execute("create role world_reader; create role world_owner; create role world_default")
        yield World(conn)
        conn.rollback()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 1000,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
@given(
    columns=st.fixed_dictionaries(
        {name: st.lists(st.tuples(codes, types), max_size=4) for name in "ab"}
    ),
    things=st.sets(thing, max_size=6),
    changes=st.lists(change, min_size=1, max_size=6),
)
def test_renewal_loses_nothing_or_is_refused(
    shared_database: Database,
    columns: dict[str, list[tuple[str, dict[str, Any]]]],
    things: set[str],
    changes: list[tuple[Any, ...]],
) -> None:
    with world(shared_database) as here:
        conn = here.conn
        here.build(columns)
        here.hang(things)
        before = {query: by_first(conn, query) for query in (API_VIEWS, COLUMNS, OTHERS)}
        exactly = rows(conn, EXACTLY)
        for made in changes:
            here.attempt(*made)
        assert rows_but_texts(rows(conn, EXACTLY)) == rows_but_texts(exactly)
        unchanged = rows(conn, EXACTLY)

        detail = renewal(conn)
        if detail is not None:
            assert detail
            assert rows(conn, EXACTLY) == unchanged
            assert things & (OBSTACLES | {"view on all"})
            return

        assert {s.state for s in view_states(conn)} <= {"current"}
        after = {query: by_first(conn, query) for query in (API_VIEWS, COLUMNS, OTHERS)}
        for name, (owner, acl, options, comment, triggers) in before[API_VIEWS].items():
            found = after[API_VIEWS][name]
            assert (owner, acl, options, comment, len(triggers)) == (*found[:4], len(found[4])), (
                name
            )
        for source in before[COLUMNS].keys() & after[COLUMNS].keys():
            assert before[COLUMNS][source] == after[COLUMNS][source], source
        assert before[OTHERS] == after[OTHERS]
        for kind, object_id, wanted in conn.execute(
            "select d.kind, d.object_id, jsonb_path_query_array(d.context, '$.columns[*].source')"
            " from meta.view_definitions() as d where d.kind <> 'query'"
        ):
            shown = [s for s in after[COLUMNS] if s.startswith(f"{kind}{object_id} ")]
            assert sorted(shown) == sorted(f"{kind}{object_id} {source}" for source in wanted)
        for (name,) in conn.execute(
            "select format('%I.%I', relnamespace::regnamespace, relname) from pg_class"
            " where relkind = 'v' and relnamespace in ('api'::regnamespace, 'public'::regnamespace)"
        ).fetchall():
            conn.execute(f"select * from {name}")


def renewal(conn: psycopg.Connection[Any]) -> str | None:
    """Renew; of a refusal, the list of what stands in the way."""
    try:
        with conn.transaction():
            update_views(conn)
    except InTheWay as refused:
        return refused.diag.message_detail or ""
    return None


def rows_but_texts(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Without the query: a new description format renames a column below it."""
    return [(name, oid, acl, shown) for name, oid, _, acl, shown in found]


def refusal(conn: psycopg.Connection[Any]) -> str:
    """Renew, be refused, and give the list of what stands in the way."""
    before = rows(conn, EXACTLY)
    with pytest.raises(InTheWay) as refused, conn.transaction():
        update_views(conn)
    assert rows(conn, EXACTLY) == before
    return str(refused.value.diag.message_detail)


@pytest.fixture
def here(conn: psycopg.Connection[Any]) -> World:
    """Class a with two columns, one of which is about to be dropped."""
    conn.execute("create role world_reader; create role world_owner; create role world_default")
    made = World(conn)
    made.build({"a": [("one", {"type": "text"}), ("two", {"type": "integer"})]})
    return made


def test_the_list_names_everything_in_the_way(here: World) -> None:
    here.hang({"materialized view", "function", "row type", "view on all", "grant option"})
    here.conn.execute("grant usage on schema api to world_reader")
    here.conn.execute("set local role world_reader; grant select on api.world_a to world_default")
    here.conn.execute("reset role")
    here.drop("a", "one")
    told = refusal(here.conn)
    for words in (
        "materialized view public.kept",
        "function public.counted()",
        "row type",
        "column one used by view public.top_all",
        "grant to world_default by world_reader",
    ):
        assert words in told, words


def test_everything_is_kept_when_a_view_is_made_anew(here: World) -> None:
    """All at once, on a view whose columns change their order."""
    things = ("view on some", "view on view", "grant option", "column grant", "comment")
    here.hang({*things, "option", "owner", "default", "default privileges", "trigger"})
    before = {query: by_first(here.conn, query) for query in (API_VIEWS, COLUMNS, OTHERS)}
    here.conn.execute("select meta.order_columns(%s, '{two,one}')", (here.tables["a"].id,))
    done = {r.name: r.action for r in update_views(here.conn)}
    assert done == {"world_a": "rebuilt", "world_a_all": "rebuilt"}
    after = {query: by_first(here.conn, query) for query in (API_VIEWS, COLUMNS, OTHERS)}
    assert after == before
    assert any("world_reader" in str(row) for row in after[COLUMNS].values())


def test_a_view_that_uses_the_dropped_column_stops_it(here: World) -> None:
    here.hang({"view on all"})
    here.drop("a", "one")
    assert refusal(here.conn) == "column one used by view public.top_all"
    here.conn.execute("drop view public.top_all")
    update_views(here.conn)


def test_obstacles_do_not_matter_where_nothing_is_made_anew(here: World) -> None:
    """Columns added at the end and renamed leave even a materialized view alone."""
    here.hang({"materialized view", "function", "row type", "view on all"})
    here.add("a", "five", {"type": "date"})
    here.rename("a", "one", "four")
    assert {r.action for r in update_views(here.conn)} == {"replaced"}
