"""Install the peers below .bench/ by their ordinary clients, in the versions pinned here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..lab import HOME

HERE = Path(__file__).resolve().parent
MINUTES = 3


@dataclass(frozen=True)
class Peer:
    """Another queue: how its worker is called, and how its table tells that jobs are left."""

    name: str
    command: Sequence[str | Path]
    jobs: int
    left: str


class NotInstalled(Exception):
    """The peer cannot be had on this machine; the message says why."""


def node_peer(name: str, script: str, jobs: int, left: str) -> Peer:
    """A peer that runs on Node.js."""
    folder = node_folder()
    shutil.copy(HERE / script, folder / script)  # imports are looked up beside the script
    return Peer(name, ["node", folder / script], jobs, left)


def python_peer(name: str, script: str, jobs: int, left: str) -> Peer:
    """A peer that runs on Python, in an environment of its own."""
    return Peer(name, [_python(), HERE / script], jobs, left)


def node_folder() -> Path:
    """Where the packages of Node.js are; NotInstalled where they cannot be had."""
    folder = (HOME / "node").resolve()
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise NotInstalled("there is no npm or node here")
    if _differs(folder, "package.json"):
        _run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder])
        _done(folder, "package.json")
    return folder


def _python() -> Path:
    folder = (HOME / "venv").resolve()
    python = folder / "bin" / "python"
    if _differs(folder, "requirements.txt"):
        _run([sys.executable, "-m", "venv", folder])
        _run([python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"])
        _done(folder, "requirements.txt")
    return python


def _differs(folder: Path, pins: str) -> bool:
    """Whether the pins were not installed yet; puts them into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / f"{pins}.installed"
    if marker.exists() and marker.read_text() == (HERE / pins).read_text():
        return False
    shutil.copy(HERE / pins, folder / pins)
    return True


def _done(folder: Path, pins: str) -> None:
    shutil.copy(HERE / pins, folder / f"{pins}.installed")


def _run(command: Sequence[str | Path]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60 * MINUTES
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"{Path(command[0]).name}: {error}") from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise NotInstalled(f"{Path(command[0]).name} failed: {lines[-1]}")
