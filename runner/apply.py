"""Bring a database to this version: migrations, then every file of db/, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from .db import connect
from .errors import UserError
from .paths import sql_dir
from .patience import BUSY, MOMENT, PATIENCE, lock_classes, repeat
from .sqlfiles import SqlFile, sql_files

LOCK_KEY = 0x70676561  # "pgea"


@dataclass(frozen=True)
class Report:
    """What an upgrade did."""

    before: str | None
    after: str
    files: int
    rebuilt: bool

    @property
    def fresh(self) -> bool:
        """True when the database held no instance before."""
        return self.before is None


def upgrade(url: str, *, environment: str | None = None, patience: float = PATIENCE) -> Report:
    """Migrate and re-apply; safe to repeat and to run twice at once.

    With an environment given, the instance's class is set to it, but for a copy: that
    remains inert until somebody says so on purpose.

    The second of two waits for the first and then finds nothing to migrate. A crash or
    an error at any point leaves the database as it was. Where locks are not to be had, it
    begins again, for so many seconds.
    """
    return repeat(url, lambda: _attempt(url, environment), patience)


def _attempt(url: str, environment: str | None) -> Report:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(url, name="pgears upgrade"),
        poolclass=NullPool,
    )
    try:
        with engine.begin() as connection:
            raw = driver(connection)
            raw.execute("select pg_advisory_xact_lock(%s)", (LOCK_KEY,))
            report = _upgrade(connection, raw)
            if environment is not None:
                raw.execute(
                    "select core.set_environment(%s) where not core.is_copy()", (environment,)
                )
            return report
    except OperationalError as error:  # SQLAlchemy's, when even the rollback found no server
        raise UserError(
            "the connection was lost during the upgrade; nothing has changed", "Run it again."
        ) from error


def driver(connection: Connection) -> psycopg.Connection:
    """The psycopg connection below: it sends SQL text untouched."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError(f"not a psycopg connection: {raw!r}")
    return raw


def _upgrade(connection: Connection, raw: psycopg.Connection) -> Report:
    config = alembic_config()
    config.attributes["connection"] = connection
    lock_classes(raw)
    raw.execute(f"set local lock_timeout = '{MOMENT}'")
    raw.execute("set local check_function_bodies = on")
    raw.execute("set local client_min_messages = warning")
    raw.execute("create schema if not exists core")

    before = revision_of(raw)
    command.upgrade(config, "head")
    files = sql_files(sql_dir())
    for file in files:
        apply_file(raw, file)
    rebuilt = _rebuild(raw)
    after = revision_of(raw)
    if after is None:
        raise RuntimeError("the migrations left no revision behind")
    return Report(before, after, len(files), rebuilt)


def alembic_config() -> Config:
    """alembic's configuration without a file, so that it works in the wheel too."""
    config = Config()
    config.set_main_option("script_location", str(sql_dir() / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """The newest revision of this version."""
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


def revision(url: str) -> str | None:
    """The revision a database is at; None when it holds no instance."""
    with connect(url, name="pgears upgrade") as conn:
        return revision_of(conn)


def revision_of(conn: psycopg.Connection) -> str | None:
    """The revision seen by a connection; None when there is no instance."""
    known = conn.execute("select to_regclass('core.alembic_version')").fetchone()
    if known == (None,):
        return None
    row = conn.execute("select version_num from core.alembic_version").fetchone()
    return str(row[0]) if row else None


def apply_file(raw: psycopg.Connection, file: SqlFile) -> None:
    """Run one file; an error names the file and the line."""
    try:
        raw.execute(file.text.encode())
    except BUSY:
        raise
    except psycopg.Error as error:
        where = file.line_of(error.diag.statement_position)
        message = error.diag.message_primary or str(error)
        raise UserError(f"{where}: {message}", error.diag.message_hint) from error


def _rebuild(raw: psycopg.Connection) -> bool:
    """Renew what is generated for each class, where the metadata room is installed."""
    if raw.execute("select to_regprocedure('meta.rebuild()')").fetchone() == (None,):
        return False
    raw.execute("select meta.rebuild()")
    return True
