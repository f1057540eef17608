"""Synchronisations in tests: a class of goods, and the same goods in another database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from runner.sync.work import do_run

from .fix_database import Database, new_database
from .fix_meta import ClassTable, Definitions
from .fix_server import TestServer
from .peers import mariadb

COLUMNS: dict[str, dict[str, Any]] = {
    "number": {"type": "text", "mandatory": True},
    "name": {"type": "text"},
    "note": {"type": "long_text"},
    "amount": {"type": "integer"},
    "price": {"type": "decimal"},
    "active": {"type": "boolean"},
    "since": {"type": "date"},
    "seen": {"type": "timestamp"},
}
MAPPING = {
    "number": "id",
    "name": "name",
    "note": "note",
    "amount": "amount",
    "price": "price",
    "active": "active",
    "since": "since_day",
    "seen": "seen_at",
}


TABLES = {
    "sqlite": (
        "create table goods (id varchar(40) primary key, name varchar(200), note text,"
        " amount integer, price numeric(12, 2), active boolean, since_day date, seen_at timestamp)"
    ),
    "mariadb": (
        "create table goods (id varchar(40) collate utf8mb4_bin primary key, name varchar(200),"
        " note longtext, amount bigint, price decimal(12, 2), active boolean, since_day date,"
        " seen_at datetime(6)) default charset utf8mb4 collate utf8mb4_bin"
    ),
    "postgresql": (
        "create table goods (id varchar(40) primary key, name varchar(200), note text,"
        " amount integer, price numeric(12, 2), active boolean, since_day date,"
        " seen_at timestamptz)"
    ),
}


@dataclass
class Other:
    """Another database with a table of goods."""

    name: str
    url: str
    engine: Engine

    def do(self, statement: str, *rows: dict[str, Any]) -> Any:
        """Execute and commit."""
        with self.engine.begin() as connection:
            done = connection.execute(text(statement), list(rows) or None)
            return done.fetchall() if done.returns_rows else done.rowcount

    def put(self, *rows: dict[str, Any]) -> None:
        """Insert rows; columns left out are null."""
        columns = ", ".join(MAPPING.values())
        marks = ", ".join(f":{name}" for name in MAPPING.values())
        filled = [dict.fromkeys(MAPPING.values()) | row for row in rows]
        self.do(f"insert into goods ({columns}) values ({marks})", *filled)


def other(url: str) -> Other:
    """Open another database."""
    engine = create_engine(url, poolclass=NullPool)
    return Other(engine.dialect.name, url, engine)


@dataclass
class Place:
    """An instance with a class shop.good."""

    database: Database
    conn: psycopg.Connection[Any]
    good: ClassTable
    environment: pytest.MonkeyPatch
    syncs: int = field(default=0)

    def define(self, code: str, other: Other | None, **definition: Any) -> int:
        """Make a synchronisation of shop.good."""
        given = {
            "class": "good",
            "direction": "in",
            "table": "goods",
            "columns": MAPPING,
            "keys": ["number"],
            **definition,
        }
        if "select" in given:
            del given["table"]
        if other is not None:
            name = f"SYNC_{uuid4().hex}"
            self.environment.setenv(name, other.url)
            given["url"] = f"env:{name}"
        return int(
            self.one(
                "select sync.set_sync((select id from meta.model where code = 'shop'), %s, %s)",
                code,
                Jsonb(given),
            )
        )

    def one(self, query: str, *values: Any) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        return None if row is None else row[0]

    def run(self, code: str, *, plan: bool = False, force: bool = False) -> dict[str, Any]:
        """Synchronise as the command does."""
        run = self.one(
            "select sync.new_run(sync.definition_id(%s), 'manual', %s, %s)", code, plan, force
        )
        return do_run(self.database.url, int(run))

    def numbers(self, code: str, **options: bool) -> tuple[Any, ...]:
        """Synchronise, and give state and numbers of inserts, updates, deletes."""
        result = self.run(code, **options)
        return tuple(result[name] for name in ("state", "inserted", "updated", "deleted"))

    def goods(self, *codes: str) -> list[tuple[Any, ...]]:
        """Rows of the class by key, in order of it."""
        columns = [self.good.column(code) for code in codes or COLUMNS]
        return self.conn.execute(
            sql.SQL("select {} from {} where deleted is null order by {} collate {}").format(
                sql.SQL(", ").join(columns),
                self.good.table,
                self.good.column("number"),
                sql.Identifier("C"),
            )
        ).fetchall()

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a query by name."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()


@contextmanager
def new_place(database: Database, environment: pytest.MonkeyPatch) -> Iterator[Place]:
    """A class of goods in a database."""
    with database.connect() as conn:
        good = Definitions(conn).create_class("shop.good", COLUMNS, archive=True)
        yield Place(database, conn, good, environment)


def sorted_rows(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of another database as tuples, by the first column."""
    return sorted((tuple(row) for row in rows), key=lambda row: str(row[0]))


@pytest.fixture
def shop(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An instance of one's own with a class of goods."""
    with new_place(database, monkeypatch) as place:
        yield place


@pytest.fixture
def sqlite(tmp_path: Path) -> Other:
    """A file of SQLite with a table of goods."""
    made = other(f"sqlite:///{tmp_path / 'goods.db'}")
    made.do(TABLES["sqlite"])
    return made


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    """A MariaDB of this session."""
    reason = mariadb.missing()
    if reason is not None:
        pytest.skip(reason)
    with mariadb.mariadb() as url:
        yield url


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def goods(request: pytest.FixtureRequest, tmp_path: Path, server: TestServer) -> Iterator[Other]:
    """An empty table of goods in each of three kinds of databases."""
    if request.param == "sqlite":
        made = other(f"sqlite:///{tmp_path / 'goods.db'}")
        made.do(TABLES["sqlite"])
        yield made
    elif request.param == "mariadb":
        made = other(request.getfixturevalue("mariadb_url"))
        made.do("drop table if exists goods")
        made.do(TABLES["mariadb"])
        yield made
    else:
        with new_database(server) as database:
            made = other(database.url.replace("postgresql://", "postgresql+psycopg://"))
            made.do(TABLES["postgresql"])
            yield made
