"""An upgrade while others work: writers through views, and runners of the version before.

The version after this one is made up: a copy of db/ with one revision more.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from runner import apply, instance
from runner.apply import head, upgrade
from runner.config import Settings
from runner.doctor import examine
from runner.errors import UserError
from runner.model.apply import apply as apply_model
from runner.model.file import load
from runner.paths import sql_dir
from runner.throwaway import child_server
from tests.fix_database import Database, new_database
from tests.fix_runner import Workplace, until
from tests.fix_server import TestServer

NEXT = f"{int(head()) + 1:04}"
MODEL = """
model: shop
classes:
  item:
    archive: true
    columns:
      name: {type: text, mandatory: true}
rules:
  told:
    class: item
    event: after_insert
    enqueue: act
"""

EXPAND = """
alter table queue.task add column note text;
alter table mail.message add column note text default 'none';
alter table queue.runner add column machine text;
drop function queue.kinds();
"""


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make `upgrade` of this process that of a later version, whose revision has this SQL."""

    def make(statements: str) -> Path:
        copy = tmp_path / "db"
        shutil.copytree(sql_dir(), copy, ignore=shutil.ignore_patterns("__pycache__"))
        versions = copy / "migrations" / "versions"
        [last] = [path for path in versions.glob("*.py") if path.name.startswith(head())]
        text = last.read_text().replace(f'revision = "{head()}"', f'revision = "{NEXT}"', 1)
        [before] = [line for line in text.splitlines() if line.startswith("down_revision")]
        (versions / f"{NEXT}_next.py").write_text(
            text.replace(before, f'down_revision = "{head()}"')
        )
        (versions / f"{NEXT}_next.sql").write_text(statements)
        monkeypatch.setattr(apply, "sql_dir", lambda: copy)
        return copy

    return make


class Writers:
    """Sessions that write through a view and never wait longer for a lock than they should."""

    def __init__(self, database: Database, number: int = 4) -> None:
        self.database = database
        self.stop = threading.Event()
        self.written: list[int] = []
        self.pool = ThreadPoolExecutor(number)
        self.futures: list[Future[None]] = [
            self.pool.submit(self._write, writer) for writer in range(number)
        ]

    def _write(self, writer: int) -> None:
        with self.database.connect() as conn:
            conn.execute("set lock_timeout = '20s'")
            number = 0
            while not self.stop.is_set():
                with conn.transaction():
                    row = conn.execute(
                        "insert into api.shop_item (name) values (%s) returning id",
                        (f"{writer}-{number}",),
                    ).fetchone()
                    assert row is not None
                    conn.execute(
                        "update api.shop_item set name = name || '+' where id = %s", (row[0],)
                    )
                self.written.append(row[0])
                number += 1

    def more(self, number: int = 20) -> None:
        """Wait until so many more rows were written."""
        wanted = len(self.written) + number
        until(
            lambda: len(self.written) >= wanted or any(f.done() for f in self.futures),
            "writers to write",
        )

    def end(self) -> list[int]:
        """Stop them; an error of one is raised here."""
        self.stop.set()
        for future in self.futures:
            future.result(60)
        return self.written


@contextmanager
def writers(database: Database) -> Iterator[Writers]:
    """Writers at work, stopped in the end."""
    crowd = Writers(database)
    try:
        crowd.more()
        yield crowd
    finally:
        crowd.stop.set()
        crowd.pool.shutdown()


def make_shop(conn: psycopg.Connection) -> None:
    """A class with an archive and a rule that causes a task of each row."""
    conn.execute("select queue.register_kind('act')")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(MODEL)
        file.flush()
        apply_model(conn, load(Path(file.name)))


def test_writers_and_an_old_runner_go_on(
    workplace: Workplace, next_version: Callable[[str], Path]
) -> None:
    """Several upgrades under load: no write fails, no task is lost or done twice."""
    make_shop(workplace.conn)
    runner = workplace.start()
    next_version(EXPAND)
    with writers(workplace.database) as crowd:
        for _ in range(3):
            assert upgrade(workplace.database.url).after == NEXT
            crowd.more()
        rows = crowd.end()
    assert workplace.count("select count(*) from api.shop_item where name ~ '[+]$'") == len(rows)
    until(lambda: workplace.count("select count(*) from act") >= len(rows), "every task done")
    assert workplace.count("select count(distinct task) from act") == len(rows)
    assert workplace.count("select count(*) from act") == len(rows)
    assert workplace.count("select count(*) from queue.task_list where state = 'dead'") == 0
    assert runner.process.poll() is None, runner.log.read_text()
    runner.stop()


