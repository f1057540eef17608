"""One data folder of PostgreSQL: made, configured, and run by an account that is not root.

PostgreSQL refuses to run as root, so root hands the folder and the programs to "nobody".
No file outside the folder changes its owner or mode.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .binaries import version
from .errors import UserError

OWNER = "pgears"
START_SECONDS = 30.0
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "wal_level": "logical",
    "max_connections": "200",
    "log_line_prefix": "%m [%p] %q%a ",
}


def identity() -> dict[str, Any]:
    """Arguments for subprocess that drop root; empty for everybody else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Hand a file or folder to the account that runs the server."""
    who = identity()
    if who:
        os.chown(path, who["user"], who["group"])


def reaches(path: Path) -> bool:
    """True when the account that runs the server can enter (or run) the path."""
    if os.geteuid() != 0:
        return True
    return subprocess.run(["test", "-x", path], cwd="/", check=False, **identity()).returncode == 0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """True when 127.0.0.1:port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Cluster:
    """A folder that holds `data` and `log`, and the programs that work on it."""

    folder: Path
    bin: Path

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "log"

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run one of PostgreSQL's programs and return what it printed."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [self.bin / program, *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **identity(),
        )
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            raise UserError(f"{program}: {lines[-1]}", f"The server's log is {self.log}.")
        return done.stdout

    def create(self, password: str, extra: Sequence[str] = ()) -> None:
        """Make the data directory with a superuser `pgears` who logs in by password."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        give(self.folder)
        if self.data.exists():
            shutil.rmtree(self.data)  # what an interrupted initdb left
        secret = self.folder / f"pw-{secrets.token_hex(4)}"
        secret.touch(mode=0o600)
        secret.write_text(password + "\n")
        give(secret)
        try:
            self.run(
                "initdb", "-D", self.data, "-U", OWNER, "--auth=scram-sha-256",
                f"--pwfile={secret}", "-E", "UTF8", *self._locale(), *extra,
            )  # fmt: skip
        finally:
            secret.unlink()
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists 'pgears.conf'\n")

    def _locale(self) -> list[str]:
        if version(self.bin) >= 17:
            return ["--locale-provider=builtin", "--locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    def configure(self, settings: Mapping[str, str]) -> None:
        """Write the settings file: a later start by hand finds the same ones."""
        lines = [f"{name} = '{value}'\n" for name, value in {**SETTINGS, **settings}.items()]
        path = self.data / "pgears.conf"
        path.write_text("".join(lines))
        give(path)
