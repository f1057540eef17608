"""A server for tests and measurements: it ends with the process that asked for it."""

from __future__ import annotations

import ctypes
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from .binaries import binaries, copy_programs
from .cluster import OWNER, START_SECONDS, Cluster, free_port, identity, reaches
from .errors import UserError


def _die_with_parent() -> None:
    """In the child, after root was dropped: fast shutdown when the parent is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


@contextmanager
def child_server(
    folder: Path, settings: Mapping[str, str], bin: Path | None = None
) -> Iterator[str]:
    """A throw-away server that ends with this process, even by kill -9; yields a URL.

    For tests and measurements: `folder` must be new, and durability is up to `settings`.
    """
    programs = binaries(bin)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not reaches(programs / "postgres"):
        programs = copy_programs(programs, folder)
    cluster = Cluster(folder / "postgres", programs)
    password = secrets.token_urlsafe(12)
    port = free_port()
    cluster.create(password, ["--no-sync"])
    cluster.configure({**settings, "port": str(port)})
    url = f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/postgres"
    with cluster.log.open("w") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", cluster.data],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            **identity(),
        )
    try:
        wait_ready(url, process, cluster.log)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(START_SECONDS)


def wait_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server takes connections; its log is in the error when it ends instead."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None:
                raise UserError(f"the server did not start: {log.read_text()[-500:]}") from error
            if time.monotonic() > deadline:
                raise
            time.sleep(0.03)
        else:
            return
