"""Checks of disks: the folder of files here, the server's data where it is on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg

from ..config import Settings
from .finding import Finding

LEAST_BYTES = 1 << 30
LEAST_SHARE = 0.1


def disks(conn: psycopg.Connection, settings: Settings) -> Iterator[Finding]:
    """Free space of the home folder, and of the data folder of a server beside it."""
    yield space("disk of files", settings.home)
    row = conn.execute(
        """
        select setting
        from pg_settings
        where name = 'data_directory' and inet_server_addr() is not distinct from inet_client_addr()
        """
    ).fetchone()
    if row is None or not row[0] or not _visible(Path(row[0])):
        yield Finding("disk of the server", "fine", "not visible from here")
    else:
        yield space("disk of the server", Path(row[0]))


def space(check: str, folder: Path) -> Finding:
    """Free space of the file system of a folder, or of the nearest one above that exists."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    found = f"{usage.free / 1e9:.1f} of {usage.total / 1e9:.1f} GB free at {folder}"
    if usage.free < LEAST_BYTES:
        return Finding(check, "wrong", found, f"Free space at {folder}: a full disk stops writes.")
    if usage.free < LEAST_SHARE * usage.total:
        return Finding(check, "doubtful", found, f"Free space at {folder}, or enlarge the disk.")
    return Finding(check, "fine", found)


def _visible(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
