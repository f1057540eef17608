"""Two lives of SQL: migrations and re-applied files end in one schema, whatever the way."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine

from runner import apply
from runner.apply import alembic_config, head, upgrade
from runner.errors import UserError
from runner.paths import sql_dir
from runner.throwaway import child_server
from tests.fix_database import Database, new_database
from tests.fix_server import TestServer

from .dump import COMMITTED, dump

SCRIPTS = ScriptDirectory.from_config(alembic_config())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
def empty(server: TestServer) -> Iterator[Database]:
    """A database without an instance."""
    with new_database(server) as database:
        yield database


def migrate(url: str, revision: str) -> None:
    """Run the migrations alone, up to a revision."""
    config = alembic_config()
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    with engine.begin() as connection:
        apply.driver(connection).execute("create schema if not exists core")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_revisions_are_one_chain() -> None:
    """Numbered without a gap, each behind the one before."""
    assert SCRIPTS.get_heads() == [head()]
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS


def test_committed_schema_is_what_is_installed(server: TestServer, database: Database) -> None:
    """A change of the schema is seen in its review: `make schema` writes it."""
    if server.version != 18:
        pytest.skip("the committed schema is that of PostgreSQL 18")
    assert dump(database.url, server.bin) == COMMITTED.read_text(), "make schema"


def test_second_upgrade_changes_nothing(server: TestServer, database: Database) -> None:
    """Everything re-applied, with classes in place: an equal schema, nothing migrated."""
    with database.connect() as conn:
        conn.execute("""select meta.create_class(meta.create_model('shop', '{}'), 'item',
          '{"columns": {"name": {"type": "text"}}, "archive": true}')""")
    before = dump(database.url, server.bin)
    report = upgrade(database.url)
    assert (report.before, report.after, report.fresh) == (head(), head(), False)
    assert dump(database.url, server.bin) == before


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_upgrade_from_each_revision(
    server: TestServer, empty: Database, database: Database, revision: str
) -> None:
    """An instance left at any revision ends like one installed today."""
    migrate(empty.url, revision)
    report = upgrade(empty.url)
    assert report.before == revision
    assert dump(empty.url, server.bin) == dump(database.url, server.bin)


def test_two_upgrades_at_once(empty: Database) -> None:
    """The second waits for the first, and finds nothing left to migrate."""
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(upgrade, [empty.url, empty.url]))
    assert sorted(report.fresh for report in reports) == [False, True]


def test_two_first_instances_of_a_server_at_once() -> None:
    """The service roles are the server's: two databases make them at the same moment."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
    folder.chmod(0o755)
    try:
        with child_server(folder, {"fsync": "off"}) as url:
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute("create database one")
                conn.execute("create database two")
            urls = [url.removesuffix("postgres") + name for name in ("one", "two")]
            with ProcessPoolExecutor(2, get_context("spawn")) as pool:
                assert [report.fresh for report in pool.map(upgrade, urls)] == [True, True]
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of db/ that upgrade uses, to be spoilt."""
    copy = tmp_path / "db"
    shutil.copytree(sql_dir(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(apply, "sql_dir", lambda: copy)
    return copy


def test_error_names_file_and_line_and_changes_nothing(empty: Database, own_files: Path) -> None:
    """One wrong file: the first install leaves not even a schema."""
    bad = own_files / "functions" / "core" / "zzz.sql"
    bad.write_text(
        "-- Ä comment.\n\ncreate or replace function core.zzz()\nreturns int language sql\n"
        "begin atomic\n  select s.nothing from core.setting as s;\nend;\n"
    )
    with pytest.raises(UserError, match=r"core/zzz\.sql:6: column s\.nothing does not exist"):
        upgrade(empty.url)
    with empty.connect() as conn:
        assert conn.execute("select to_regnamespace('core')").fetchone() == (None,)


def test_killed_upgrade_changes_nothing(
    server: TestServer, database: Database, own_files: Path
) -> None:
    """The connection dies in the middle: the schema is as before, and a repetition works."""
    before = dump(database.url, server.bin)
    slow = own_files / "functions" / "core" / "zzz.sql"
    slow.write_text(
        "create or replace function core.zzz() returns int language sql as 'select 1';\n"
        "comment on function core.zzz() is 'half way'; select pg_sleep(60);\n"
    )
    with ThreadPoolExecutor(1) as pool, database.connect() as conn:
        running = pool.submit(upgrade, database.url)
        kill_sleeper(conn)
        with pytest.raises(UserError, match="nothing has changed"):
            running.result(30)
    slow.unlink()
    assert dump(database.url, server.bin) == before
    assert upgrade(database.url).after == head()


def kill_sleeper(conn: psycopg.Connection) -> None:
    """Wait until the upgrade is in the middle of its files, then end its connection."""
    for _ in range(600):
        killed = conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event = 'PgSleep'"
        ).fetchall()
        if killed:
            return
        threading.Event().wait(0.05)
    pytest.fail("the upgrade never came to its slow file")


def test_foreign_objects_survive(server: TestServer, database: Database) -> None:
    """Tables, functions and views that others made, also upon ours, are there afterwards."""
    with database.connect() as conn:
        conn.execute("create schema mine")
        conn.execute("create table mine.note (id int primary key)")
        conn.execute("create view mine.settings as select code from core.setting")
        conn.execute("create function mine.f() returns int language sql return 1")
    before = dump(database.url, server.bin)
    upgrade(database.url)
    assert dump(database.url, server.bin) == before
    assert '"mine"."settings"' in before


def test_owner_need_not_be_superuser(server: TestServer, empty: Database) -> None:
    """On a managed server: who owns the database and may create roles can install."""
    name = f"owner_{uuid4().hex[:8]}"
    owner, own = psycopg.sql.Identifier(name), psycopg.sql.Identifier(empty.name)
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(psycopg.sql.SQL("create role {} login createrole password 'x'").format(owner))
        try:
            conn.execute(psycopg.sql.SQL("alter database {} owner to {}").format(own, owner))
            url = make_conninfo(empty.url, user=name, password="x")
            assert upgrade(url).fresh
            assert not upgrade(url).fresh
        finally:
            with empty.connect() as inside:
                inside.execute(psycopg.sql.SQL("drop owned by {} cascade").format(owner))
            conn.execute(psycopg.sql.SQL("alter database {} owner to current_user").format(own))
            conn.execute(psycopg.sql.SQL("drop role {}").format(owner))
