"""Least privileges: a runner and a web service work under logins that may do little else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from runner.errors import NoSuchProcess, NotLent, RoleExists
from tests.fix_database import Database
from tests.fix_least import as_login, drop_accounts_group, service_login
from tests.fix_rights import Company, company_on
from tests.fix_runner import Workplace, until
from tests.imports.parts import make_shop

from .test_access_cli import Run, drop_roles
from .test_access_cli import pgears as pgears

LOGINS = ("least_ann", "least_boss", "least_old")


@pytest.fixture
def company(database: Database) -> Iterator[Company]:
    """An instance with ordinary accounts and one that administers."""
    with database.connect() as conn:
        conn.execute("select meta.rebuild()")
        made = company_on(conn)
        made.role("reader", {"class": "ticket", "allow": ["read", "insert"]})
        made.account("least_ann")
        made.account("least_boss")
        made.grant("least_ann", "reader")
        conn.execute("grant pgears_admin to least_boss")
        conn.execute("create role least_old login")
        conn.execute("select access.adopt_account('least_old')")
        conn.execute("select access.ensure_accounts_group()")
        made.ticket.insert(subject="one")
        yield made
        drop_roles(conn, *LOGINS)
        drop_accounts_group(database)


def refused(conn: psycopg.Connection[Any], statement: str) -> None:
    """The statement is refused for lack of a right."""
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(statement.encode())


@pytest.mark.parametrize("kind", ["runner", "web"])
def test_a_service_login_by_itself(company: Company, database: Database, kind: str) -> None:
    """No row, no definition, no role; and nothing of an account before it is taken on."""
    table = company.ticket.table.as_string()
    with service_login(database, kind) as own, own.connect() as conn:
        attributes = conn.execute(
            """
            select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
            from pg_roles where rolname = current_user
            """
        ).fetchone()
        assert attributes == (False,) * 5
        for statement in (
            "select * from api.firm_ticket",
            f"select * from {table}",
            f"insert into {table} default values",
            "select * from access.account",
            "select * from core.file",
            "select meta.rebuild()",
            "select access.grant_role('least_ann', 'reader')",
            "select access.sync_groups('least_ann', '{}')",
            "select access.create_account('x')",
            "select core.set_web_service(true)",
            "create role x",
            "create table api.x ()",
            "alter role least_ann superuser",
        ):
            refused(conn, statement)
        members = conn.execute(
            "select pg_has_role('least_ann', 'usage'), pg_has_role('least_ann', 'member')"
        ).fetchone()
        assert members == (False, True)


@pytest.mark.parametrize("kind", ["runner", "web"])
def test_accounts_it_may_take_on(company: Company, database: Database, kind: str) -> None:
    """Those that read and write rows; none that administers, none that is suspended."""
    with service_login(database, kind) as own, own.connect() as conn:
        for login in ("least_ann", "least_old"):
            conn.execute(sql.SQL("set role {}").format(sql.Identifier(login)))
            conn.execute("reset role")
        with conn.transaction():
            conn.execute("set local role least_ann")
            assert conn.execute("select count(*) from api.firm_ticket").fetchone() == (1,)
        for login in ("least_boss", "pgears_admin", company.conn.info.user):
            refused(conn, sql.SQL("set role {}").format(sql.Identifier(login)).as_string())
        company.scalar("select access.suspend_account('least_ann')")
        refused(conn, "set role least_ann")
        company.scalar("select access.resume_account('least_ann')")
        conn.execute("set role least_ann")
        conn.execute("reset role")
        company.scalar("select access.create_account('least_new')")
        try:
            conn.execute("set role least_new")
        finally:
            conn.execute("reset role")
            drop_roles(company.conn, "least_new")


def test_the_web_service_says_whom_it_may_not_take_on(company: Company, database: Database) -> None:
    """PG981 with the mend, before PostgreSQL would refuse without one."""
    with service_login(database, "web") as own, own.connect() as conn:
        row = conn.execute("select web.admit('least_ann', false)").fetchone()
        assert row == ("least_ann",)
        with pytest.raises(NotLent) as refused:
            conn.execute("select web.admit('least_boss', false)")
        assert "grant least_boss to" in (refused.value.diag.message_hint or "")


def test_an_account_that_begins_to_administer_is_taken_back(
    company: Company, database: Database
) -> None:
    """Plain grants go past pgears: doctor tells, the next upgrade mends it."""
    with service_login(database, "web") as own, own.connect() as conn:
        company.conn.execute("grant pgears_admin to least_ann")
        told = company.conn.execute(
            "select finding from access.findings where name = 'least_ann'"
        ).fetchall()
        assert told == [("service logins may take it on, and it administers",)]
        company.conn.execute("select meta.rebuild()")
        refused(conn, "set role least_ann")


def test_a_login_with_more_than_it_needs_is_told(company: Company, database: Database) -> None:
    """doctor looks at the members of the service roles."""
    with service_login(database, "web") as own:
        login = psycopg.conninfo.conninfo_to_dict(own.url)["user"]
        query = "select finding from access.findings where kind = 'service' and name = %s"
        assert company.conn.execute(query, (login,)).fetchall() == []
        company.conn.execute(f"alter role {login} createrole")
        company.conn.execute(f"grant pgears_admin to {login}")
        assert company.conn.execute(query, (login,)).fetchall() == [
            ("has more rights than its process needs",)
        ]


def test_commands(company: Company, database: Database, pgears: Run) -> None:
    """The login is made with a password that no statement has; wrong kinds and names are told."""
    done = pgears(
        "account", "service", "least_made", "--for", "web", "--password", text="secret 1\n"
    )
    assert (done.returncode, done.stderr) == (0, "")
    kept = company.scalar("select rolpassword from pg_authid where rolname = 'least_made'")
    assert kept.startswith("SCRAM-SHA-256$")
    again = pgears("account", "service", "least_made", "--for", "runner")
    assert again.returncode == 1
    assert "there is a PostgreSQL role" in again.stderr
    drop_roles(company.conn, "least_made")
    with pytest.raises(NoSuchProcess):
        company.scalar("select access.create_service('least_made', 'printer')")
    with pytest.raises(RoleExists):
        company.scalar("select access.create_service('least_ann', 'web')")


def test_init_makes_the_logins_of_files(
    company: Company, database: Database, pgears: Run, tmp_path: Path
) -> None:
    """Once; again it gives them the password that the file has now, and an account is let be."""
    files = {kind: tmp_path / f"{kind}-url" for kind in ("runner", "web")}
    options = [f"--service={kind}={path}" for kind, path in files.items()]
    logins = {kind: f"least_{kind}_of_a_file" for kind in files}

    def written(password: str) -> None:
        for kind, path in files.items():
            path.write_text(as_login(database, logins[kind], password).url + "\n")

    try:
        written("the first password")
        told = pgears("init", *options)
        assert told.returncode == 0, told.stderr
        for kind, login in logins.items():
            assert f'login "{login}" of the {kind} made' in told.stdout
            with as_login(database, login, "the first password").connect() as own:
                refused(own, "select * from api.firm_ticket")

        written("the second password")
        told = pgears("init", *options)
        assert told.stdout.count("given its password") == 2, told.stdout + told.stderr
        for login in logins.values():
            as_login(database, login, "the second password").connect().close()
            with pytest.raises(psycopg.OperationalError, match="password"):
                as_login(database, login, "the first password").connect()

        files["web"].write_text(as_login(database, "least_ann", "x").url)
        told = pgears("init", options[1])
        assert (told.returncode, told.stdout.count("least_ann")) == (1, 0)
        assert 'there is a PostgreSQL role "least_ann" already' in told.stderr
    finally:
        with database.connect() as conn:
            drop_roles(conn, *logins.values())


@pytest.mark.parametrize(
    ("option", "content", "told"),
    [
        ("editor={file}", "postgresql://a@h/d", "names no service"),
        ("runner", None, "names no service"),
        ("runner={file}", None, "cannot be read"),
        ("runner={file}", "postgresql://h/d", "has no URL with a login"),
        ("web={file}", "secret words", "has no URL with a login"),
    ],
)
def test_what_names_no_service_changes_nothing(
    pgears: Run, database: Database, tmp_path: Path, option: str, content: str | None, told: str
) -> None:
    """It is refused before anything is installed, and the file's content is not told."""
    path = tmp_path / "url"
    if content is not None:
        path.write_text(content)
    done = pgears("init", f"--service={option.format(file=path)}")
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert "secret words" not in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_runner_under_its_login(workplace: Workplace, tmp_path: Path) -> None:
    """An import that names its account writes as that; one that names none may not write."""
    desk = make_shop(workplace.database, workplace.conn, tmp_path)
    conn = workplace.conn
    conn.execute("select access.create_account('least_ann', p_can_login => false)")
    conn.execute(
        "select access.set_role((select id from meta.model where code = 'shop'), 'clerk', %s)",
        (Jsonb({"rights": [{"class": "person", "allow": ["read", "insert", "change"]}]}),),
    )
    conn.execute("select access.grant_role('least_ann', 'clerk')")
    conn.execute("select meta.rebuild()")
    definition = {"class": "person", "match": ["email"], "pattern": "*.csv"}
    for code, more in (("named", {"account": "least_ann"}), ("unnamed", {})):
        desk.set("import", code, {**definition, "folder": str(tmp_path / code), **more})
    try:
        with service_login(workplace.database, "runner") as own:
            runner = workplace.start(database_url=own.url)
            for code in ("named", "unnamed"):
                until((tmp_path / code / "in").is_dir, "the folders")
                (tmp_path / code / "in" / "a.csv").write_text("name,email\nAnn,a@x\n")
            query = "select count(*) from batch.import_run_status where state in ('done', 'failed')"
            until(lambda: workplace.count(query) == 2, "both runs")
            states = dict(
                conn.execute("select import, state from batch.import_run_status").fetchall()
            )
            told = conn.execute("select import, error from batch.import_run_status").fetchall()
            assert states == {"shop.named": "done", "shop.unnamed": "failed"}, told
            assert desk.people() == [("Ann",)]
            runner.stop()
    finally:
        drop_roles(conn, "least_ann")
        drop_accounts_group(workplace.database)
