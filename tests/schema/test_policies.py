"""A06: what policies cost: constant, or one look-up a statement and then an index."""

from __future__ import annotations

import re
from typing import Any

import pytest
from psycopg import sql

from runner.model.views import update_views
from tests.fix_rights import Company

INIT_PLAN = re.compile(
    r"\((?P<column>c\d+) (?:= ANY|&&) \(?\( SELECT s\.unit_ids"
    r"\s+FROM access\.my_scope s"
    r"\s+WHERE \(\(s\.structure_id = \d+\) AND \(s\.depth = \d+\)\)\)\)?(?:::bigint\[\])?\)+"
)
FOLLOWS = re.compile(r"EXISTS \( SELECT\s+FROM data\.(?:datarow|link)_\d+ (?P<alias>[rl])\s+WHERE")


@pytest.fixture
def ruled(company: Company) -> Company:
    """Roles with every kind of scope, and a class with files."""
    company.definitions.add_column(company.ticket, "paper", type="file")
    company.definitions.add_column(company.ticket, "papers", type="file", multiple=True)
    update_views(company.conn)
    company.units()
    company.structure("line", kind="manager", **{"class": "report"}, user="person", manager="boss")
    everything = {"class": "ticket", "allow": ["read", "insert", "change", "delete"]}
    company.role("all", everything)
    for column, scope in (("unit", "units"), ("units", "units"), ("owner", "line")):
        company.role(f"of_{column}", everything | {"scope": scope, "column": column, "depth": 9})
    return company


def policies(company: Company) -> list[tuple[str, str, str]]:
    """Table, name and expressions of the generated policies."""
    return company.conn.execute(
        "select c.relname, p.polname, e.expression from pg_policy as p"
        " join pg_class as c on p.polrelid = c.oid"
        " cross join lateral (values (pg_get_expr(p.polqual, p.polrelid)),"
        " (pg_get_expr(p.polwithcheck, p.polrelid))) as e (expression)"
        " where p.polname ~ '^role_' and e.expression is not null"
    ).fetchall()


def has_index(company: Company, table: str, column: str) -> bool:
    """An index that begins with the column, for = or for arrays."""
    return bool(
        company.scalar(
            "select count(*) > 0 from pg_index as x"
            " join pg_attribute as a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]"
            " where x.indrelid = %s::regclass and a.attname = %s"
            " and x.indpred is null",
            f"data.{table}",
            column,
        )
    )


def test_each_policy_is_constant_or_an_init_plan(ruled: Company) -> None:
    """Links and files have no unit of their own: they follow a row, by an index probe."""
    found = policies(ruled)
    kinds = {"constant": 0, "init plan": 0, "follows": 0}
    for table, name, expression in found:
        scope = INIT_PLAN.fullmatch(expression)
        if expression == "true":
            kinds["constant"] += 1
        elif scope is not None:
            kinds["init plan"] += 1
            assert has_index(ruled, table, scope["column"]), (table, name)
        else:
            assert table == "file" or table.startswith("link_"), (table, expression)
            assert len(FOLLOWS.findall(expression)) == expression.count("SELECT"), expression
            kinds["follows"] += 1
    assert all(kinds.values()), kinds


def test_every_table_of_rows_is_guarded(ruled: Company) -> None:
    """Class tables, archives, links and files: without a policy nobody sees anything."""
    open_tables = ruled.conn.execute(
        "select c.oid::regclass::text from pg_class as c"
        " where c.relkind = 'r' and not c.relrowsecurity"
        " and (c.oid in ('core.file'::regclass, 'core.file_content'::regclass)"
        " or (c.relnamespace = 'data'::regnamespace and c.relname !~ '^family_'))"
    ).fetchall()
    assert open_tables == []


def plan(company: Company, login: str, query: str, *values: Any) -> str:
    """EXPLAIN as an account, with the real names of tables."""
    with company.acting(login):
        lines = company.conn.execute(sql.SQL("explain (costs off) " + query), values).fetchall()
    return "\n".join(line for (line,) in lines)


@pytest.fixture
def full(ruled: Company) -> Company:
    """6,000 tickets over 300 units; ann belongs to the last, boss has scope all."""
    units = ruled.tree(None, *([0] * 299))
    for login, role in (("ann", "of_unit"), ("bob", "of_units"), ("boss", "all")):
        ruled.account(login)
        ruled.join(login, units[-1])
        ruled.grant(login, role)
    ruled.conn.execute(
        sql.SQL(
            "insert into {t} ({subject}, {unit}, {units})"
            " select 's' || n, u.id, array[u.id] from generate_series(1, 20) as n, {u} as u"
        ).format(
            t=ruled.ticket.table,
            subject=ruled.ticket.column("subject"),
            unit=ruled.ticket.column("unit"),
            units=ruled.ticket.column("units"),
            u=ruled.unit.table,
        )
    )
    for table in (ruled.ticket.table, ruled.unit.table):
        ruled.conn.execute(sql.SQL("analyze {}").format(table))
    return ruled


def test_a_scope_is_looked_up_once_and_finds_rows_by_index(full: Company) -> None:
    table = f"datarow_{full.ticket.id}"
    for login, index in (
        ("ann", f"{table}_{full.ticket.physical('unit')}_idx"),
        ("bob", f"{table}_{full.ticket.physical('units')}_scope_idx"),
    ):
        shown = plan(full, login, "select id, subject from api.firm_ticket")
        assert index in shown, shown
        assert "InitPlan" in shown
        assert "SubPlan" not in shown
    # Three scopes on one page: the planner may read the page instead, and does once it knows; of
    # so few, either index serves.
    full.conn.execute("set local enable_seqscan = off")
    for login in ("ann", "bob"):
        shown = plan(full, login, "select id, subject from api.firm_ticket")
        assert "scope_pkey" in shown or "scope_structure_id_idx" in shown, shown


def test_scope_all_is_no_barrier(full: Company) -> None:
    """The plan of the owner, to the letter: not even a condition that is not leakproof waits."""
    unit = full.unit.insert(name="new")
    for query in (
        "select id from api.firm_ticket where id = 7",
        "select count(*) from api.firm_ticket",
        "select id from api.firm_ticket where subject ilike '%%1%%'",
        f"select id from api.firm_ticket where unit = {unit}",
    ):
        assert plan(full, "boss", query) == plan(full, full.conn.info.user, query)


def test_a_row_by_id_is_found_by_its_key(full: Company) -> None:
    shown = plan(full, "ann", "select subject from api.firm_ticket where id = %s", 1)
    assert f"datarow_{full.ticket.id}_pkey" in shown


def test_files_follow_their_rows_by_index(full: Company) -> None:
    full.conn.execute("set local enable_seqscan = off")
    shown = plan(full, "ann", "select name from api.file where id = %s", 1)
    assert f"datarow_{full.ticket.id}_{full.ticket.physical('paper')}_idx" in shown, shown
    assert f"link_{full.ticket.column_id('papers')}_target_id_idx" in shown, shown
