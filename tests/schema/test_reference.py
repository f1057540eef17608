"""Generated pages of docs/ say what their sources say: `make docs-reference` writes them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.reference import audit, commands, dependencies, privileges, settings, sql

DOCS = dependencies.ROOT / "docs"


def test_settings() -> None:
    """Every setting has a docstring, and the page has it."""
    undocumented = [name for name, (_, words) in settings.documented().items() if not words]
    assert undocumented == []
    assert (DOCS / "settings.md").read_text("utf-8") == settings.page()


def test_commands() -> None:
    """Every command says what it does."""
    silent = [words for words, command in commands.commands() if not command.help]
    assert silent == []
    assert (DOCS / "commands.md").read_text("utf-8") == commands.page()


def test_sql(conn: psycopg.Connection[Any]) -> None:
    """Functions and views that others may call."""
    assert (DOCS / "sql.md").read_text("utf-8") == sql.page(conn)


def test_privileges(conn: psycopg.Connection[Any]) -> None:
    """A right more or less of a process is a change of this page."""
    assert (DOCS / "privileges.md").read_text("utf-8") == privileges.page(conn)


@pytest.mark.parametrize("role", sorted(privileges.ROLES))
def test_processes_name_no_table(conn: psycopg.Connection[Any], role: str) -> None:
    """Only functions and views: of what holds data, one sequence is read, the bell."""
    stored = [
        f"{schema}.{name}"
        for schema, _, holds_data, names in privileges.grants(conn, role)
        if holds_data
        for name in names
    ]
    assert stored == (["queue.bell"] if role == "pgears_runner" else [])
    assert (
        conn.execute(
            """
        select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin
        from pg_roles where rolname = %s
        """,
            (role,),
        ).fetchone()
        == (False,) * 6
    )
    assert conn.execute(
        "select count(*) from pg_auth_members where member = %s::regrole", (role,)
    ).fetchone() == (0,)


def test_dependencies() -> None:
    """Every package of the production lock has a licence of the list, and is on the page."""
    found = dependencies.dependencies()
    assert len(found) > 20
    refused = [d for d in found if not dependencies.allowed(d.licence)]
    assert refused == []
    assert (DOCS / "dependencies.md").read_text("utf-8") == dependencies.page()


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_licence_is_judged(licence: str, fits: bool) -> None:
    """Of alternatives one is enough, of several at once each counts."""
    assert dependencies.allowed(licence) is fits


def test_audit_tells_what_nobody_answered() -> None:
    """A package that was skipped counts as not audited, never as clean."""
    report = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": []},
            {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1"}]},
            {"name": "c", "version": "3", "skip_reason": "c was not found"},
        ]
    }
    found = audit.read(report)
    assert (found.clean, found.vulnerable, found.code) == (1, ["b 2: PYSEC-1"], 1)
    assert any("not audited: 1 packages, because c was not found" in line for line in found.lines())
    nobody = audit.read({"dependencies": report["dependencies"][2:]})
    assert (nobody.clean, nobody.code) == (0, 0)
