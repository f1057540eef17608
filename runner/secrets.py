"""Passwords by reference: env:NAME or file:PATH, read when they are needed, kept nowhere.

A secret that a server renews (a rotated refresh token) is written back to its file, whole or
not at all.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .hiding import remember


class SecretMissing(Exception):
    """A reference to a password leads nowhere."""


def read_secret(reference: str | None, login: str = "") -> str | None:
    """The password behind a reference, of this login if any; None for none.

    It shows in no log and no error from now on.
    """
    secret = None if reference is None else _read(reference)
    remember(secret, login)
    return secret


def _read(reference: str) -> str:
    kind, _, name = reference.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise SecretMissing(f"the environment variable {name} is not set")
        return os.environ[name]
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SecretMissing(f"the file {name} cannot be read: {error}") from error
    # What stands here could be the secret itself.
    raise SecretMissing("a reference to a secret begins with env: or file:")


def write_secret(reference: str, value: str) -> None:
    """Replace the content of file:PATH, on the disk when this returns; its mode and owner stay."""
    remember(value)
    kind, _, name = reference.partition(":")
    if kind != "file":
        where = f"env:{name}" if kind == "env" else "it"
        raise SecretMissing(f"{where} cannot be renewed: only a file: can be written")
    path = Path(name).resolve()
    try:
        before = path.stat()
        handle, written = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(value + "\n")
                file.flush()
                os.fchmod(file.fileno(), before.st_mode & 0o7777)
                if (os.geteuid(), os.getegid()) != (before.st_uid, before.st_gid):
                    os.fchown(file.fileno(), before.st_uid, before.st_gid)
                os.fsync(file.fileno())
            Path(written).replace(path)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise SecretMissing(f"the file {path} cannot be written: {error}") from error


@contextmanager
def locked_secret(reference: str) -> Iterator[None]:
    """Keep other processes of this host from renewing file:PATH; other references need no lock."""
    kind, _, name = reference.partition(":")
    if kind != "file":
        yield
        return
    path = Path(name).resolve()
    try:
        handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise SecretMissing(f"the folder of {path} cannot be opened: {error}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
