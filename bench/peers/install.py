"""Install the peers below .bench/ by their ordinary clients, in the versions pinned here."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..lab import HOME

HERE = Path(__file__).resolve().parent
MINUTES = 5


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
    """A peer that runs on Node.js; the name is that of its package."""
    folder = node_folder(name)
    shutil.copy(HERE / script, folder / script)  # imports are looked up beside the script
    return Peer(name, ["node", folder / script], jobs, left)


def python_peer(name: str, script: str, jobs: int, left: str) -> Peer:
    """A peer that runs on Python, in an environment of its own."""
    return Peer(name, [_python(), HERE / script], jobs, left)


def node_folder(package: str, minutes: float = MINUTES) -> Path:
    """Where a package of Node.js is, alone with what it needs; NotInstalled where it cannot be."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise NotInstalled("there is no npm or node here")
    pins = json.loads((HERE / "package.json").read_text())["dependencies"]
    wanted = json.dumps({"private": True, "dependencies": {package: pins[package]}})
    folder = (HOME / "node" / package).resolve()
    if _differs(folder, "package.json", wanted):
        _run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder], minutes)
        _done(folder, "package.json")
    return folder


def _python() -> Path:
    folder = (HOME / "venv").resolve()
    python = folder / "bin" / "python"
    if _differs(folder, "requirements.txt", (HERE / "requirements.txt").read_text()):
        _run([sys.executable, "-m", "venv", folder])
        _run([python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"])
        _done(folder, "requirements.txt")
    return python


def _differs(folder: Path, pins: str, wanted: str) -> bool:
    """Whether what is wanted was not installed yet; writes it into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / f"{pins}.installed"
    if marker.exists() and marker.read_text() == wanted:
        return False
    (folder / pins).write_text(wanted)
    return True


def _done(folder: Path, pins: str) -> None:
    shutil.copy(folder / pins, folder / f"{pins}.installed")


def _run(command: Sequence[str | Path], minutes: float = MINUTES) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60 * minutes
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"{Path(command[0]).name}: {error}") from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise NotInstalled(f"{Path(command[0]).name} failed: {lines[-1]}")
