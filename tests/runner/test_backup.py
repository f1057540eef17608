"""Backup and restore by the commands: what comes back, and that a copy is inert until told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from runner.accounts import create_account
from runner.binaries import copy_programs
from runner.cluster import Cluster, free_port, give, reaches
from runner.embedded import start
from runner.throwaway import child_server
from tests.fix_database import Database, new_database
from tests.fix_rights import Company, company_on
from tests.fix_runner import until
from tests.fix_server import TestServer
from tests.schema.dump import NOISE

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def pgears(server: TestServer, tmp_path: Path) -> Run:
    """Run a command on a database, with PGEARS_* of its own."""

    def run(url: str, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
        given = {
            "database_url": url,
            "home": str(tmp_path / "home"),
            "pg_bin": str(server.bin),
            **settings,
        }
        return subprocess.run(
            [sys.executable, "-m", "runner", *arguments],
            cwd=tmp_path,
            env={
                **clean,
                **{f"PGEARS_{name.upper()}": value for name, value in given.items()},
                "PYTHONPATH": str(ROOT),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


@pytest.fixture
def second_server(server: TestServer) -> Iterator[TestServer]:
    """A server that has no role of ours yet."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
    folder.chmod(0o755)
    try:
        with child_server(folder, {"fsync": "off"}, server.bin) as url:
            yield TestServer(url, server.version, server.bin)
    finally:
        shutil.rmtree(folder)


@dataclass
class Firm:
    """A company with rows under rights; roles of a server that end with the test."""

    database: Database
    company: Company
    ann: str
    bob: str
    password: str

    @property
    def conn(self) -> psycopg.Connection:
        """The owner's connection."""
        return self.company.conn


@pytest.fixture
def firm(database: Database) -> Iterator[Firm]:
    """Accounts with passwords, a role by unit, an archive, a view and a schema of others."""
    mark = uuid.uuid4().hex[:8]
    ann, bob = f"ann_{mark}", f"bob_{mark}"
    with database.connect() as conn:
        company = company_on(conn)
        units = company.tree(None, 0, 0)
        company.units()
        company.role(
            "agent",
            {
                "class": "ticket", "allow": ["read", "insert", "change"],
                "scope": "units", "column": "unit", "depth": 1,
            },
        )  # fmt: skip
        for login in (ann, bob):
            create_account(conn, login, password="correct horse")
        company.grant(ann, "agent")
        company.join(ann, units[1])
        for number in range(30):
            company.ticket.insert(subject=f"t{number}", unit=units[number % 3])
        conn.execute("update api.firm_ticket set note = 'changed' where id % 2 = 0")
        company.ticket.delete(3)
        conn.execute("create schema mine")
        conn.execute("create view mine.report as select id, subject from api.firm_ticket")
        conn.execute(sql.SQL("alter view mine.report owner to {}").format(sql.Identifier(ann)))
        yield Firm(database, company, ann, bob, "correct horse")
    with database.connect() as conn:
        for login in (ann, bob):
            conn.execute(sql.SQL("drop owned by {} cascade").format(sql.Identifier(login)))
            conn.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))
        conn.execute(sql.SQL("drop owned by {}").format(sql.Identifier(f"{database.name}.agent")))
        conn.execute(sql.SQL("drop role {}").format(sql.Identifier(f"{database.name}.agent")))


def whole(url: str, bin: Path) -> str:
    """Schema, rows, owners and privileges as text."""
    done = subprocess.run([bin / "pg_dump", url], capture_output=True, text=True, check=True)
    return NOISE.sub("", done.stdout)


def seen_by(url: str, login: str, password: str) -> list[tuple[int, str]]:
    """What an account reads that logs in with its password."""
    with psycopg.connect(make_conninfo(url, user=login, password=password)) as conn:
        return conn.execute("select id, subject from api.firm_ticket order by id").fetchall()


