"""A real pooler in tests: PgBouncer before the database of a workplace."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from .fix_runner import Workplace, until


@pytest.fixture
def pooler(workplace: Workplace) -> Iterator[str]:
    """PgBouncer in transaction mode before the test server; "nobody" must reach its files."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed")
    parts = conninfo_to_dict(workplace.database.url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="pgears-pooler-"))
    folder.chmod(0o755)
    (folder / "users.txt").write_text(f'"{parts["user"]}" "{parts.get("password", "")}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"""
        [databases]
        * = host={parts["host"]} port={parts["port"]}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        auth_file = {folder}/users.txt
        pool_mode = transaction
        ignore_startup_parameters = extra_float_digits
        """.replace("        ", "").replace(
            f"port={parts['port']}",
            f"port={parts['port']} user={parts['user']} password={parts.get('password', '')}",
        )
    )
    process = subprocess.Popen(
        [program, str(folder / "pgbouncer.ini")],
        user="nobody" if os.getuid() == 0 else None,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"postgresql://{parts['user']}@127.0.0.1:{port}/{workplace.database.name}"

    def answers() -> bool:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return False
        return True

    try:
        until(answers, "the pooler")
        yield url
    finally:
        process.kill()
        process.communicate()
        shutil.rmtree(folder)
