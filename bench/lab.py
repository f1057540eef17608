"""The server under test: its own, durable, gone when the measurement ends."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from runner.apply import upgrade
from runner.binaries import binaries
from runner.errors import UserError
from runner.throwaway import child_server

HOME = Path(".bench")
WAL_SEGMENTS = 96

# Commits reach the disk, as in production; the rest keeps noise out of short measurements.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "shared_buffers": "512MB",
    "min_wal_size": "2GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "max_connections": "300",
    "max_locks_per_transaction": "2048",
}


@dataclass(frozen=True)
class Lab:
    """A server with pgears in a template database."""

    url: str
    bin: Path
    quick: bool

    def rounds(self, number: int) -> int:
        """Rounds to take: few in a quick run, whose figures only show that it works."""
        return min(number, 2) if self.quick else number

    def size(self, number: int) -> int:
        """Rows or tasks to work on: a tenth in a quick run."""
        return number // 10 if self.quick else number

    @contextmanager
    def database(self, template: str = "pgears") -> Iterator[str]:
        """URL of a new database, dropped afterwards whoever is still connected."""
        name = f"bench_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(self.url, autocommit=True) as conn:
            conn.execute(
                sql.SQL("create database {} template {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
            try:
                url = self.url.rsplit("/", 1)[0] + "/" + name
                if template == "pgears":  # a clone is inert until it is told what it is
                    with psycopg.connect(url) as inside:
                        inside.execute("select core.set_environment(core.environment())")
                yield url
            finally:
                conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def pgbench(
        self,
        url: str,
        script: str,
        *,
        clients: int = 1,
        seconds: int | None = None,
        transactions: int | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> float:
        """Transactions per second of a script in pgbench's language, statements prepared."""
        span = ["-T", str(seconds)] if seconds is not None else ["-t", str(transactions)]
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            done = subprocess.run(
                [
                    self.bin / "pgbench", "-n", "-M", "prepared", "-f", file.name,
                    "-c", str(clients), "-j", str(min(clients, 2)), *span,
                    *(f"-D{name}={value}" for name, value in (variables or {}).items()),
                ],
                env={**os.environ, **environment(url)},
                capture_output=True,
                text=True,
                check=False,
            )  # fmt: skip
        found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
        if done.returncode != 0 or found is None:
            raise UserError(f"pgbench failed: {(done.stderr or done.stdout).strip()[-500:]}")
        return float(found[1])


def environment(url: str) -> dict[str, str]:
    """The URL as variables that programs of PostgreSQL and its clients read."""
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "options": "PGOPTIONS",
    }
    parts = conninfo_to_dict(url)
    return {names[key]: str(value) for key, value in parts.items() if key in names}


def _age(url: str) -> None:
    """Fill log segments, so that they are used again as on a server that has run for a while.

    A new server writes each segment full of zeros first, in the middle of somebody's statement.
    """
    with psycopg.connect(url, autocommit=True) as conn:
        for _ in range(WAL_SEGMENTS):
            conn.execute("select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()")
        conn.execute("checkpoint")


@contextmanager
def open_lab(*, quick: bool) -> Iterator[Lab]:
    """Start the server, install pgears in its template, end with both gone."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        programs = binaries()
        with child_server(folder, SETTINGS, programs) as url:
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute("create database pgears")
            upgrade(url.rsplit("/", 1)[0] + "/pgears")
            _age(url)
            yield Lab(url, programs, quick)
    finally:
        shutil.rmtree(folder)
