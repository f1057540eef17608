"""Doctor about the server, the way to it, and rights: each fault is made, found and mended."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from psycopg import sql

from runner import apply
from runner.accounts import findings
from runner.binaries import OLDEST
from runner.config import Environment, Settings
from runner.doctor import Finding, examine
from runner.throwaway import child_server
from tests.fix_database import Database, new_database
from tests.fix_least import as_login
from tests.fix_rights import Company
from tests.fix_runner import Workplace
from tests.fix_server import SETTINGS, TestServer
from tests.runner.test_doctor import pgears

surroundings = import_module("runner.doctor.surroundings")


def of(check: str, url: str, home: Path, **more: Any) -> Finding:
    """The finding of a check."""
    settings = Settings(home=home, database_url=url, **more)
    [found] = [each for each in examine(settings) if each.check == check]
    assert found.mend or found.state == "fine"
    return found


def test_behind_a_pooler(workplace: Workplace, pooler: str, tmp_path: Path) -> None:
    """Through PgBouncer in transaction mode no notification comes; past it, it does."""
    for _ in range(3):
        found = of("notifications", pooler, tmp_path)
        assert (found.state, "a pooler" in found.found) == ("doubtful", True), found
    assert found.mend == "Set PGEARS_DATABASE_DIRECT_URL to the server itself."
    mended = of("notifications", pooler, tmp_path, database_direct_url=workplace.database.url)
    assert (mended.state, mended.found) == ("fine", "heard")
    checks = [each.check for each in examine(Settings(home=tmp_path, database_url=pooler))]
    assert "wrong" not in [of(check, pooler, tmp_path).state for check in ("version", "instance")]
    assert {"dead tasks", "oldest transaction", "policies"} <= set(checks)


def test_server_that_is_away(tmp_path: Path) -> None:
    """The only finding, with its mend; starting the server mends it."""
    url = "postgresql://pgears:x@127.0.0.1:1/pgears"
    [found] = examine(Settings(home=tmp_path, database_url=url))
    assert (found.check, found.state) == ("connection", "wrong")
    assert "PGEARS_DATABASE_URL" in found.mend


def test_connection_comes_back(database: Database, tmp_path: Path) -> None:
    """The address that is corrected."""
    [found] = examine(Settings(home=tmp_path, database_url=f"{database.url}_not_there"))
    assert (found.check, found.state) == ("connection", "wrong")
    assert of("connection", database.url, tmp_path).state == "fine"


def test_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of before; there is none here, so its number is made up."""

    def found(number: int) -> Finding:
        conn = SimpleNamespace(info=SimpleNamespace(server_version=number))
        return cast("Finding", surroundings._version(conn))

    old = found((OLDEST - 1) * 10000 + 12)
    assert (old.state, old.mend) == ("wrong", f"Use {OLDEST} or newer.")
    assert found(OLDEST * 10000).state == "fine"


def test_no_instance(server: TestServer, tmp_path: Path) -> None:
    """`pgears init` makes one."""
    with new_database(server) as empty:
        found = of("instance", empty.url, tmp_path)
        assert (found.state, found.mend) == ("doubtful", "pgears init")
        done = pgears(empty, tmp_path, *found.mend.split()[1:])
        assert done.returncode == 0, done.stderr
        assert of("instance", empty.url, tmp_path).state == "fine"


