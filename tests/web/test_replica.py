"""GET from a streaming replica, with two real servers, the replica paused and killed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from runner.cluster import free_port, give, identity
from runner.throwaway import wait_ready
from tests.fix_database import Database
from tests.fix_pages import give_password, log_in, settle_roles
from tests.fix_runner import until
from tests.fix_server import TestServer
from tests.fix_web import WebServer, serving

WHERE = """
create function shop.on_replica() returns boolean language sql stable
return pg_is_in_recovery();
create function shop.must_be_primary() returns text language plpgsql stable as $$
begin
  if pg_is_in_recovery() then
    raise feature_not_supported;
  end if;
  return 'primary';
end $$;
grant execute on function shop.on_replica(), shop.must_be_primary() to public;
"""


class Replica:
    """A hot standby made by pg_basebackup."""

    def __init__(self, server: TestServer, folder: Path) -> None:
        self.bin, self.folder, self.port = server.bin, folder, free_port()
        folder.mkdir(mode=0o755)
        give(folder)
        self.data = folder / "data"
        subprocess.run(
            [self.bin / "pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-D", self.data,
             "-d", server.url],
            check=True, cwd="/", **identity(),
        )  # fmt: skip
        with (self.data / "pgears.conf").open("a") as conf:
            conf.write(f"port = '{self.port}'\nhot_standby = 'on'\n")
        parts = {**conninfo_to_dict(server.url), "port": self.port}
        self.admin_url = make_conninfo("", **parts)
        self.start()

    def url_of(self, database: str) -> str:
        """One of its databases."""
        return make_conninfo(self.admin_url, dbname=database)

    def start(self) -> None:
        """Start, and wait until it can be read."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.data], cwd="/", stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, **identity(),
            )  # fmt: skip
        wait_ready(self.admin_url, self.process, self.folder / "log")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It replays nothing for a while."""
        with psycopg.connect(self.admin_url, autocommit=True) as conn:
            conn.execute("select pg_wal_replay_pause()")
            while conn.execute("select pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                time.sleep(0.01)
            yield
            conn.execute("select pg_wal_replay_resume()")


@pytest.fixture
def replica(server: TestServer, own_web_database: Database) -> Iterator[Replica]:
    """A replica of the whole server, the database of the test included."""
    with own_web_database.connect() as conn:
        conn.execute(WHERE)
    folder = Path(tempfile.mkdtemp(prefix="pgears-replica-"))
    folder.chmod(0o755)
    try:
        made = Replica(server, folder / "replica")
        try:
            yield made
        finally:
            made.kill()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def served(own_web_database: Database, replica: Replica, tmp_path: Path) -> Iterator[WebServer]:
    """A service that reads from the replica while that is less than two seconds behind."""
    url = replica.url_of(own_web_database.name)
    with serving(own_web_database, tmp_path, web_replica_url=url, web_replica_lag="2") as server:
        yield server


def on_replica(client: httpx.Client, **headers: str) -> bool:
    """Where a call of a function is answered."""
    answer = client.get("/rpc/on_replica", headers={"Accept-Profile": "shop", **headers})
    assert answer.status_code == 200, answer.text
    return bool(answer.json())


def test_reads_go_to_the_replica(served: WebServer, replica: Replica) -> None:
    """Reads go there, with the same rights; writes, and who asks for it, go to the primary."""
    ben, nobody = served.client("web_ben"), served.client("web_nobody")
    until(lambda: on_replica(ben), "the replica to be used")
    assert not on_replica(ben, Prefer="read=primary")
    answer = ben.get("/helpdesk_ticket?limit=3", headers={"Prefer": "read=primary"})
    assert answer.headers["preference-applied"] == "read=primary"
    both = [
        ben.get("/helpdesk_ticket?select=id,subject,customer(name)&order=id", headers=headers)
        for headers in ({"Prefer": "count=exact"}, {"Prefer": "count=exact, read=primary"})
    ]
    assert both[0].json() == both[1].json()
    assert len(both[0].json()) == 60
    assert nobody.get("/helpdesk_ticket").json()["code"] == "42501"
    assert ben.head("/helpdesk_customer").status_code == 200
    assert ben.post("/helpdesk_ticket", json={"subject": "no"}).status_code == 403
    # What a replica cannot answer, the primary does.
    given = ben.get("/rpc/must_be_primary", headers={"Accept-Profile": "shop"})
    assert given.json() == "primary"


def test_own_writes_are_read(served: WebServer, replica: Replica) -> None:
    """Who has written reads what he wrote, while the replica lags; others read the replica."""
    ann, ben = served.client("web_ann"), served.client("web_ben")
    until(lambda: on_replica(ann), "the replica to be used")
    with replica.paused():
        made = ann.post(
            "/helpdesk_ticket", json={"subject": "Mine"}, headers={"Prefer": "return=minimal"}
        )
        assert made.status_code == 201
        assert len(ann.get("/helpdesk_ticket?subject=eq.Mine").json()) == 1
        assert not on_replica(ann)
        # It is too far behind for everybody after a while.
        until(lambda: not on_replica(ben), "the replica to be too old")
        assert len(ben.get("/helpdesk_ticket?subject=eq.Mine").json()) == 1
    until(lambda: on_replica(ann), "the replica to be used again")
    assert len(ann.get("/helpdesk_ticket?subject=eq.Mine").json()) == 1


def test_what_a_page_wrote_is_read(
    served: WebServer, replica: Replica, own_web_database: Database
) -> None:
    """A form that the account has saved counts as its own write as well."""
    with own_web_database.connect() as conn:
        settle_roles(conn)
        give_password(conn, "web_ann")
    ann, visitor = served.client("web_ann"), log_in(served, "web_ann")
    form = "/pages/helpdesk/ticket/new"
    visitor.get(form)
    until(lambda: on_replica(ann), "the replica to be used")
    with replica.paused():
        made = visitor.post(form, {"has.subject": "1", "subject": "By a page"})
        assert made.status_code == 303, made.text
        assert len(ann.get("/helpdesk_ticket?subject=eq.By a page").json()) == 1


def test_replica_killed(served: WebServer, replica: Replica) -> None:
    """No read fails when it dies; it is used again when it is back."""
    ben = served.client("web_ben")
    until(lambda: on_replica(ben), "the replica to be used")
    replica.kill()
    for _ in range(50):
        assert ben.get("/helpdesk_ticket?limit=1").status_code == 200
    assert not on_replica(ben)
    replica.start()
    until(lambda: on_replica(ben), "the replica to be used again")


def test_replica_that_is_away_at_the_start(own_web_database: Database, tmp_path: Path) -> None:
    """The service starts and answers without it, and a primary is not taken for a replica."""
    with own_web_database.connect() as conn:
        conn.execute(WHERE)
        row = conn.execute(sql.SQL("select current_database()")).fetchone()
    assert row is not None
    gone = make_conninfo(own_web_database.url, port=free_port())
    for url in (gone, own_web_database.url):
        with serving(own_web_database, tmp_path, web_replica_url=url) as server:
            until(lambda s=server: "replica is not used" in s.log.read_text(), "a warning")  # type: ignore[misc]
            assert not on_replica(server.client("web_ben"))
