"""MariaDB of the system on a loopback port, wholly as an ordinary user."""

from __future__ import annotations

import ctypes
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from runner.cluster import free_port, identity

PATIENCE = 30.0


def _die_with_parent() -> None:
    """In the child: an end in order when the tests are killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def missing() -> str | None:
    """Why there is no MariaDB here; None when there is one."""
    if not Path("/usr/sbin/mariadbd").exists() or shutil.which("mariadb-install-db") is None:
        return "MariaDB is not installed (Debian: mariadb-server)"
    return None


@contextmanager
def mariadb() -> Iterator[str]:
    """A server with an empty database `shop`, its URL for SQLAlchemy; it ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-mariadb-"))
    who = identity()
    try:
        if who:
            shutil.chown(folder, who["user"], who["group"])
        data = folder / "data"
        common = ["--no-defaults", f"--datadir={data}"]
        subprocess.run(
            ["mariadb-install-db", *common, "--auth-root-authentication-method=normal"],
            check=True,
            capture_output=True,
            cwd="/",
            **who,
        )
        port, password = free_port(), secrets.token_urlsafe(12)
        begin = folder / "begin.sql"
        begin.write_text(
            "create database shop character set utf8mb4;\n"
            f"create user shop@'%' identified by '{password}';\n"
            "grant all on *.* to shop@'%';\n"
        )
        begin.chmod(0o644)
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [
                    "/usr/sbin/mariadbd",
                    *common,
                    f"--port={port}",
                    "--bind-address=127.0.0.1",
                    f"--socket={folder / 'socket'}",
                    f"--pid-file={folder / 'pid'}",
                    f"--init-file={begin}",
                    "--innodb-flush-log-at-trx-commit=0",
                    "--innodb-buffer-pool-size=32M",
                    "--skip-name-resolve",
                ],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                **who,
            )
        try:
            _wait(port, password, process, folder / "log")
            yield f"mariadb+pymysql://shop:{password}@127.0.0.1:{port}/shop"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder)


def _wait(port: int, password: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            pymysql.connect(
                host="127.0.0.1", port=port, user="shop", password=password, database="shop"
            ).close()
        except pymysql.err.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        else:
            return