def test_another_server_has_the_same(
    firm: Firm, second_server: TestServer, pgears: Run, tmp_path: Path
) -> None:
    """The same name on a server without our roles: rows, rights, views, owners, passwords."""
    folder = tmp_path / "backup"
    taken = pgears(firm.database.url, "backup", folder)
    assert taken.returncode == 0, taken.stderr
    assert (folder.stat().st_mode & 0o777, (folder / "roles.sql").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
    with psycopg.connect(second_server.url, autocommit=True) as conn:
        conn.execute(sql.SQL("create database {}").format(sql.Identifier(firm.database.name)))
    url = second_server.url_of(firm.database.name)
    done = pgears(url, "restore", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert {firm.ann, firm.bob, f"{firm.database.name}.agent"} <= set(
        json.loads(done.stdout)["roles_made"]
    )
    assert whole(url, second_server.bin) == whole(firm.database.url, second_server.bin)
    expected = seen_by(firm.database.url, firm.ann, firm.password)
    assert 0 < len(expected) < 29
    assert seen_by(url, firm.ann, firm.password) == expected
    with pytest.raises(errors.InsufficientPrivilege):
        seen_by(url, firm.bob, firm.password)
    with pytest.raises(psycopg.OperationalError):
        seen_by(url, firm.ann, "wrong")
    findings = "select kind, name, finding from access.findings order by 1, 2, 3"
    with psycopg.connect(url) as conn:
        assert conn.execute(findings).fetchall() == firm.conn.execute(findings).fetchall()


def test_another_name_on_the_same_server(
    firm: Firm, server: TestServer, pgears: Run, tmp_path: Path
) -> None:
    """Groups under the new name with the same members; the original keeps its own."""
    folder = tmp_path / "backup"
    assert pgears(firm.database.url, "backup", folder).returncode == 0
    expected = seen_by(firm.database.url, firm.ann, firm.password)
    with new_database(server) as copy:
        done = pgears(copy.url, "restore", folder)
        assert done.returncode == 0, done.stderr
        try:
            assert seen_by(copy.url, firm.ann, firm.password) == expected
            assert seen_by(firm.database.url, firm.ann, firm.password) == expected
            with copy.connect() as conn:
                of_original = conn.execute(
                    "select count(*) from pg_policies where %s = any (roles::text[])",
                    (f"{firm.database.name}.agent",),
                ).fetchone()
                assert of_original == (0,)
        finally:
            with copy.connect() as conn:
                group = sql.Identifier(f"{copy.name}.agent")
                conn.execute(sql.SQL("drop owned by {}").format(group))
                conn.execute(sql.SQL("drop role {}").format(group))


def test_what_is_refused(firm: Firm, server: TestServer, pgears: Run, tmp_path: Path) -> None:
    """A folder that exists, a database that is not empty, a backup that is damaged or cut off."""
    folder = tmp_path / "backup"
    assert pgears(firm.database.url, "backup", folder).returncode == 0
    again = pgears(firm.database.url, "backup", folder)
    assert (again.returncode, "exists" in again.stderr) == (1, True)
    filled = pgears(firm.database.url, "restore", folder)
    assert (filled.returncode, "there is an instance" in filled.stderr) == (1, True)
    with new_database(server) as copy:
        nothing = pgears(copy.url, "backup", tmp_path / "none")
        assert (nothing.returncode, "no instance" in nothing.stderr) == (1, True)
        (folder / "roles.sql").write_text("select 1;")
        spoilt = pgears(copy.url, "restore", folder)
        assert (spoilt.returncode, "has changed" in spoilt.stderr) == (1, True)
        (folder / "manifest.json").unlink()
        cut = pgears(copy.url, "restore", folder)
        assert (cut.returncode, "no complete backup" in cut.stderr) == (1, True)
        with copy.connect() as conn:
            assert conn.execute("select to_regnamespace('core')").fetchone() == (None,)


def test_the_feed_goes_on_where_transactions_count_anew(
    firm: Firm, second_server: TestServer, pgears: Run, tmp_path: Path
) -> None:
    """A reader gets what it had not read, and what is written after the restore; nothing twice."""
    conn = firm.conn
    conn.execute("select feed.subscribe('reader')")
    for number in range(6):
        firm.company.ticket.insert(subject=f"feed {number}")
    for change in changes(conn)[:2]:
        conn.execute("select feed.advance('reader', %s::xid8, %s)", change[:2])
    unread = [change[2] for change in changes(conn)]
    assert len(unread) == 4
    assert pgears(firm.database.url, "backup", tmp_path / "backup").returncode == 0
    with psycopg.connect(second_server.url, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(firm.database.name)))
        young = admin.execute("select pg_current_xact_id()::text::bigint").fetchone()
    old = conn.execute("select pg_current_xact_id()::text::bigint").fetchone()
    assert young is not None
    assert old is not None
    assert young < old
    url = second_server.url_of(firm.database.name)
    assert pgears(url, "restore", tmp_path / "backup").returncode == 0
    with psycopg.connect(url, autocommit=True) as copy:
        copy.execute("insert into api.firm_ticket (subject) values ('before it is told')")
        assert pgears(url, "environment", "development").returncode == 0
        copy.execute("insert into api.firm_ticket (subject) values ('after')")
        [before, after] = copy.execute(
            "select array[id] from api.firm_ticket where unit is null order by id desc limit 2"
        ).fetchall()[::-1]
        assert [change[2] for change in changes(copy)] == [*unread, before[0], after[0]]
        # Told once more where it is, nothing changes.
        assert pgears(url, "environment", "test").returncode == 0
        found = changes(copy)
        assert [change[2] for change in found] == [*unread, before[0], after[0]]
        for change in found:
            copy.execute("select feed.advance('reader', %s::xid8, %s)", change[:2])
        assert changes(copy) == []


def changes(conn: psycopg.Connection) -> list[tuple[str, int, list[int]]]:
    """What the reader has not read yet."""
    return conn.execute(
        "select transaction_id::text, position, row_ids from feed.read_changes('reader')"
    ).fetchall()


class World:
    """What an instance can reach: an SMTP server, an HTTP server, a mailbox."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.smtp_port = free_port()
        self.home = folder / "world"
        self.mailbox = folder / "mailbox"
        for part in ("new", "cur", "tmp"):
            (self.mailbox / part).mkdir(parents=True)
        self.calls: list[str] = []
        calls = self.calls

        class Target(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                calls.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        http = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Target))
        Thread(target=http.serve_forever, daemon=True).start()
        stack.callback(http.shutdown)
        self.http_port = http.server_address[1]
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
        sink = subprocess.Popen(
            [sys.executable, "-m", "runner", "sink"],
            env={
                **clean,
                "PGEARS_HOME": str(self.home),
                "PGEARS_SINK_LISTEN": f"127.0.0.1:{self.smtp_port}",
                "PYTHONPATH": str(ROOT),
            },
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(sink.wait)
        stack.callback(sink.terminate)
        assert sink.stdout is not None
        stack.callback(sink.stdout.close)
        assert "sink at" in sink.stdout.readline()

    def put(self, subject: str) -> None:
        """A message comes in."""
        message = EmailMessage()
        message["From"] = "cust@x.example"
        message["To"] = "support@helpdesk.example"
        message["Subject"] = subject
        message["Message-ID"] = f"<{subject}@x.example>"
        message.set_content("text")
        (self.mailbox / "new" / f"1.{subject}.host").write_bytes(bytes(message))

    def state(self) -> tuple[int, int, int]:
        """Mails that arrived, calls that arrived, messages that wait in the mailbox."""
        sent = list((self.home / "sink" / "new").glob("*"))
        return len(sent), len(self.calls), len(list((self.mailbox / "new").iterdir()))


def fill(conn: psycopg.Connection, world: World) -> None:
    """A production instance with mails, a call, a mailbox and a subscription, all due."""
    company = company_on(conn)
    conn.execute("select core.set_environment('production')")
    account = {
        "host": "127.0.0.1", "port": world.smtp_port, "tls": "none", "is_default": True,
        "from_address": "support@helpdesk.example", "timeout_seconds": 5,
    }  # fmt: skip
    conn.execute("select mail.set_account('office', %s)", (Jsonb(account),))
    for number in range(3):
        conn.execute("select mail.send(%s, p_subject => 'due')", (f"p{number}@a.example",))
    target = {"url": f"http://127.0.0.1:{world.http_port}", "allow": ["127.0.0.1"]}
    conn.execute("select http.set_target(%s, 'shop', %s)", (company.model, Jsonb(target)))
    conn.execute("select http.send('firm.shop', p_method => 'POST', p_path => '/order')")
    mailbox = {
        "driver": "maildir", "path": str(world.mailbox), "class": "ticket",
        "mapping": {"subject": "subject"}, "poll_every": "1 second",
    }  # fmt: skip
    conn.execute("select mail.set_mailbox(%s, 'inbox', %s)", (company.model, Jsonb(mailbox)))
    world.put("hello")


def run_once(pgears: Run, url: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The runner, until nothing is ready."""
    return pgears(url, "run", "--once", **settings)


@pytest.mark.parametrize("way", ["restore", "clone"])
def test_a_copy_is_inert_until_told(
    database: Database, server: TestServer, pgears: Run, tmp_path: Path, way: str
) -> None:
    """Nothing leaves it and nothing is fetched; told production, all that is due goes out."""
    with ExitStack() as stack:
        world = World(tmp_path, stack)
        with database.connect() as conn:
            fill(conn, world)
        if way == "restore":
            folder = tmp_path / "backup"
            assert pgears(database.url, "backup", folder).returncode == 0
            copy = stack.enter_context(new_database(server))
            done = pgears(copy.url, "restore", folder)
            assert done.returncode == 0, done.stderr
        else:
            copy = stack.enter_context(cloned(server, database))
        before = world.state()
        assert before == (0, 0, 1)

        refused = run_once(pgears, copy.url)
        assert refused.returncode == 1
        assert "is a copy of a production instance" in refused.stderr
        assert "pgears environment NAME" in refused.stderr
        # Setting the environment of processes tells nothing, upgrading neither.
        assert pgears(copy.url, "upgrade", environment="production").returncode == 0
        assert run_once(pgears, copy.url, environment="production").returncode == 1
        assert world.state() == before
        doctor = pgears(copy.url, "doctor", "--json")
        [finding] = [
            found for found in json.loads(doctor.stdout) if found["check"] == "environment"
        ]
        assert (finding["state"], finding["mend"]) == (
            "wrong",
            "Say what it is with: pgears environment NAME",
        )
        assert json.loads(pgears(copy.url, "status", "--json").stdout)["copy"] is True
        polled = pgears(copy.url, "mailbox", "poll", "inbox")
        assert (polled.returncode, "is a copy" in polled.stderr) == (1, True)
        assert world.state() == before
        with copy.connect() as conn, pytest.raises(errors.DatabaseError, match="is a copy") as held:
            conn.execute("select replica.begin_turn(1, gen_random_uuid())")
        assert held.value.sqlstate == "PG960"

        told = pgears(copy.url, "environment", "production")
        assert (told.returncode, told.stdout) == (0, "production\n")
        assert run_once(pgears, copy.url).returncode == 0
        assert world.state() == (3, 1, 0)
        assert pgears(copy.url, "status", "--json").returncode == 0


def cloned(server: TestServer, database: Database) -> AbstractContextManager[Database]:
    """`create database ... template`, and nothing else."""
    return new_database(server, database.name, told=False)


def test_a_copy_told_test_holds_its_mail(
    database: Database, server: TestServer, pgears: Run, tmp_path: Path
) -> None:
    """It works, fetches its mailbox, and holds what would leave until that is allowed there."""
    with ExitStack() as stack:
        world = World(tmp_path, stack)
        with database.connect() as conn:
            fill(conn, world)
            conn.execute("select mail.set_guard('deliver')")  # counts in production alone
        copy = stack.enter_context(cloned(server, database))
        assert pgears(copy.url, "environment", "test").returncode == 0
        done = run_once(pgears, copy.url)
        assert done.returncode == 0, done.stderr
        assert world.state() == (0, 0, 0)
        with copy.connect() as conn:
            states = "select state, count(*) from mail.message_status group by 1"
            assert conn.execute(states).fetchall() == [("held", 3)]
            conn.execute("select mail.set_guard('deliver')")
            conn.execute("select mail.release()")
        assert run_once(pgears, copy.url).returncode == 0
        assert world.state()[0] == 3


def test_a_process_of_another_environment_is_refused(database: Database, pgears: Run) -> None:
    """What a base backup cannot tell, the environment of the process does."""
    with database.connect() as conn:
        conn.execute("select core.set_environment('production')")
    refused = run_once(pgears, database.url, environment="test")
    assert refused.returncode == 1
    said = "this is a production instance, and the process was started for test"
    assert said in refused.stderr
    web = pgears(database.url, "serve", environment="test", web_listen="127.0.0.1:0")
    assert (web.returncode, said in web.stderr) == (1, True)
    assert run_once(pgears, database.url, environment="production").returncode == 0


def test_hold_stops_a_runner(database: Database, pgears: Run, tmp_path: Path) -> None:
    """An instance that was put on hold has no runner within a heartbeat."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    log = (tmp_path / "log").open("w+")
    runner = subprocess.Popen(
        [sys.executable, "-m", "runner", "run"],
        env={**clean, "PGEARS_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stderr=log,
    )
    try:
        with database.connect() as conn:
            until(
                lambda: conn.execute("select count(*) from queue.runner_status").fetchone() == (1,),
                "a runner",
            )
        assert pgears(database.url, "environment", "--hold").returncode == 0
        assert runner.wait(60) == 1
    finally:
        runner.kill()
        runner.wait()
        log.seek(0)
        text = log.read()
        log.close()
    assert re.search(r"error: this database is a copy", text)


@pytest.fixture
def base_backup(server: TestServer) -> Iterator[Callable[[str], str]]:
    """Take a base backup of the test server, start it elsewhere, and give the URL of a database."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
    folder.chmod(0o755)
    programs = server.bin
    if not reaches(programs / "postgres"):
        programs = copy_programs(programs, folder)
    cluster = Cluster(folder / "postgres", programs)
    cluster.folder.mkdir(mode=0o700)
    give(cluster.folder)
    port = free_port()

    def take(database: str) -> str:
        cluster.run("pg_basebackup", "-d", server.url, "-D", cluster.data, "-c", "fast", "-N")
        cluster.run("pg_verifybackup", cluster.data)
        cluster.configure({"fsync": "off", "port": str(port)})
        start(cluster)
        return make_conninfo(server.url_of(database), port=port)

    try:
        yield take
    finally:
        if (cluster.data / "postmaster.pid").exists():
            cluster.run("pg_ctl", "stop", "-D", cluster.data, "-m", "immediate", "-w")
        shutil.rmtree(folder)


def test_a_base_backup_is_told_apart_from_outside(
    database: Database, base_backup: Callable[[str], str], pgears: Run
) -> None:
    """It has the identity of its original; PGEARS_ENVIRONMENT and --hold guard it."""
    with database.connect() as conn:
        conn.execute("select core.set_environment('production')")
    url = base_backup(database.name)
    shown = json.loads(pgears(url, "environment", "--json").stdout)
    assert shown == {"environment": "production", "copy": False}
    refused = run_once(pgears, url, environment="acceptance")
    assert (refused.returncode, "this is a production instance" in refused.stderr) == (1, True)
    assert pgears(url, "environment", "--hold").returncode == 0
    held = run_once(pgears, url)
    assert (held.returncode, "is a copy of a production instance" in held.stderr) == (1, True)
    assert pgears(url, "environment", "acceptance").returncode == 0
    assert run_once(pgears, url, environment="acceptance").returncode == 0
    assert json.loads(pgears(database.url, "environment", "--json").stdout) == shown
