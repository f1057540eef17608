"""The shop of the tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql

from tests.fix_database import Database

from .parts import Shop, make_shop


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """An instance with the classes city and person."""
    with database.connect() as conn:
        yield make_shop(database, conn, tmp_path)


@pytest.fixture
def login(shop: Shop) -> Iterator[str]:
    """An account of its own, called Gina Low; its PostgreSQL role goes with the test."""
    name = f"gina_{uuid.uuid4().hex[:12]}"
    shop.conn.execute("select access.create_account(%s, p_full_name => 'Gina Low')", (name,))
    yield name
    shop.conn.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
    shop.conn.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
