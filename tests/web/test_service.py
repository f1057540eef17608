"""The service as a process: starts, refuses to start, outlives its connections."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.fix_database import Database, new_database
from tests.fix_runner import ROOT, until
from tests.fix_server import TestServer
from tests.fix_web import WebServer, serving


def serve(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """`pgears serve` that is expected to end by itself."""
    clean = {key: value for key, value in os.environ.items() if "PGEARS_" not in key}
    given = {f"PGEARS_{key.upper()}": value for key, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "runner", "serve"],
        cwd=folder,
        env={**clean, **given, "PYTHONPATH": str(ROOT), "PGEARS_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_cannot_be_served(server: TestServer, web_database: Database, tmp_path: Path) -> None:
    """No instance, no such schema, a key that is none: one line and a hint."""
    with new_database(server) as empty:
        done = serve(tmp_path, database_url=empty.url)
        assert (done.returncode, "no instance" in done.stderr) == (1, True)
    done = serve(tmp_path, database_url=web_database.url, web_schemas="nope")
    assert (done.returncode, 'no schema "nope"' in done.stderr) == (1, True)
    done = serve(tmp_path, database_url=web_database.url, web_jwt_secret="short")
    assert (done.returncode, "shorter than 32 bytes" in done.stderr) == (1, True)
    done = serve(tmp_path, database_url=web_database.url, web_jwt_secret="env:NOT_SET")
    assert (done.returncode, "cannot be read" in done.stderr) == (1, True)


@pytest.fixture
def lone(web_database: Database, tmp_path: Path) -> Iterator[WebServer]:
    """A server whose secret was made in its home folder."""
    home = tmp_path / "home"
    with serving(web_database, tmp_path, web_jwt_secret="", home=str(home)) as served:
        yield served


def test_a_secret_of_its_own(lone: WebServer, tmp_path: Path) -> None:
    """Made once, for its owner alone; `pgears web token` signs with it."""
    secret = tmp_path / "home" / "web-secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    done = subprocess.run(
        [sys.executable, "-m", "runner", "web", "token", "web_ann"],
        cwd=tmp_path,
        env={**os.environ, "PGEARS_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    bearer = {"Authorization": f"Bearer {done.stdout.strip()}"}
    assert lone.client().get("/helpdesk_ticket?limit=1", headers=bearer).status_code == 200


def test_lost_connections(web_database: Database, tmp_path: Path) -> None:
    """Reads go on over new ones; nobody is told."""
    with serving(web_database, tmp_path, web_pool="3") as served:
        client = served.client("web_ann")
        with ThreadPoolExecutor(6) as several:
            list(several.map(lambda _: client.get("/helpdesk_ticket?limit=1"), range(20)))
        with web_database.connect() as conn:
            killed = conn.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where datname = current_database() and application_name = 'pgears serve'"
            ).fetchone()
            assert killed is not None
            assert killed[0] >= 2
        statuses = [client.get("/helpdesk_ticket?limit=1").status_code for _ in range(5)]
        assert statuses == [200] * 5


def test_prepared_statements_are_kept(web_database: Database, tmp_path: Path) -> None:
    """Refused writes are rolled back, the catalogue is looked at: the statements stay."""
    with serving(web_database, tmp_path, web_pool="1") as served:
        client = served.client("web_ann", **{"Accept-Profile": "shop", "Content-Profile": "shop"})
        one = {"Accept": "application/vnd.pgrst.object+json", "Prefer": "return=representation"}
        for _ in range(8):
            assert client.get("/person?id=eq.1").status_code == 200
            assert client.get("/nothere").status_code == 404
            assert client.patch("/two?a=lt.3", json={"note": "x"}, headers=one).status_code == 406
            assert client.post("/two", json={"a": 1, "b": 1}).status_code == 409


def test_statements_that_were_forgotten(web_database: Database, tmp_path: Path) -> None:
    """As behind a pooler: reads prepare them again."""
    with serving(web_database, tmp_path, web_pool="1") as served:
        client = served.client("web_ann", **{"Content-Profile": "shop", "Accept-Profile": "shop"})
        for _ in range(4):
            assert client.get("/person?id=eq.1").status_code == 200
        assert client.post("/rpc/forget").status_code == 204
        for _ in range(4):
            assert client.get("/person?id=eq.1").status_code == 200


def test_a_request_that_takes_too_long(web_database: Database, tmp_path: Path) -> None:
    """Its statement is cancelled in the server, and the service goes on."""
    with serving(web_database, tmp_path, web_pool="1", web_request_timeout="1.5") as served:
        client = served.client("web_ann", **{"Content-Profile": "shop", "Accept-Profile": "shop"})
        refused = client.post("/rpc/nap", json={"seconds": 300})
        assert (refused.status_code, refused.json()["code"]) == (504, "PG607")
        with web_database.connect() as conn:
            naps = (
                "select count(*) = 0 from pg_stat_activity where state = 'active'"
                " and query like '%nap%' and pid <> pg_backend_pid()"
            )
            until(lambda: conn.execute(naps).fetchone() == (True,), "the end of the nap")
        until(lambda: client.get("/person?limit=1").status_code == 200, "an answer")


def test_headers_from_names_and_functions(shop: httpx.Client) -> None:
    """Names are encoded, and no text of a function ends a header."""
    odd = shop.get("/Odd,%20name?limit=1")
    assert odd.headers["Content-Location"] == "/Odd%2C%20name?limit=1"
    own = shop.post("/rpc/own_error")
    assert (own.status_code, own.json()["code"]) == (444, "OWN")
    assert own.json() == {"code": "OWN", "message": "of one's own", "details": "d", "hint": "h"}
    assert own.headers["X-Own"] == "oneX-Two: two"
    assert "X-Two" not in own.headers
