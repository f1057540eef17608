"""Passwords by reference: env:NAME or file:PATH, read when they are needed, kept nowhere."""

from __future__ import annotations

import os
from pathlib import Path


class SecretMissing(Exception):
    """A reference to a password leads nowhere."""


def read_secret(reference: str | None) -> str | None:
    """The password behind a reference; None for none."""
    if reference is None:
        return None
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
    raise SecretMissing(f"a reference begins with env: or file:, not with {kind}")
