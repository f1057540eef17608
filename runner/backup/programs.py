"""PostgreSQL's own programs, with the password where no list of processes shows it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ..binaries import check, system, version, wheel
from ..errors import UserError


def folder_for(server: int, given: Path | None) -> Path:
    """Programs that are at least as new as the server, the nearest version first."""
    if given is not None:
        check(given)
    candidates = [given] if given is not None else [system(), wheel()]
    usable = [found for found in candidates if found is not None and version(found) >= server]
    if not usable:
        raise UserError(
            f"there is no pg_dump of PostgreSQL {server} or newer",
            "Install the client programs of that version, or set PGEARS_PG_BIN to their folder.",
        )
    return min(usable, key=version)


def run(program: Path, url: str, *arguments: str | Path) -> None:
    """Run one of them on a database; what it complains of is a UserError."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = parts.pop("password", None)
    done = subprocess.run(
        [program, "--dbname", make_conninfo(**parts), "--no-password", *arguments],
        env={**os.environ, **({} if password is None else {"PGPASSWORD": password})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no message"]
        raise UserError(f"{program.name}: {lines[0].removeprefix(f'{program.name}: ')}")
