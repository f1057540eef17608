"""Take a backup while everything runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from .. import __version__, apply, instance
from ..db import connect
from ..errors import UserError
from . import manifest, programs, roles
from .manifest import Manifest


def backup(url: str, folder: Path, *, pg_bin: Path | None = None, jobs: int = 1) -> Manifest:
    """Write dump, roles and manifest into a new folder that only its owner can read."""
    with connect(url, name="pgears backup") as conn:
        revision = apply.revision_of(conn)
        if revision is None:
            raise UserError("there is no instance in this database", "Look at: pgears url")
        server = conn.info.server_version // 10000
        bin = programs.folder_for(server, pg_bin)
        text, names, passwords = roles.script(conn)
        database, environment = conn.info.dbname, instance.environment(conn)
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise UserError(f"{folder} exists", "Name a folder that is not there yet.") from error
    script = folder / "roles.sql"
    script.touch(mode=0o600)
    script.write_text(text)
    programs.run(
        bin / "pg_dump", url,
        "--format=directory", f"--jobs={jobs}", f"--file={folder / 'database'}",
    )  # fmt: skip
    made = Manifest(
        format=manifest.FORMAT,
        pgears=__version__,
        revision=revision,
        server=server,
        database=database,
        environment=environment,
        taken=datetime.now(UTC).isoformat(timespec="seconds"),
        passwords=passwords,
        roles=names,
        files=manifest.checksums(folder),
    )
    manifest.write(folder, made)
    return made
