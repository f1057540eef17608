"""Restore a backup into an empty database, where it is inert until told its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import DependentObjectsStillExist

from .. import apply
from ..binaries import version
from ..db import connect
from ..errors import UserError
from . import manifest, programs
from .manifest import Manifest


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    made: list[str]
    """Roles that were not there before."""
    left: list[str]
    """Group roles under the former name of the database that are still in use."""
    accounts: int
    """Accounts that were given their group roles."""


def restore(url: str, folder: Path, *, pg_bin: Path | None = None, jobs: int = 1) -> Restored:
    """Make the roles that are missing, restore the dump, and bring it to this version.

    Roles that are there keep their attributes and passwords. With one job the dump is
    restored in one transaction: after an error the database is as empty as before.
    """
    found = manifest.read(folder)
    with connect(url, name="pgears restore") as conn:
        _check(conn, found)
        bin = programs.folder_for(max(found.server, conn.info.server_version // 10000), pg_bin)
        major = conn.info.server_version // 10000
        if major < 17 <= version(bin):  # it sets transaction_timeout, which 17 brought
            raise UserError(
                f"pg_restore of PostgreSQL {version(bin)} cannot restore into {major}",
                f"Install the client programs of {major}, or set PGEARS_PG_BIN to their folder.",
            )
        before = _roles(conn)
        conn.execute((folder / "roles.sql").read_bytes())
        made = sorted(_roles(conn) - before)
        database = conn.info.dbname
    whole = ["--single-transaction"] if jobs == 1 else [f"--jobs={jobs}", "--exit-on-error"]
    programs.run(bin / "pg_restore", url, *whole, folder / "database")
    apply.upgrade(url)
    left: list[str] = []
    with connect(url, name="pgears restore") as conn:
        row = conn.execute("select access.restore_memberships()").fetchone()
        conn.execute("select replica.renew_instance()")
        if database != found.database:
            former = [name for name in made if name.startswith(f"{found.database}.")]
            left = [name for name in former if not _drop(conn, name)]
    dropped = {name for name in made if name.startswith(f"{found.database}.")} - set(left)
    if database == found.database:
        dropped = set()
    return Restored(
        found, [name for name in made if name not in dropped], left, int(row[0]) if row else 0
    )


def _check(conn: psycopg.Connection[Any], found: Manifest) -> None:
    if apply.revision_of(conn) is not None:
        raise UserError(
            f"there is an instance in the database {conn.info.dbname}",
            "Restore into an empty one: create database NAME template template0",
        )
    if conn.info.server_version // 10000 < found.server:
        raise UserError(
            f"the backup is of PostgreSQL {found.server}, and this server is older",
            f"Restore it into PostgreSQL {found.server} or newer.",
        )
    if found.revision > apply.head():
        raise UserError(
            f"the backup is of revision {found.revision}, newer than this pgears ({apply.head()})",
            f"Install pgears {found.pgears} or newer.",
        )


def _roles(conn: psycopg.Connection[Any]) -> set[str]:
    return {str(name) for (name,) in conn.execute("select rolname from pg_roles").fetchall()}


def _drop(conn: psycopg.Connection[Any], name: str) -> bool:
    """Drop a group role that this restore made for the former name; false when it is in use."""
    try:
        with conn.transaction():
            conn.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
    except DependentObjectsStillExist:
        return False
    return True
