# ruff: noqa: E501 - definitions and queries in one line
"""Imports and exports have the rights of their account: row security, privileges, the right to start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner import errors

from .parts import Shop


def allow(shop: Shop, login: str, *rights: dict[str, Any]) -> None:
    """A role with these rights for the account."""
    shop.conn.execute(
        "select access.set_role((select id from meta.model where code = 'shop'), 'clerk', %s)",
        (Jsonb({"rights": list(rights)}),),
    )
    shop.conn.execute("select access.grant_role(%s, 'clerk')", (login,))


@contextmanager
def acting(shop: Shop, login: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection on which the account acts."""
    with psycopg.connect(shop.url, autocommit=True) as conn:
        conn.execute(sql.SQL("set role {}").format(sql.Identifier(login)))
        yield conn


def test_privileges(shop: Shop, login: str) -> None:
    """Without the right to insert nothing goes in, and the run says why; with it rows are the importer's."""
    shop.define(match=["email"])
    content = "name,email\nAnn,a@x\n"
    assert "may not read shop.person" in shop.load(content, account=login)["error"]
    allow(shop, login, {"class": "person", "allow": ["read"]})
    state = shop.load(content, account=login)
    assert (state["state"], state["inserted"]) == ("failed", 0)
    assert "permission denied" in state["error"]
    allow(shop, login, {"class": "person", "allow": ["read", "insert"]})
    state = shop.load(content, account=login)
    assert state["inserted"] == 1, state["error"]
    assert shop.people("name, creator, created_source") == [("Ann", login, "import")]
    state = shop.load("name,email\nAnna,a@x\nBob,b@x\n", account=login)
    assert (state["inserted"], state["updated"], state["errors"]) == (1, 0, 1), state["error"]
    assert shop.errors() == [(2, "email", "a@x", f"is a record that {login} may not change")]


def test_rows_that_may_not_be_changed(shop: Shop, login: str) -> None:
    """Reading without changing: each row is named, the rest goes in."""
    shop.person.insert(name="Ann", email="a@x")
    shop.define(match=["email"])
    allow(shop, login, {"class": "person", "allow": ["read", "insert", "change"]})
    shop.conn.execute(
        sql.SQL("create policy no_ann on {} as restrictive for update using ({} <> 'Ann')").format(
            shop.person.table, shop.person.column("name")
        )
    )
    state = shop.load("name,email\nAnna,a@x\nBob,b@x\n", account=login)
    assert (state["inserted"], state["updated"], state["errors"]) == (1, 0, 1), state
    assert shop.errors() == [(2, "email", "a@x", f"is a record that {login} may not change")]
    shop.conn.execute(
        sql.SQL(
            "create policy no_cyr on {} as restrictive for insert with check ({} <> 'Cyr')"
        ).format(shop.person.table, shop.person.column("name"))
    )
    state = shop.load("name,email\nCyr,c@x\nDan,d@x\n", account=login)
    assert (state["inserted"], state["errors"]) == (1, 1)
    assert "row-level security" in shop.errors()[0][3]


def test_references_by_what_the_importer_sees(shop: Shop, login: str) -> None:
    """A class that he may not read gives no references; exports show ids of it then."""
    shop.define()
    allow(shop, login, {"class": "person", "allow": ["read", "insert"]})
    assert "may not read shop.city" in shop.load("name,city\nAnn,BRN\n", account=login)["error"]
    shop.person.insert(name="Bob", city=2)
    shop.define_export(columns=["name", "city"])
    shop.export(shop.folder / "out", account=login)
    assert (shop.folder / "out").read_text() == "name,city\nBob,2\n"
    allow(
        shop, login, {"class": "person", "allow": ["read", "insert"]},
        {"class": "city", "allow": ["read"]},
    )  # fmt: skip
    assert shop.load("name,city\nAnn,BRN\n", account=login)["inserted"] == 1
    assert "Bob,BRN" in shop.export_as(login)


def test_exports_show_what_the_account_sees(shop: Shop, login: str) -> None:
    """Nothing without the right to read; rows by row security."""
    shop.person.insert(name="Ann", email="a@x")
    shop.person.insert(name="Bob", email="b@x")
    shop.define_export(columns=["name"])
    refused = shop.export(shop.folder / "out", account=login)
    assert refused.state == "failed"
    assert "may not read" in (refused.error or "")
    assert list(shop.folder.iterdir()) == []
    allow(shop, login, {"class": "person", "allow": ["read"]})
    shop.conn.execute(
        sql.SQL("create policy no_ann on {} as restrictive for select using ({} <> 'Ann')").format(
            shop.person.table, shop.person.column("name")
        )
    )
    assert shop.export_as(login) == "name\nBob\n"


