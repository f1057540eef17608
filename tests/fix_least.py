"""Service logins in tests: what `pgears account service` makes, for one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote
from uuid import uuid4

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from runner.accounts import create_service

from .fix_database import Database

PASSWORD = "a password of a service in the tests"


def as_login(database: Database, login: str, password: str = PASSWORD) -> Database:
    """The same database for another login."""
    parts = conninfo_to_dict(database.url)
    who = f"{quote(login)}:{quote(password, safe='')}"
    address = f"{parts['host']}:{parts['port']}/{database.name}"
    return replace(database, url=f"postgresql://{who}@{address}")


@contextmanager
def service_login(database: Database, kind: str, password: str = PASSWORD) -> Iterator[Database]:
    """The database as a service login of its own sees it; the login is dropped in the end."""
    login = f"least_{kind}_{uuid4().hex[:12]}"
    with database.connect() as conn:
        create_service(conn, login, kind, password)
    try:
        yield as_login(database, login, password)
    finally:
        with database.connect() as conn:
            conn.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))


def drop_accounts_group(database: Database) -> None:
    """Group roles outlive their database."""
    with database.connect() as conn:
        name = sql.Identifier(f"{database.name}:accounts")
        conn.execute(sql.SQL("drop role if exists {}").format(name))
