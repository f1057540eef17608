"""What the installed objects have in common: bound names, comments, grants, names."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from tests.fix_meta import PARTITIONS, Definitions

from .files import FILES, SCHEMAS, kind

# Column defaults, generated triggers and policies call these with the rights of whoever
# writes or reads; they tell nothing that is not the caller's own. Those of schema api ask for
# the right of whoever calls, or for the token of a link.
FOR_EVERYBODY = {
    "access.current_account",
    "access.row_seen",
    "access.sees_files",
    "access.sees_row",
    "api.assign_task",
    "api.complete_task",
    "api.import_by_url",
    "api.import_content",
    "api.job_runs",
    "api.make_link",
    "api.manage_workflow",
    "api.my_tasks",
    "api.raise_event",
    "api.raise_event_by_url",
    "api.run_export",
    "api.run_import",
    "api.run_job",
    "api.run_script",
    "api.run_script_by_url",
    "api.show_link",
    "api.start_workflow",
    "api.store_file",
    "api.use_link",
    "api.workflow_log",
    "api.workflow_state",
    "batch.apply_rows",
    "core.check_source",
    "core.environment",
    "core.integration",
    "core.now",
    "core.source",
    "core.uuidv7",
    "flow.my_job_ids",
    "flow.my_workflow_ids",
    "flow.step_edges",
    "meta.date_text",
    "meta.refuse_limits",
    "meta.refuse_values",
    "meta.timestamp_text",
    "web.class_page",
    "web.constraint_words",
    "web.history_of",
    "web.now",
    "web.ids_named",
    "web.page_class",
    "web.pages",
    "web.pages_of",
    "web.record_history",
}
# Names of accounts and classes, which texts of references are made from, the clock, and the
# reader's own units, which policies look up; rights, tasks and what they show of the reader.
READABLE_BY_EVERYBODY = {
    "access.account_name",
    "access.my_right",
    "access.my_scope",
    "access.my_seal",
    "api.export_run",
    "api.import_error",
    "api.import_run",
    "api.run_file",
    "api.workflow",
    "api.workflow_instance",
    "core.clock",
    "flow.my_branch",
    "flow.my_instance",
    "flow.my_job",
    "flow.my_run",
    "flow.my_run_step",
    "flow.my_step",
    "flow.my_task",
    "flow.my_workflow",
    "meta.class_name",
}

CONSTRAINT_SUFFIX = {"p": "pkey", "u": "key", "f": "fkey", "c": "check", "x": "excl"}


@pytest.fixture
def rows(conn: psycopg.Connection[Any]) -> Any:
    """Query the catalogue of our schemas: %s is their list."""

    def query(text: str) -> list[tuple[Any, ...]]:
        return conn.execute(text.encode(), (list(SCHEMAS),)).fetchall()

    return query


@pytest.fixture
def classes(definitions: Definitions) -> None:
    """Related classes, so that every kind of generated function and trigger exists."""
    definitions.create_class(
        "shop.customer",
        {"name": {"type": "text", "mandatory": True}, "born": {"type": "date"}},
        description="{{column.name}}",
        keys=[["name"]],
        archive=True,
    )
    definitions.create_class(
        "shop.order",
        {
            "number": {"type": "text", "sequence": "O{#:0000}"},
            "customer": {"type": "reference", "class": "customer"},
            "others": {"type": "reference", "class": "customer", "multiple": True},
            "about": {"type": "reference", "classes": ["customer", "order"]},
            "papers": {
                "type": "file",
                "multiple": True,
                "max_files": 2,
                "max_size": "1 MB",
                "over_limit": "drop_oldest",
                "file_deletion": "physical",
            },
        },
        deletion="physical",
    )
    definitions.create_class(
        "shop.visit",
        {
            "number": {"type": "text", "sequence": "V{#}"},
            "customer": {"type": "reference", "class": "customer"},
        },
        keys=[["customer", "number"]],
        archive=True,
        partition_by=PARTITIONS,
    )


@pytest.mark.usefixtures("classes")
def test_names_in_functions_are_bound(rows: Any) -> None:
    """A caller's search_path never decides what a function means.

    meta.stamp_row() qualifies its names instead, because it runs for each updated row; what it
    has written is judged by a condition that was bound when the trigger was made.
    """
    unbound = rows(
        """
        select p.oid::regprocedure::text
        from pg_proc as p
        join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname = any (%s)
          and p.prosqlbody is null
          and not coalesce(p.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']
          and p.oid <> 'meta.stamp_row'::regproc
        """
    )
    assert unbound == []


def test_everything_has_a_comment(rows: Any) -> None:
    """Schemas, tables, views and functions say what they are for."""
    silent = rows(
        """
        with object as (
          select
            c.oid,
            c.relnamespace as schema,
            'pg_class'::regclass as of,
            c.oid::regclass::text as name
          from pg_class as c
          where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
          union all
          select p.oid, p.pronamespace, 'pg_proc'::regclass, p.oid::regprocedure::text
          from pg_proc as p
          union all
          select n.oid, n.oid, 'pg_namespace'::regclass, n.nspname
          from pg_namespace as n
        )
        select o.name
        from object as o
        join pg_namespace as n on n.oid = o.schema
        where n.nspname = any (%s)
          and obj_description(o.oid, o.of::text) is null
          and o.name <> 'core.alembic_version'
        """
    )
    assert silent == []


@pytest.mark.usefixtures("classes")
def test_public_may_call_only_what_is_listed(rows: Any) -> None:
    """PostgreSQL grants new functions to everybody; each file takes that back."""
    open_to_all = rows(
        """
        select distinct n.nspname || '.' || p.proname
        from pg_proc as p
        join pg_namespace as n on n.oid = p.pronamespace
        cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
        where n.nspname = any (%s) and a.grantee = 0
        """
    )
    assert {name for (name,) in open_to_all} == FOR_EVERYBODY


@pytest.mark.usefixtures("classes")
def test_public_may_read_only_what_is_listed(rows: Any) -> None:
    """Tables and views are granted to roles; sequences serve the defaults of any writer."""
    open_to_all = rows(
        """
        select distinct c.oid::regclass::text
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        cross join aclexplode(c.relacl) as a
        where n.nspname = any (%s) and a.grantee = 0 and c.relkind <> 'S'
        """
    )
    found = {name for (name,) in open_to_all}
    # These ask row security of the class table, as whoever reads.
    guarded = {name for name in found if re.match(r"data\.(described|referring)_", name)}
    assert guarded
    assert found - guarded == READABLE_BY_EVERYBODY
    for name in guarded:
        options = rows(f"select reloptions, %s::text from pg_class where oid = '{name}'::regclass")
        assert options[0][0] == ["security_invoker=true"]


def test_path_is_object(rows: Any) -> None:
    """Every installed function and view has the file that its name promises, and no other."""
    functions = rows(
        """
        select distinct n.nspname || '.' || p.proname
        from pg_proc as p
        join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname = any (%s)
        """
    )
    views = rows(
        """
        select n.nspname || '.' || c.relname
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = any (%s) and c.relkind = 'v'
        """
    )
    for where, installed in (("functions", functions), ("views", views)):
        of_files = {file.name for file in FILES if kind(file) == where}
        assert {name for (name,) in installed} == of_files


@pytest.mark.usefixtures("classes")
def test_constraints_and_indexes_are_named_by_pattern(rows: Any) -> None:
    """table_columns_{pkey,key,fkey,check,excl,idx}: the name tells what was broken."""
    constraints = rows(
        """
        select c.relname, k.conname, k.contype::text
        from pg_constraint as k
        join pg_class as c on c.oid = k.conrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = any (%s)
          and k.contype in ('p', 'u', 'f', 'c', 'x')
          and k.conparentid = 0
          and not c.relispartition
          and c.relname <> 'alembic_version'
        """
    )
    odd = [
        name
        for table, name, type in constraints
        if not re.fullmatch(rf"{table}_(\w+_)?{CONSTRAINT_SUFFIX[type]}", name)
    ]
    assert odd == []
    indexes = rows(
        """
        select c.relname, i.relname
        from pg_index as x
        join pg_class as i on i.oid = x.indexrelid
        join pg_class as c on c.oid = x.indrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = any (%s)
          and not c.relispartition
          and not exists (select from pg_constraint as k where k.conindid = i.oid)
        """
    )
    odd = [
        name
        for table, name in indexes
        if not re.fullmatch(rf"{table}_\w+_idx|{table}(_\w+)?_key(_\d+)?", name)
    ]
    assert odd == []


@pytest.mark.usefixtures("classes")
def test_foreign_keys_have_an_index(rows: Any) -> None:
    """Deleting a row must not read all of a table that grows."""
    without = rows(
        """
        select k.conrelid::regclass::text || ' ' || k.conname
        from pg_constraint as k
        join pg_class as c on c.oid = k.conrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = any (%s)
          and n.nspname in ('core', 'data', 'feed', 'mail', 'queue')
          and k.contype = 'f'
          and not exists (
            select
            from pg_index as x
            where x.indrelid = k.conrelid
              and (x.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
          )
        """
    )
    assert without == []


@pytest.mark.usefixtures("classes")
def test_plpgsql_check_finds_nothing(conn: psycopg.Connection[Any], rows: Any) -> None:
    """Each plpgsql function, and each trigger function with each of its tables."""
    known = conn.execute("select from pg_available_extensions where name = 'plpgsql_check'")
    if known.fetchone() is None:
        pytest.skip("plpgsql_check is not available on this server")
    conn.execute("create schema t_check")
    conn.execute("create extension plpgsql_check schema t_check")
    # Functions of replica work on a temporary table that another of them makes.
    conn.execute("select replica.stage_rows(min(c.id), '{}', '[]', 'newer', 'x') from meta.class c")
    found = rows(
        """
        with function as (
          select distinct p.oid, coalesce(t.tgrelid, 0) as relid, t.tgoldtable, t.tgnewtable
          from pg_proc as p
          join pg_namespace as n on n.oid = p.pronamespace
          join pg_language as l on l.oid = p.prolang
          left join pg_trigger as t on t.tgfoid = p.oid
          where n.nspname = any (%s)
            and l.lanname = 'plpgsql'
            and (p.prorettype <> 'trigger'::regtype or t.oid is not null)
        )
        select f.oid::regprocedure::text, c.lineno, c.level, c.message
        from function as f
        cross join t_check.plpgsql_check_function_tb(
          f.oid, f.relid, oldtable => f.tgoldtable, newtable => f.tgnewtable,
          extra_warnings => false, performance_warnings => false
        ) as c
        where c.level in ('error', 'warning')
        """
    )
    assert found == [], "\n".join(map(str, found))


@pytest.mark.usefixtures("classes")
def test_every_trigger_function_is_used(rows: Any) -> None:
    """A trigger function without a trigger is dead, and was not checked above."""
    unused = rows(
        """
        select p.oid::regprocedure::text
        from pg_proc as p
        join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname = any (%s)
          and n.nspname <> 'data'
          and p.prorettype = 'trigger'::regtype
          and not exists (select from pg_trigger as t where t.tgfoid = p.oid)
        """
    )
    assert unused == []
