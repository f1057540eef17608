"""The web service in tests: `pgears serve` as a process, asked over HTTP.

Two schemas are served: api with the helpdesk, and shop, written by hand, with keys of all kinds.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.model import apply as model
from runner.model.file import load
from runner.paths import examples_dir

from .fix_database import Database, new_database
from .fix_runner import PATIENCE, ROOT
from .fix_server import TestServer

SECRET = "a secret of the tests, longer than 32 bytes"
START = 120.0
"""Seconds that a process may take to start: many do, one after the other."""
SHOP = (Path(__file__).parent / "web" / "shop.sql").read_text()


def token(role: str | None, **claims: Any) -> str:
    """A token that the server of the tests accepts."""
    named = {} if role is None else {"role": role}
    return jwt.encode({**named, **claims}, SECRET, algorithm="HS256")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class WebServer:
    """One server process, and clients for it."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, role: str | None = None, **headers: str) -> httpx.Client:
        """A client of an account, or one without a token."""
        given = dict(headers)
        if role is not None:
            given["Authorization"] = f"Bearer {token(role)}"
        made = httpx.Client(base_url=self.url, headers=given, timeout=PATIENCE)
        self.clients.append(made)
        return made

    def stop(self) -> None:
        """SIGTERM and a clean end."""
        for client in self.clients:
            client.close()
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()


@contextmanager
def serving(database: Database, folder: Path, **settings: str) -> Iterator[WebServer]:
    """`pgears serve` on a database until the block ends."""
    clean = {key: value for key, value in os.environ.items() if "PGEARS_" not in key}
    port = free_port()
    given = {
        "database_url": database.url,
        "web_listen": f"127.0.0.1:{port}",
        "web_schemas": "api,shop",
        "web_jwt_secret": SECRET,
        "web_anon_role": "web_guest",
        "web_pool": "4",
        **settings,
    }
    log = folder / f"serve-{port}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "runner", "serve"],
            cwd=folder,
            env={
                **clean,
                **{f"PGEARS_{key.upper()}": value for key, value in given.items() if value},
                "PYTHONPATH": str(ROOT),
            },
            stderr=file,
        )
    server = WebServer(f"http://127.0.0.1:{port}", process, log)
    try:
        deadline = time.monotonic() + START
        while not _answers(server):
            assert time.monotonic() < deadline, log.read_text()
        yield server
        server.stop()
    finally:
        process.kill()
        process.wait()


def _answers(server: WebServer) -> bool:
    assert server.process.poll() is None, server.log.read_text()
    try:
        return httpx.get(f"{server.url}/health/ready").status_code == 200
    except httpx.TransportError:
        time.sleep(0.05)
        return False


READ = ["read"]
ALL = ["read", "insert", "change", "delete", "mass_change", "mass_delete"]
ROLES: dict[str, list[Any]] = {
    "web_desk": [
        *({"class": name, "allow": ALL} for name in ("customer", "agent", "ticket", "note")),
        {"query": "open_tickets", "allow": ["read"]},
    ],
    "web_look": [{"class": name, "allow": READ} for name in ("customer", "ticket")],
}


def fill(conn: psycopg.Connection[Any]) -> None:
    """Helpdesk, shop, and accounts: web_ann may all, web_ben reads, web_guest little."""
    model.apply(conn, load(examples_dir() / "helpdesk" / "model.yaml"))
    helpdesk = conn.execute("select id from meta.model where code = 'helpdesk'").fetchone()
    for role, rights in ROLES.items():
        conn.execute(
            "select access.set_role(%s, %s, %s)",
            (*(helpdesk or ()), role, Jsonb({"rights": rights})),
        )
    for login in ("web_ann", "web_ben", "web_nobody", "web_guest"):
        known = conn.execute("select 1 from pg_roles where rolname = %s", (login,)).fetchone()
        make = "adopt_account(%s)" if known else "create_account(%s, p_can_login => false)"
        conn.execute(f"select access.{make}", (login,))
    conn.execute("select access.grant_role('web_ann', 'web_desk')")
    conn.execute("select access.grant_role('web_ben', 'web_look')")
    conn.execute(SHOP.encode())
    conn.execute(
        """
        insert into api.helpdesk_customer (name, email, city)
        select
          format('Customer %s', n),
          format('c%s@example.org', n),
          (array['Praha', 'Brno', null])[1 + n % 3]
        from generate_series(1, 30) as n;
        insert into api.helpdesk_agent (name, email)
        values ('Petra', 'petra@example.org'), ('Jonas', 'jonas@example.org');
        insert into api.helpdesk_ticket (subject, priority, customer, agent, watchers)
        select
          format('Subject %s', n), 1 + n % 5, c.id, a.id, case n % 2 when 0 then array[a.id] end
        from generate_series(1, 60) as n
        join api.helpdesk_customer as c on c.email = format('c%s@example.org', 1 + n % 20)
        join api.helpdesk_agent as a on a.name = case n % 2 when 0 then 'Petra' else 'Jonas' end
        """
    )


@contextmanager
def filled_database(server: TestServer, template: str) -> Iterator[Database]:
    """A database with helpdesk, shop and accounts; a clone would lack its group roles."""
    with new_database(server, template) as database:
        with database.connect(autocommit=False) as conn:
            fill(conn)
            conn.commit()
        yield database


@pytest.fixture(scope="session")
def web_folder() -> Iterator[Path]:
    """Folder of logs."""
    with tempfile.TemporaryDirectory(prefix="pgears-web-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def web_database(server: TestServer, template: str) -> Iterator[Database]:
    """The database that the session's server reads; tests that write take their own rows."""
    with filled_database(server, template) as database:
        yield database


@pytest.fixture(scope="session")
def web(web_database: Database, web_folder: Path) -> Iterator[WebServer]:
    """The session's server."""
    with serving(web_database, web_folder, web_aggregates="true") as served:
        yield served


@pytest.fixture
def own_web_database(server: TestServer, template: str) -> Iterator[Database]:
    """A database for one test alone."""
    with filled_database(server, template) as database:
        yield database


@pytest.fixture(scope="session")
def ann(web: WebServer) -> httpx.Client:
    """A client that may all."""
    return web.client("web_ann")
