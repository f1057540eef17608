"""A file of 1 GB in and out by the commands: peak memory, and the one bad row among the rows.

Memory is that of the process of the command, as the kernel counted it (VmHWM), above the same
command at work on a file of some rows. The file lies in a temporary folder and is removed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from runner.errors import UserError

from .batch import define
from .lab import Lab
from .orders import COLUMNS
from .results import Budget, Figure, Result
from .rounds import stopwatch

BUDGET = Budget(20, unit="MB")
BYTES = 1_000_000_000
SMALL = 100_000
NOTE = "note " * 180
BAD = "many"
LOOK = 0.02


@dataclass(frozen=True)
class Done:
    """What a command did: its time, its peak memory in MB, and what it printed."""

    seconds: float
    peak: float
    told: dict[str, Any]


def run(lab: Lab) -> Iterator[Result]:
    """The file in, its bad row named, mended and in as well, and all rows out again."""
    with tempfile.TemporaryDirectory(prefix="pgears-bench-", dir="/var/tmp") as name:
        small = _in_and_out(lab, Path(name), SMALL)
        large = _in_and_out(lab, Path(name), lab.size(BYTES))
    for way, few, many in zip(("imported", "exported"), small, large, strict=True):
        yield Result(
            f"a CSV file of {lab.size(BYTES) / 1e6:,.0f} MB with one bad row {way}: peak memory"
            " of the process above a small one",
            "the same command with a file of 0.1 MB",
            BUDGET,
            many.peak - few.peak,
            [
                Figure("small", [few.peak], "MB"),
                Figure("large", [many.peak], "MB"),
                Figure("time", [many.seconds], "s", f"{many.told['rows']:,} rows"),
            ],
        )


def _in_and_out(lab: Lab, folder: Path, size: int) -> tuple[Done, Done]:
    file, out = folder / "deliveries.csv", folder / "exported.csv"
    with lab.database() as url:
        rows = _write_file(file, size)
        with psycopg.connect(url, autocommit=True) as conn:
            define(conn)
        taken = _command(url, "import", "delivery.notes", str(file))
        file.unlink()
        bad = _bad(rows)
        (error,) = taken.told["errors_list"]
        found = (error["line"], error["column"], error["value"], taken.told["inserted"])
        if found != (bad + 1, "quantity", BAD, rows - 1):
            raise UserError(f"the bad row is told as {error}, {taken.told['inserted']} went in")
        _mend(url, int(taken.told["run"]), folder / "errors.csv")
        given = _command(url, "export", "delivery.notes", "--to", str(out))
        if given.told["rows"] != rows or out.stat().st_size < 0.9 * size:
            raise UserError(f"{given.told['rows']} rows were exported instead of {rows}")
        out.unlink()
        return taken, given


def _mend(url: str, run: int, rejects: Path) -> None:
    """The file of the rows in error goes in, once its value is right."""
    _command(url, "imports", "errors", str(run), "--file", str(rejects))
    text = rejects.read_text()
    rejects.write_text(text.replace(f",{BAD},", ",500,", 1))
    told = _command(url, "import", "delivery.notes", str(rejects)).told
    if (told["inserted"], told["errors"]) != (1, 0):
        raise UserError(f"the mended row did not go in: {told['errors_list']}")


def _bad(rows: int) -> int:
    return rows // 2 + 1


def _write_file(file: Path, size: int) -> int:
    """Rows until the file has that many bytes; the quantity of the middle one is no number."""
    width = len(_line(size // 1000, "500"))
    rows = size // width
    with file.open("w", encoding="ascii") as target:
        target.write(",".join(COLUMNS) + "\n")
        for number in range(1, rows + 1):
            target.write(_line(number, BAD if number == _bad(rows) else str(number % 1000)))
    return rows


def _line(number: int, quantity: str) -> str:
    return (
        f"N{number},subject of order {number},{number % 100},{quantity},{number % 1000}.25,"
        f"{number},true,2026-01-01,2026-01-01 12:00:00+00,{NOTE}\n"
    )


def _command(url: str, *arguments: str) -> Done:
    """Run a command to its end and keep the last peak that the kernel told."""
    clean = {key: value for key, value in os.environ.items() if "PGEARS_" not in key}
    with (
        tempfile.TemporaryFile("w+") as output,
        stopwatch() as watch,
        subprocess.Popen(
            [sys.executable, "-m", "runner", *arguments, "--json"],
            env={**clean, "PGEARS_DATABASE_URL": url},
            stdout=output,
        ) as process,
    ):
        status, peak = Path(f"/proc/{process.pid}/status"), 0.0
        while process.poll() is None:
            # Between exec and its end a process has a line VmHWM; a dead one has none.
            _, _, told = status.read_text().partition("VmHWM:")
            peak = float(told.split()[0]) / 1024 if told else peak
            time.sleep(LOOK)
        output.seek(0)
        text = output.read()
    if process.returncode != 0:
        raise UserError(f"{arguments[0]} failed: {text}")
    return Done(watch.seconds, peak, json.loads(text))
