"""The embedded server: made when an instance is, lives on when the command ends."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql

from .binaries import binaries, copy_programs, version
from .cluster import OWNER, START_SECONDS, Cluster, free_port, is_free, reaches
from .errors import UserError


class Server:
    """The server below one home folder; root's lives elsewhere where "nobody" cannot get in."""

    def __init__(self, home: Path, bin: Path | None = None) -> None:
        self.home = home
        self._bin = bin
        self._state = home / "server.json"

    def exists(self) -> bool:
        """True when it was made, whether it runs or not."""
        return self._state.exists()

    def ensure(self) -> str:
        """Make and start the server where needed, and return the URL of its database."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            if not self.exists():
                self._init()
            self._await_answer()
        return self.url()

    def _await_answer(self) -> None:
        """Start the server unless it answers; one that was just killed needs a moment to go."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            if not self.running():
                self._start()
            if self._answers():
                return
            if time.monotonic() > deadline:
                raise UserError("the embedded server runs but does not answer", "pgears down")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def empty(self, database: str = OWNER) -> str:
        """Make a database anew, whoever is connected to it, and return its URL."""
        name = sql.Identifier(database)
        with psycopg.connect(self._url_of("postgres"), autocommit=True) as conn:
            conn.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            conn.execute(sql.SQL("create database {}").format(name))
        return self._url_of(database)

    def url(self) -> str:
        """URL of the database, with the owner's password."""
        password = (self.home / "password").read_text().strip()
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{self._read()['port']}/{OWNER}"

    def running(self) -> bool:
        """True when the server's main process lives."""
        return self._state.exists() and postmaster(self._cluster()) is not None

    def stop(self) -> bool:
        """Stop the server; False when it did not run."""
        if not self.running():
            return False
        with self._locked():
            cluster = self._cluster()
            cluster.run("pg_ctl", "stop", "-D", cluster.data, "-m", "fast", "-w")
        return True

    def _init(self) -> None:
        folder, programs = self._place(binaries(self._bin))
        password = secrets.token_urlsafe(24)
        try:
            Cluster(folder, programs).create(password)
            secret = self.home / "password"
            secret.touch(mode=0o600)
            secret.write_text(password + "\n")
            place = folder.name if folder.parent == self.home else str(folder)
            self._write({"folder": place, "bin": str(programs), "port": free_port()})
        except BaseException:
            ours = folder if folder.parent == self.home else folder.parent
            shutil.rmtree(ours, ignore_errors=True)
            raise

    def _place(self, programs: Path) -> tuple[Path, Path]:
        """Where data and programs are so that the server's account reaches both."""
        if reaches(self.home.parent) and reaches(programs / "postgres"):
            self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
            return self.home / "postgres", programs
        name = sha256(os.fsencode(self.home)).hexdigest()[:12]
        state = Path("/var/lib/pgears") / f"{name}-{secrets.token_hex(4)}"
        state.mkdir(parents=True)
        for made in (state.parent, state):
            made.chmod(0o755)  # whatever the umask says
        if not reaches(programs / "postgres"):
            programs = copy_programs(programs, state)
        return state / "postgres", programs

    def _start(self) -> None:
        state = self._read()
        if not is_free(int(state["port"])):
            state["port"] = free_port()
            self._write(state)
        if not (Path(str(state["bin"])) / "postgres").exists():
            state["bin"] = str(self._programs_again())
            self._write(state)
        cluster = self._cluster()
        cluster.configure({"port": str(state["port"])})
        start(cluster)
        with psycopg.connect(self._url_of("postgres"), autocommit=True) as conn:
            known = conn.execute("select 1 from pg_database where datname = %s", (OWNER,))
            if known.fetchone() is None:
                conn.execute(sql.SQL("create database {}").format(sql.Identifier(OWNER)))

    def _programs_again(self) -> Path:
        """The programs for data whose own have gone: the environment was moved or made anew."""
        cluster, programs = self._cluster(), binaries(self._bin)
        major = (cluster.data / "PG_VERSION").read_text().strip()
        if str(version(programs)) != major:
            raise UserError(
                f"{cluster.data} is of PostgreSQL {major}, {programs} is {version(programs)}",
                f"Set PGEARS_PG_BIN to the programs of PostgreSQL {major}.",
            )
        if reaches(programs / "postgres"):
            return programs
        return copy_programs(programs, cluster.folder.parent)

    def _url_of(self, database: str) -> str:
        return self.url().removesuffix(OWNER) + database

    def _cluster(self) -> Cluster:
        state = self._read()
        return Cluster(self.home / str(state["folder"]), Path(str(state["bin"])))

    def _read(self) -> dict[str, str | int]:
        if not self._state.exists():
            raise UserError(
                f"there is no embedded server in {self.home}", "Make one with: pgears up"
            )
        state: dict[str, str | int] = json.loads(self._state.read_text())
        return state

    def _write(self, state: Mapping[str, str | int]) -> None:
        new = self._state.with_suffix(".new")
        new.write_text(json.dumps(state, indent=2) + "\n")
        new.rename(self._state)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def start(cluster: Cluster) -> None:
    """Start a server that lives on; what a killed one left behind may need some seconds to go."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            cluster.run("pg_ctl", "start", "-D", cluster.data, "-l", cluster.log, "-w", "-s")
        except UserError:
            if time.monotonic() > deadline or not _leftovers(cluster):
                raise
            time.sleep(0.2)
        else:
            return


def _leftovers(cluster: Cluster) -> bool:
    """True while the log says that a former server's lock file or memory is still there."""
    tail = cluster.log.read_text(errors="replace")[-2000:] if cluster.log.exists() else ""
    return "postmaster.pid" in tail or "shared memory block" in tail


def postmaster(cluster: Cluster) -> int | None:
    """Process id of the running server; a dead process that nobody buried does not count."""
    file = cluster.data / "postmaster.pid"
    if not file.exists():
        return None
    pid = int(file.read_text().split("\n", 1)[0])
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        return pid if name == "postgres" and rest.split()[0] != "Z" else None
    return None if Path("/proc/self").exists() else _alive(pid)


def _alive(pid: int) -> int | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    return pid
