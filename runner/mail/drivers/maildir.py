"""Messages in a Maildir, as mail servers deliver them to a local folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from ..maildir import make, sync
from .contract import LARGE, Cursor, Fetched, Listing, MailboxUnreachable


class Maildir:
    """A Maildir; the key of a message is its name without flags, which never changes.

    With after_read "keep" every message is listed; otherwise those in new/ and those in
    cur/ that nobody has seen. Moved messages go to a Maildir++ folder inside.
    """

    def __init__(self, definition: Mapping[str, Any], home: Path) -> None:
        self.folder: Path = home / definition["path"]
        self.after: str = definition["after_read"]
        self.target = self.folder / f".{definition['folder'].strip('./')}"
        self.secret_expires: datetime | None = None

    def listing(self, cursor: Cursor | None, limit: int) -> Listing:
        """Everything by time of arrival: a Maildir is small, or emptied by its reading."""
        try:
            ordered = sorted((_time(path), _key(path)) for path in self._files())
        except FileNotFoundError as error:
            raise MailboxUnreachable(
                f"there is no Maildir {self.folder}",
                hint="Make its folders new, cur and tmp, and let the runner read and write them.",
            ) from error
        except OSError as error:
            raise MailboxUnreachable(
                f"the Maildir {self.folder} cannot be read: {error}"
            ) from error
        return Listing([key for _, key in ordered])

    def fetch(self, keys: Sequence[str]) -> Iterator[Fetched]:
        """The files."""
        for key in keys:
            try:
                path = self._find(key)
                yield Fetched(key, None if path is None else _content(path))
            except FileNotFoundError:
                yield Fetched(key)
            except OSError as error:
                yield Fetched(key, error=f"{path} cannot be read: {error}")

    def after_read(self, keys: Sequence[str]) -> None:
        """Keep, mark as seen, move to the folder, or delete."""
        if self.after == "keep":
            return
        for key in keys:
            path = self._find(key)
            if path is not None:
                self._done(path)

    def close(self) -> None:
        """Nothing is open."""

    def cut(self) -> None:
        """Nothing waits."""

    def _done(self, path: Path) -> None:
        if self.after == "delete":
            path.unlink(missing_ok=True)
            sync(path.parent)
            return
        target = self.folder if self.after == "mark" else make(self.target)
        name = path.name.partition(":")[0]
        path.rename(target / "cur" / f"{name}:2,{_flags(path, 'S')}")
        sync(target / "cur")

    def _files(self) -> Iterator[Path]:
        for part in ("new", "cur"):
            for path in (self.folder / part).iterdir():
                if path.name.startswith("."):
                    continue
                if part == "new" or self.after == "keep" or "S" not in _flags(path):
                    yield path

    def _find(self, key: str) -> Path | None:
        new = self.folder / "new" / key
        if new.exists():
            return new
        both = (path for part in ("new", "cur") for path in (self.folder / part).iterdir())
        return next((path for path in both if _key(path) == key), None)


def _content(path: Path) -> bytes | IO[bytes]:
    return path.open("rb") if path.stat().st_size > LARGE else path.read_bytes()


def _key(path: Path) -> str:
    name = os.fsencode(path.name.partition(":")[0])
    return name.decode("utf-8", "backslashreplace")


def _flags(path: Path, more: str = "") -> str:
    _, _, info = path.name.partition(":2,")
    return "".join(sorted({*info, *more}))


def _time(path: Path) -> int:
    seconds = path.name.partition(".")[0]
    return int(seconds) if seconds.isdecimal() else 0
