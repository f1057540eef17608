"""The commands account, role and access, and what the rights are worth to a login of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.fix_database import Database
from tests.fix_rights import Company, company_on

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
LOGINS = ("cli_ann", "cli_bob")


@pytest.fixture
def pgears(tmp_path: Path, database: Database) -> Run:
    """Run a command on the database."""

    def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
        return subprocess.run(
            [sys.executable, "-m", "runner", *arguments],
            cwd=tmp_path,
            env={**clean, "PGEARS_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)},
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def company(database: Database) -> Iterator[Company]:
    """The company with a role, committed; its roles leave the server afterwards."""
    with database.connect() as conn:
        made = company_on(conn)
        made.role("reader", {"class": "ticket", "allow": ["read"]})
        yield made
        drop_roles(conn, *LOGINS)


def drop_roles(conn: psycopg.Connection[Any], *logins: str) -> None:
    """Roles outlive their database: take away accounts and groups."""
    for (code,) in conn.execute("select code from access.role").fetchall():
        conn.execute("select access.drop_role(%s)", (code,))
    for login in logins:
        conn.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(login)))


def listed(run: Run, *arguments: str) -> Any:
    """JSON of a command."""
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_account_from_nothing_to_its_rows(
    pgears: Run, company: Company, database: Database
) -> None:
    """Made with a password, given a role, logged in, read; switched off, suspended, resumed."""
    company.ticket.insert(subject="seen")
    made = pgears("account", "create", "cli_ann", "--name", "Ann", "--password", text="s3cret\n")
    assert made.returncode == 0, made.stderr
    stored = company.scalar("select rolpassword from pg_authid where rolname = 'cli_ann'")
    assert stored.startswith("SCRAM-SHA-256$")
    assert pgears("role", "grant", "reader", "cli_ann").returncode == 0
    url = make_conninfo(database.url, user="cli_ann", password="s3cret")

    def subjects() -> list[tuple[str]]:
        with psycopg.connect(url) as conn:
            return conn.execute("select subject from api.firm_ticket").fetchall()

    assert subjects() == [("seen",)]
    assert pgears("role", "off", "reader", "--model", "firm").returncode == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        subjects()
    assert pgears("role", "on", "reader", "--model", "firm").returncode == 0
    assert subjects() == [("seen",)]
    assert pgears("account", "suspend", "cli_ann").returncode == 0
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        subjects()
    assert pgears("account", "resume", "cli_ann").returncode == 0
    assert subjects() == [("seen",)]
    assert pgears("role", "revoke", "reader", "cli_ann").returncode == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        subjects()


def test_lists_and_explain(pgears: Run, company: Company) -> None:
    company.conn.execute("create role cli_bob nologin")
    assert pgears("account", "adopt", "cli_bob").returncode == 0
    assert pgears("role", "grant", "reader", "cli_bob").returncode == 0
    [bob] = [a for a in listed(pgears, "account", "list") if a["login"] == "cli_bob"]
    assert (bob["state"], bob["roles"]) == ("no login", ["reader"])
    [reader] = listed(pgears, "role", "list")
    assert (reader["code"], reader["models"], reader["members"]) == (
        "reader", ["firm"], ["cli_bob"],
    )  # fmt: skip
    row = company.ticket.insert(subject="a")
    lines = listed(pgears, "access", "explain", "cli_bob", "firm.ticket", str(row))
    assert {line["operation"]: line["granted"] for line in lines} == {
        "read": True, "insert": False, "change": False, "delete": False,
        "mass_change": False, "mass_delete": False,
    }  # fmt: skip
    shown = pgears("access", "explain", "cli_bob", "firm.ticket")
    assert "every row" in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "suspend", "nobody"),
        ("role", "grant", "nothing", "cli_ann"),
        ("role", "on", "nothing"),
        ("access", "explain", "nobody", "firm.ticket"),
        ("account", "create", "pg_x"),
        ("account", "create", "cli_ann", "--password"),
    ],
)
@pytest.mark.usefixtures("company")
def test_refusals_are_two_lines(pgears: Run, arguments: tuple[str, ...]) -> None:
    failed = pgears(*arguments)
    assert failed.returncode == 1
    assert [line.split(":")[0] for line in failed.stderr.splitlines()] == ["error", "hint"]


@pytest.mark.usefixtures("company")
def test_what_is_missing_or_there_already_is_said(pgears: Run) -> None:
    """Nobody logs in without a password; an account is not made twice, nor adopted again."""
    assert "no password" in pgears("account", "create", "cli_ann").stdout
    assert "no password" not in pgears("account", "create", "cli_bob", "--no-login").stdout
    again = pgears("account", "create", "cli_ann")
    assert again.returncode == 1
    assert 'there is an account "cli_ann" already' in again.stderr
    assert "adopt" not in again.stderr


def examined(pgears: Run) -> list[str]:
    """What doctor found about rights; the test server itself is nothing to be proud of."""
    done = pgears("doctor", "--json")
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    return [finding["found"] for finding in found if finding["check"] == "rights"]


def test_doctor_tells_what_was_done_past_us(pgears: Run, company: Company) -> None:
    pgears("account", "create", "cli_ann", "--no-login")
    company.conn.execute("create role cli_bob")
    pgears("account", "adopt", "cli_bob")
    group = company.scalar("select access.group_name('reader')")
    company.conn.execute(sql.SQL("grant {} to cli_bob").format(sql.Identifier(group)))
    company.conn.execute("drop role cli_ann")
    company.conn.execute(
        sql.SQL("alter table {} disable row level security").format(company.ticket.table)
    )
    found = examined(pgears)
    assert any("cli_ann: the PostgreSQL role was dropped" in text for text in found)
    assert any(f'cli_bob: member of "{group}" past' in text for text in found)
    assert any("firm.ticket: row security" in text for text in found)
    assert pgears("upgrade").returncode == 0
    found = examined(pgears)
    assert not any("row security" in text for text in found)