def test_older_instance(
    server: TestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was left at its first revision: `pgears upgrade`."""
    with new_database(server) as old:
        apply.upgrade(old.url)
        with old.connect() as conn:
            # A revision without a step: to the one before, and there again.
            [(before,)] = conn.execute("select version_num from core.alembic_version").fetchall()
        with monkeypatch.context() as patch:
            patch.setattr(apply, "head", lambda: f"{int(before) + 1:04}")
            found = of("instance", old.url, tmp_path)
        assert (found.state, found.mend) == ("wrong", "pgears upgrade")
        done = pgears(old, tmp_path, *found.mend.split()[1:])
        assert done.returncode == 0, done.stderr
        assert of("instance", old.url, tmp_path).state == "fine"


@pytest.mark.parametrize(("oldest", "state"), [("0001", "doubtful"), ("9999", "wrong")])
def test_newer_instance(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    oldest: str,
    state: str,
) -> None:
    """Works until the schema has left this version behind; the newer version mends both."""
    head = apply.head()
    with database.connect() as conn:
        conn.execute("update core.alembic_version set version_num = '9999'")
        conn.execute(f"update core.setting set value = '\"{oldest}\"' where code = 'oldest_runner'")
    found = of("instance", database.url, tmp_path)
    assert (found.state, "Install the newer pgears" in found.mend) == (state, True), found
    monkeypatch.setattr(apply, "head", lambda: "9999")
    assert of("instance", database.url, tmp_path).state == "fine"
    assert head != "9999"


def test_copy_is_told_what_it_is(database: Database, tmp_path: Path) -> None:
    """`pgears environment NAME`."""
    with database.connect() as conn:
        conn.execute("update core.setting set value = '\"elsewhere\"' where code = 'place'")
    found = of("environment", database.url, tmp_path)
    assert (found.state, "inert copy" in found.found) == ("wrong", True)
    done = pgears(database, tmp_path, *found.mend.split("pgears ")[1].split()[:1], "test")
    assert done.returncode == 0, done.stderr
    found = of("environment", database.url, tmp_path)
    assert (found.state, found.found) == ("fine", "test")


def test_another_environment_is_expected(database: Database, tmp_path: Path) -> None:
    """The setting is corrected, or the instance is told."""
    expected: Environment = "acceptance"
    found = of("environment", database.url, tmp_path, environment=expected)
    assert (found.state, "PGEARS_ENVIRONMENT=acceptance" in found.found) == ("wrong", True)
    assert "pgears environment NAME" in found.mend
    assert of("environment", database.url, tmp_path).state == "fine"
    done = pgears(database, tmp_path, "environment", expected)
    assert done.returncode == 0, done.stderr
    assert of("environment", database.url, tmp_path, environment=expected).state == "fine"


@contextmanager
def owner(server: TestServer, login: str) -> Iterator[Database]:
    """An empty database, and a login that is no superuser."""
    with new_database(server) as empty, empty.connect() as conn:
        conn.execute(sql.SQL("create role {} login password 'x'").format(sql.Identifier(login)))
        try:
            yield as_login(empty, login, "x")
        finally:
            conn.execute(sql.SQL("drop owned by {}").format(sql.Identifier(login)))
            conn.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))


def test_privileges(server: TestServer, database: Database, tmp_path: Path) -> None:
    """May not create schemas, may not create roles, is not the owner."""
    with owner(server, "doctor_owner") as own, database.connect() as conn:
        found = of("privileges", own.url, tmp_path)
        assert (found.state, found.found) == ("wrong", "may not create schemas")
        conn.execute(found.mend.encode())
        found = of("privileges", own.url, tmp_path)
        assert (found.state, found.found) == ("wrong", "may not create roles")
        conn.execute(found.mend.encode())
        assert of("privileges", own.url, tmp_path).state == "fine"
        # Neither a stranger nor an administrator owns the instance; nobody gets a traceback.
        other = as_login(database, "doctor_owner", "x")
        for grant in ("", "grant pgears_admin to doctor_owner"):
            conn.execute(grant.encode() or b"select 1")
            found = of("privileges", other.url, tmp_path)
            assert (found.state, "Connect as" in found.mend) == ("wrong", True), found
        assert of("privileges", database.url, tmp_path).state == "fine"


def test_clock(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is a minute late; a time service would set it right."""

    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) - timedelta(minutes=1)

    with monkeypatch.context() as patch:
        patch.setattr(surroundings, "datetime", Late)
        found = of("clock", database.url, tmp_path)
    assert (found.state, "60." in found.found) == ("doubtful", True)
    assert found.mend == "Run a time service on both."
    assert of("clock", database.url, tmp_path).state == "fine"
    assert datetime.now(UTC) > Late.now(UTC)


def test_settings_of_the_server(tmp_path: Path) -> None:
    """Unsafe ones, too few connections: found, set as told, and well after a restart."""
    unsafe = {"fsync": "off", "full_page_writes": "off", "max_connections": "20"}
    mended = {"fsync": "on", "full_page_writes": "on", "max_connections": "50"}
    for given, state in ((unsafe, {"wrong", "doubtful"}), (mended, {"fine"})):
        folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
        folder.chmod(0o755)
        try:
            with child_server(folder, {**SETTINGS, **given}) as url:
                apply.upgrade(url)
                found = {name: of(name, url, tmp_path) for name in given}
        finally:
            shutil.rmtree(folder)
        assert {each.state for each in found.values()} == state
        if given is unsafe:
            assert found["fsync"].mend.startswith("Set fsync = on")
            assert found["full_page_writes"].mend.startswith("Set full_page_writes = on")
            assert found["max_connections"].mend == "Set 50 or more."


