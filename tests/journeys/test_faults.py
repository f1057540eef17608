"""The short run of the fault injection: everything is killed under load, and the books balance."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_books_balance() -> None:
    """A minute of faults: each kind at least once, and nothing is lost or comes twice."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "faults", "--seconds", "60", "--seed", "11"],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line.split("|") for line in done.stdout.splitlines() if line.startswith("|")]
    cells = {cell[1].strip(): cell[2].strip() for cell in told}
    for effect in ("tickets acknowledged to SQL writers", "POST acknowledged", "mails"):
        assert int(cells[effect]) > 20, done.stdout
    for kind in ("kill -9 of PostgreSQL", "kill -9 of the runner", "connections cut"):
        assert int(cells[kind]) >= 1, done.stdout
