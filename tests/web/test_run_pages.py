"""Runs of imports and exports on pages: counters, rows in error, and the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.batch.exporter import request_export, run_export
from runner.batch.importer import request_import, run_import
from tests.fix_database import Database
from tests.fix_pages import Visitor
from tests.fix_web import ROLES, WebServer

CSV = b"name,email\nImported,kept@example.org\n<b>Bad</b>,nothing\n"


@pytest.fixture(scope="module")
def runs(
    web_database: Database, visitors: dict[str, Visitor], tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, int]:
    """An import and an export of Ann's, done: their numbers."""
    assert visitors
    folder = tmp_path_factory.mktemp("runs")
    file = Path(folder, "people & more.csv")
    file.write_bytes(CSV)
    with web_database.connect() as conn:
        (model,) = (
            conn.execute("select id from meta.model where code = 'helpdesk'").fetchone() or ()
        )
        for kind, definition in (
            ("import", {"class": "helpdesk.customer", "match": ["email"], "keep_file": True}),
            ("export", {"class": "helpdesk.customer", "columns": ["name", "email"]}),
        ):
            conn.execute(
                f"select batch.set_{kind}(%s, 'kept', %s)".encode(), (model, Jsonb(definition))
            )
        rights: list[Any] = [{kind: "kept", "allow": ["start"]} for kind in ("import", "export")]
        rights.extend(ROLES["web_desk"])
        conn.execute(
            "select access.set_role(%s, 'web_desk', %s)", (model, Jsonb({"rights": rights}))
        )
        imported = request_import(conn, "helpdesk.kept", file, account="web_ann")
        assert run_import(web_database.url, imported, file).state == "done"
        exported = request_export(conn, "helpdesk.kept", "web_ann")
        assert run_export(web_database.url, exported, home=folder).state == "done"
    return imported, exported


def test_a_run_tells_what_became_of_the_file(anna: Visitor, runs: tuple[int, int]) -> None:
    """Counters, and each row in error with line, column, value and reason."""
    listed = anna.get("/pages/runs").text
    assert f'href="/pages/runs/import/{runs[0]}"' in listed
    assert "people &amp; more.csv" in listed
    page = anna.get(f"/pages/runs/import/{runs[0]}").text
    assert "nothing" in page
    assert "email" in page
    assert "<b>Bad</b>" not in page
    errors = anna.get(f"/pages/runs/import/{runs[0]}/errors")
    assert errors.headers["content-type"].startswith("text/csv")
    assert errors.text.splitlines()[0] == "line,column,value,reason"
    assert errors.text.splitlines()[1].startswith("3,email,nothing,")


def test_files_of_runs_come_as_they_were(anna: Visitor, runs: tuple[int, int]) -> None:
    """The kept file byte for byte under its name, and the file of an export."""
    kept = anna.get(f"/pages/runs/import/{runs[0]}/file")
    assert kept.content == CSV
    assert "people%20%26%20more.csv" in kept.headers["content-disposition"]
    exported = anna.get(f"/pages/runs/export/{runs[1]}/file")
    assert b"kept@example.org" in exported.content


@pytest.mark.parametrize("address", ["", "/file", "/errors"])
def test_runs_of_others_are_not_there(ben: Visitor, runs: tuple[int, int], address: str) -> None:
    """Unless a role may view the log."""
    assert ben.get(f"/pages/runs/import/{runs[0]}{address}").status_code == 404
    assert f"/pages/runs/import/{runs[0]}" not in ben.get("/pages/runs").text


def test_over_http_too(web: WebServer, runs: tuple[int, int]) -> None:
    """The same views, the same rights."""
    ann, ben = web.client("web_ann"), web.client("web_ben")
    query = f"/run_file?kind=eq.import&run=eq.{runs[0]}&select=content"
    kept = ann.get(query, headers={"Accept": "application/octet-stream"})
    assert kept.content == CSV
    assert ben.get(f"/run_file?run=eq.{runs[0]}").json() == []
    assert ben.get(f"/import_error?run=eq.{runs[0]}").json() == []


def test_the_right_to_the_log_shows_it(
    ben: Visitor, runs: tuple[int, int], web_database: Database
) -> None:
    """And with it the file."""
    with web_database.connect() as conn:
        (model,) = (
            conn.execute("select id from meta.model where code = 'helpdesk'").fetchone() or ()
        )
        given = [*ROLES["web_look"], {"import": "kept", "allow": ["view_log"]}]
        set_role = "select access.set_role(%s, 'web_look', %s)"
        conn.execute(set_role, (model, Jsonb({"rights": given})))
        try:
            assert ben.get(f"/pages/runs/import/{runs[0]}/file").content == CSV
        finally:
            conn.execute(set_role, (model, Jsonb({"rights": ROLES["web_look"]})))


def test_queries_of_the_log_are_not_all_files(web_database: Database) -> None:
    """Whoever has no run sees no file, though the view reads with its owner's rights."""
    with web_database.connect() as conn:
        conn.execute("set role web_nobody")
        assert conn.execute("select count(*) from api.run_file").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select count(*) from batch.import_run")
