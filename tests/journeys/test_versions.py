"""PostgreSQL 16 and 17 beside those that all tests run on: install, upgrade, demo, backup."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.apply import head, upgrade
from runner.backup import backup, restore
from runner.throwaway import child_server
from tests.fix_database import new_database
from tests.fix_server import PACKAGES, TestServer, packaged
from tests.journeys.test_demo import home, pgears  # noqa: F401 - a fixture

VERSIONS = sorted(PACKAGES)


@pytest.fixture(params=VERSIONS)
def programs(request: pytest.FixtureRequest) -> Path:
    """Programs of each version in turn."""
    folder = packaged(request.param)
    if folder is None:
        pytest.skip(f"{PACKAGES[request.param]} is not installed: make test-versions")
    return folder


@pytest.fixture
def other_server(programs: Path) -> Iterator[TestServer]:
    """A server of that version."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
    folder.chmod(0o755)
    try:
        with child_server(folder, {"fsync": "off"}, programs) as url:
            yield TestServer(url, int(programs_version(programs)), programs)
    finally:
        shutil.rmtree(folder)


def programs_version(programs: Path) -> str:
    """16 or 17."""
    [version] = [number for number in VERSIONS if packaged(number) == programs]
    return version


def test_install_upgrade_backup_restore(other_server: TestServer, tmp_path: Path) -> None:
    """The whole schema goes in twice, out into a folder, and in again."""
    with new_database(other_server) as one, new_database(other_server) as two:
        assert upgrade(one.url).fresh
        assert upgrade(one.url).after == head()
        made = backup(one.url, tmp_path / "backup", pg_bin=other_server.bin)
        assert made.server == other_server.version
        restore(two.url, tmp_path / "backup", pg_bin=other_server.bin)
        with two.connect() as conn:
            assert conn.execute("select core.is_copy()").fetchone() == (True,)


@pytest.mark.slow
def test_demo(programs: Path, home: Path) -> None:  # noqa: F811
    """Model, mails in, rules, answers out, on a server of that version."""
    (home.parent / "pgears.toml").write_text(f'pg_bin = "{programs}"\n')
    pgears(home, "demo", "--keep")
    state = json.loads(pgears(home / "demo", "status", "--json"))
    assert state["server"].startswith(f"PostgreSQL {programs_version(programs)}.")
    sent = json.loads(pgears(home / "demo", "mail", "list", "--json"))
    assert len(sent) > 10
    assert {mail["state"] for mail in sent} <= {"sent", "bounced"}
