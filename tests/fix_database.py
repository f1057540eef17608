"""Tests at two prices: a transaction that is rolled back, or a database of one's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from runner.apply import upgrade

from .fix_server import TestServer


@dataclass(frozen=True)
class Database:
    """One database of the test server."""

    name: str
    url: str

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection:
        """A new connection; use it in a with statement."""
        return psycopg.connect(self.url, autocommit=autocommit)


@contextmanager
def new_database(
    server: TestServer, template: str = "template1", *, told: bool = True
) -> Iterator[Database]:
    """A database that is dropped afterwards, whoever is still connected.

    A clone is a copy, which is inert until it is told what it is.
    """
    name = f"t_{uuid.uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            database = Database(name, server.url_of(name))
            if told and not template.startswith("template"):
                with database.connect() as inside:
                    inside.execute("select core.set_environment(core.environment())")
            yield database
        finally:
            conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template(server: TestServer) -> Iterator[str]:
    """Name of a database in which pgears is installed; clone it, do not connect to it."""
    with new_database(server) as database:
        upgrade(database.url)
        yield database.name


@pytest.fixture
def database(server: TestServer, template: str) -> Iterator[Database]:
    """A fresh instance of one's own: for commits, locks, LISTEN, the runner."""
    with new_database(server, template) as database:
        yield database


@pytest.fixture(scope="session")
def shared_database(server: TestServer, template: str) -> Iterator[Database]:
    """The instance that `conn` works in; nothing is ever committed there."""
    with new_database(server, template) as database:
        yield database


@pytest.fixture
def conn(shared_database: Database) -> Iterator[psycopg.Connection]:
    """A transaction that is rolled back when the test ends."""
    with shared_database.connect(autocommit=False) as connection:
        yield connection
        connection.rollback()
