"""Writing a Maildir: a message appears in new/ whole, or not at all."""

from __future__ import annotations

import os
import socket
import time
import uuid
from pathlib import Path

FOLDERS = ("tmp", "new", "cur")


def make(folder: Path) -> Path:
    """Make the folders of a Maildir where they are missing."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


def deliver(folder: Path, content: bytes) -> str:
    """Add a message, on the disk when this returns; gives its name, which sorts by time."""
    make(folder)
    host = socket.gethostname().replace("/", "-").replace(":", "-")
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    name = f"{seconds}.M{nanoseconds // 1000:06}R{uuid.uuid4().hex}.{host}"
    written = folder / "tmp" / name
    with written.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    written.rename(folder / "new" / name)
    sync(folder / "new")
    return name


def sync(folder: Path) -> None:
    """Make renames in a folder outlast a power failure."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
