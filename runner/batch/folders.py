"""Watched folders: `in` is where files arrive, `done` and `failed` is where they end.

A file is taken when it has not changed between two looks, or was renamed to its name: names
that begin with a dot or end like those of files under way do not count. It is moved to
`work` first, so nobody can change or replace it while it is read. Links are not followed: who
may put files here need not be one who may read what they lead to.
"""

from __future__ import annotations

import fnmatch
import logging
import os
import time
from pathlib import Path

import psycopg

from ..tasks import Services
from .files import BadFile

log = logging.getLogger("pgears.runner")

UNDER_WAY = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "~")
QUIET = 1.0
"""Seconds for which a file has not been changed."""
PLACES = ("in", "work", "done", "failed")
MOST_BYTES = 200
"""Of a name: file systems take 255, and some is added to it."""


class Folders:
    """What was seen at the last look."""

    def __init__(self) -> None:
        self.seen: dict[Path, tuple[int, int]] = {}

    async def look(self, services: Services) -> None:
        """Make a run for each complete file."""
        async with services.pool.connection() as conn:
            cursor = await conn.execute("select code, folder, pattern from batch.watched_folders()")
            watched = await cursor.fetchall()
        seen: dict[Path, tuple[int, int]] = {}
        for code, name, pattern in watched:
            try:
                files = arrived(located(name, services.settings.home), pattern)
            except (OSError, BadFile) as error:
                log.warning("folder %s of import %s: %s", name, code, error)
                continue
            for path, state in files:
                seen[path] = state
                if self.seen.get(path) != state or time.time() - state[1] / 1e9 < QUIET:
                    continue
                try:
                    async with services.pool.connection() as conn:
                        await conn.execute(
                            """
                            select batch.request_import(
                              %s, null, %s, %s, p_cause => 'folder', p_task => true
                            )
                            """,
                            (code, path.name, str(path)),
                        )
                except psycopg.Error as error:
                    log.warning("file %s of import %s: %s", path, code, error)
        self.seen = seen


def located(name: str, home: Path) -> Path:
    """A folder of a definition: absolute, or in the home of the instance. Raises BadFile."""
    try:
        return home / Path(name).expanduser()
    except RuntimeError as error:
        raise BadFile(f"there is no home folder for {name}") from error


def arrived(folder: Path, pattern: str) -> list[tuple[Path, tuple[int, int]]]:
    """Files that count, with size and time of change; makes the places that are missing."""
    for place in PLACES:
        (folder / place).mkdir(parents=True, exist_ok=True)
    found = []
    for path in sorted((folder / "in").iterdir()):
        counts = not path.name.startswith(".") and not path.name.lower().endswith(UNDER_WAY)
        if not counts or not fnmatch.fnmatchcase(path.name, pattern):
            continue
        if path.is_symlink() or not path.is_file():
            continue
        named = _with_text(path)
        if named is not None:
            state = named.stat()
            found.append((named, (state.st_size, state.st_mtime_ns)))
    return found


def text_of(name: str) -> str:
    """A name of a file as the database can keep it, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _with_text(path: Path) -> Path | None:
    """The file; one whose name is no text is renamed to what shows its bytes, if that is free."""
    name = text_of(path.name)
    if name == path.name:
        return path
    named = path.with_name(_fitting(name))
    return None if os.path.lexists(named) else path.rename(named)


def _fitting(name: str) -> str:
    """A name that leaves place for more, shortened before its suffix."""
    stem, suffix = Path(name).stem, Path(name).suffix
    most = max(0, MOST_BYTES - len(suffix.encode()))
    return (stem.encode()[:most].decode("utf-8", "ignore") + suffix)[:MOST_BYTES]


def working(path: Path, run: int) -> Path:
    """Where an arrived file is while its run reads it."""
    return path.parent.parent / "work" / f"{run}-{_fitting(path.name)}"


def put_away(work: Path, good: bool) -> Path:
    """Move a file to where it ends; once more is no harm."""
    end = work.parent.parent / ("done" if good else "failed") / work.name
    if os.path.lexists(work):
        work.rename(end)
    return end