def test_an_old_runner_starts_with_a_newer_schema_until_it_contracts(
    workplace: Workplace, next_version: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expanded: it works. Contracted: one that runs ends by itself, and none starts."""
    settings = Settings(database_url=workplace.database.url)
    now = head()
    copy = next_version(EXPAND)
    upgrade(workplace.database.url)
    monkeypatch.setattr(apply, "head", lambda: now)
    monkeypatch.setattr(instance, "head", lambda: now)
    runner = workplace.start()
    workplace.wait_for(workplace.enqueue("act"))

    assert [found.state for found in examine(settings) if found.check == "instance"] == ["doubtful"]
    contract = f"""update core.setting set value = '"{NEXT}"' where code = 'oldest_runner'"""
    (copy / "functions" / "core" / "zzz.sql").write_text(contract)
    upgrade(workplace.database.url)
    assert runner.process.wait(60) == 1
    assert f"needs a pgears of revision {NEXT} or newer" in runner.log.read_text()
    assert [found.state for found in examine(settings) if found.check == "instance"] == ["wrong"]
    refused = workplace.start("late", listening=None)
    assert refused.process.wait(60) == 1
    said = refused.log.read_text()
    assert f"needs a pgears of revision {NEXT} or newer" in said
    assert "Traceback" not in said


def test_a_runner_refuses_a_schema_older_than_itself(workplace: Workplace) -> None:
    """The order is: upgrade first, then the runners."""
    workplace.conn.execute("update core.alembic_version set version_num = '0026'")
    runner = workplace.start(listening=None)
    assert runner.process.wait(60) == 1
    assert "pgears upgrade" in runner.log.read_text()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into api.shop_item (name) values ('held')",  # against locks of class tables
        "select count(*) from queue.status",  # against locks of the system's views
        "lock table queue.task in access share mode",  # against locks of the revision
    ],
)
def test_a_blocked_upgrade_blocks_nobody(
    database: Database, next_version: Callable[[str], Path], statement: str
) -> None:
    """Behind a transaction that stays open, others write all the time; then the upgrade ends."""
    with database.connect() as conn:
        make_shop(conn)
    next_version(EXPAND)
    with (
        ThreadPoolExecutor(1) as pool,
        database.connect(autocommit=False) as blocker,
        writers(database) as crowd,
    ):
        blocker.execute(statement.encode())
        running = pool.submit(upgrade, database.url)
        crowd.more(200)
        assert not running.done()
        blocker.rollback()
        assert running.result(60).after == NEXT
        crowd.more()
        crowd.end()


def test_the_end_of_patience_names_who_is_in_the_way(database: Database) -> None:
    """Nothing has changed then, and the message says what to look at."""
    with database.connect() as conn:
        make_shop(conn)
    with database.connect(autocommit=False) as blocker:
        blocker.execute("insert into api.shop_item (name) values ('held')")
        with pytest.raises(UserError, match="nothing has changed") as refused:
            upgrade(database.url, patience=1)
        assert f"process {blocker.info.backend_pid} " in str(refused.value.hint)
    assert upgrade(database.url, patience=1).after == head()


@pytest.mark.slow
def test_an_autovacuum_gives_way(server: TestServer) -> None:
    """It ends only for who waits for a second; for it the upgrade does, with nothing in hand."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
    folder.chmod(0o755)
    settings = {"fsync": "off", "autovacuum_naptime": "1s"}
    try:
        with child_server(folder, settings, server.bin) as url:
            own = TestServer(url, server.version, server.bin)
            with new_database(own) as database:
                upgrade(database.url)
                with database.connect() as conn:
                    make_shop(conn)
                    table = fill_for_hours(conn)
                    until(lambda: autovacuums(conn, table), "an autovacuum")
                    pid = autovacuums(conn, table)
                    assert upgrade(database.url, patience=60).after == head()
                    assert pid != autovacuums(conn, table)
    finally:
        shutil.rmtree(folder)


def fill_for_hours(conn: psycopg.Connection) -> str:
    """Fill the class table with what an autovacuum, as slow as can be set, takes hours for."""
    row = conn.execute(
        "select 'data.datarow_' || c.id from meta.class as c where c.code = 'item'"
    ).fetchone()
    assert row is not None
    table = str(row[0])
    conn.execute(
        f"alter table {table} set (autovacuum_vacuum_cost_delay = 100,"
        " autovacuum_vacuum_cost_limit = 1)".encode()
    )
    conn.execute(
        "insert into api.shop_item (name) select 'x' || n from generate_series(1, 20000) n"
    )
    conn.execute("update api.shop_item set name = name || '+'")
    return table


def autovacuums(conn: psycopg.Connection, table: str) -> int:
    """Process of the autovacuum of a table; 0 when there is none."""
    row = conn.execute(
        "select pid from pg_stat_progress_vacuum where relid = %s::regclass", (table,)
    ).fetchone()
    return 0 if row is None else int(row[0])