def test_encoding(server: TestServer, tmp_path: Path) -> None:
    """A database that cannot hold all letters; one with UTF8 can."""
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(
            "create database doctor_ascii encoding 'SQL_ASCII' locale 'C' template template0"
        )
        try:
            found = of("encoding", server.url_of("doctor_ascii"), tmp_path)
            assert (found.state, "with encoding UTF8" in found.mend) == ("wrong", True)
        finally:
            conn.execute("drop database doctor_ascii with (force)")
        conn.execute("create database doctor_utf8 encoding 'UTF8' template template0")
        try:
            assert of("encoding", server.url_of("doctor_utf8"), tmp_path).state == "fine"
        finally:
            conn.execute("drop database doctor_utf8 with (force)")


RIGHTS: list[tuple[str, str, str, str]] = [
    (
        "drop role doctor_ann",
        "the PostgreSQL role was dropped",
        "access.create_account()",
        "select access.create_account('doctor_ann')",
    ),
    (
        "alter role doctor_ann bypassrls",
        "sees every row",
        "another account",
        "alter role doctor_ann nobypassrls",
    ),
    (
        "grant {reader} to doctor_ann",
        "past access.grant_role()",
        "access.grant_role() makes it known",
        "select access.grant_role('doctor_ann', 'reader')",
    ),
    (
        "select access.grant_role('doctor_ann', 'reader'); revoke {reader} from doctor_ann",
        "not a member of",
        "access.grant_role() gives it again",
        "select access.grant_role('doctor_ann', 'reader')",
    ),
    (
        "alter table {ticket} disable row level security",
        "row security of",
        "pgears upgrade",
        "select meta.rebuild()",
    ),
    (
        "create role doctor_service login superuser; grant pgears_runner to doctor_service",
        "has more rights than its process needs",
        "pgears account service",
        "revoke pgears_runner from doctor_service",
    ),
    (
        "grant pgears_admin to doctor_ann",
        "service logins may take it on, and it administers",
        "pgears upgrade",
        "select meta.rebuild()",
    ),
]


@pytest.mark.parametrize(("fault", "says", "mend", "carried_out"), RIGHTS)
def test_rights(company: Company, fault: str, says: str, mend: str, carried_out: str) -> None:
    """Done by hand, past the functions of access; what is told undoes it."""
    conn = company.conn
    company.role("reader", {"class": "ticket", "allow": ["read"]})
    company.account("doctor_ann")
    conn.execute("select access.ensure_accounts_group()")
    names = {
        "reader": sql.Identifier(company.scalar("select access.group_name('reader')")),
        "ticket": company.ticket.table,
    }

    def told() -> list[str]:
        return [row["mend"] for row in findings(conn) if says in row["finding"]]

    assert told() == []
    conn.execute(sql.SQL(fault).format(**names))
    [found] = told()
    assert mend in found
    conn.execute(carried_out.encode())
    assert told() == []


def test_roles_that_show_what_another_hides(company: Company) -> None:
    """Given past access.grant_role(), which refuses it: one of them is taken away."""
    reading = {"class": "ticket", "allow": ["read"]}
    company.role("hiding", {**reading, "hide": ["note"]})
    company.units()
    company.role("showing", {**reading, "scope": "units", "column": "unit"})
    company.account("doctor_ann")
    company.grant("doctor_ann", "hiding")
    showing = sql.Identifier(company.scalar("select access.group_name('showing')"))

    def told() -> list[str]:
        rows = [row for row in findings(company.conn) if "Take one" in row["mend"]]
        return [row["finding"] for row in rows]

    assert told() == []
    company.conn.execute(sql.SQL("grant {} to doctor_ann").format(showing))
    [found] = told()
    assert "note" in found
    company.conn.execute(sql.SQL("revoke {} from doctor_ann").format(showing))
    assert told() == []


def test_group_of_a_role_is_missing(company: Company) -> None:
    """`pgears upgrade` makes it, and members are granted again."""
    company.role("reader", {"class": "ticket", "allow": ["read"]})
    company.account("doctor_ann")
    company.grant("doctor_ann", "reader")
    group = sql.Identifier(company.scalar("select access.group_name('reader')"))

    def told() -> list[str]:
        return [row["mend"] for row in findings(company.conn) if row["name"] == "reader"]

    assert told() == []
    company.conn.execute(sql.SQL("drop owned by {}; drop role {}").format(group, group))
    assert told() == ["pgears upgrade makes it; members must be granted again."]
    company.conn.execute("select meta.rebuild()")
    company.grant("doctor_ann", "reader")
    assert told() == []
    assert [row for row in findings(company.conn) if row["name"] == "doctor_ann"] == []