def test_the_right_to_start(shop: Shop, login: str) -> None:
    """By SQL: who has the right starts, others are refused; nobody takes another's file."""
    shop.define()
    shop.define_export()
    mine = shop.one("select core.store_file('x.csv', null, 'name\nAnn\n')")
    with acting(shop, login) as conn, pytest.raises(errors.MayNotStart):
        conn.execute("select api.import_content('people', 'x.csv', 'name')")
    allow(shop, login, {"class": "person", "allow": ["read", "insert"]})
    with acting(shop, login) as conn:
        for call in (
            "select api.import_content('shop.people', 'x.csv', 'name')",
            "select api.run_export('people')",
            f"select api.run_import('people', {mine})",
        ):
            with pytest.raises(errors.MayNotStart):
                conn.execute(call.encode())
    allow(
        shop, login, {"class": "person", "allow": ["read", "insert"]},
        {"import": "people", "allow": ["start"]}, {"export": "people", "allow": ["start"]},
    )  # fmt: skip
    with acting(shop, login) as conn:
        conn.execute("select api.import_content('shop.people', 'x.csv', 'name')")
        conn.execute("select api.run_export('people')")
        with pytest.raises(errors.MayNotStart):
            conn.execute(f"select api.run_import('people', {mine})".encode())
    accounts = shop.all("select account, cause, state from batch.import_run_status")
    assert accounts == [{"account": login, "cause": "service", "state": "waiting"}]
    assert (
        shop.one("select count(*) from queue.task where kind in ('batch.import', 'batch.export')")
        == 2
    )


def test_whoever_views_runs_takes_no_other_file(shop: Shop, login: str) -> None:
    """Files of the runs that one may view can be imported again; a file of somebody else by its number not."""
    shop.define()
    shop.set("import", "other", {"class": "person", "columns": {"name": "name"}})
    secret, kept, others = (
        shop.one("select core.store_file('x.csv', null, %s)", f"name\n{name}\n".encode())
        for name in ("Secret", "Kept", "Others")
    )
    for code, file in (("people", kept), ("other", others)):
        shop.conn.execute(
            "select batch.request_import(%s, null, 'x.csv', p_file => %s)", (f"shop.{code}", file)
        )
    allow(
        shop, login, {"class": "person", "allow": ["read", "insert"]},
        {"import": "people", "allow": ["start", "view_log"]},
    )  # fmt: skip
    with acting(shop, login) as conn:
        for file in (secret, others):
            with pytest.raises(errors.MayNotStart):
                conn.execute("select api.run_import('shop.people', %s)", (file,))
        again = conn.execute("select api.run_import('people', %s)", (kept,)).fetchone()
        query = "select convert_from(content, 'utf8') from api.run_file where run = %s"
        assert conn.execute(query, again).fetchone() == ("name\nKept\n",)
        assert conn.execute("select name from api.run_file").fetchall() == [("x.csv",)] * 2


def test_staging_tables_are_nobody_elses(shop: Shop, login: str) -> None:
    """What is kept of a run is the administrator's; the schema shows no rows to others."""
    shop.define(keep_table=True)
    allow(shop, login, {"class": "person", "allow": ["read", "insert"]})
    run = shop.load("name\nAnn\n", account=login)["run"]
    with acting(shop, login) as conn:
        for relation in (f"batch.import_{run}", "batch.import_run", "batch.import_error_list"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"select from {relation}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select batch.start_import(1, 1, '')")


def test_a_definition_lends_no_superuser(shop: Shop) -> None:
    """Who may define imports and exports does not get the server by them."""
    shop.conn.execute("create role imports_boss superuser")
    try:
        shop.define(match=["email"], account="imports_boss")
        shop.define_export(account="imports_boss")
        for request in ("request_import(%s, null, 'x.csv')", "request_export(%s, null)"):
            with pytest.raises(errors.LentSuperuser):
                shop.conn.execute(f"select batch.{request}".encode(), ("shop.people",))
    finally:
        shop.conn.execute("drop role imports_boss")
