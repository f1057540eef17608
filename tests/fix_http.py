"""An instance that calls another system over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .fix_database import Database
from .peers.target import Target, target
from .runner.http_parts import Calls


@pytest.fixture
def other() -> Iterator[Target]:
    """The other system."""
    with target() as found:
        yield found


@pytest.fixture
def calls(database: Database, tmp_path: Path, other: Target) -> Iterator[Calls]:
    """An instance that may call it."""
    found = Calls(database, tmp_path, other)
    yield found
    found.conn.close()
