"""`python -m bench faults`: load and faults, then the books; 1 if they do not balance."""

from __future__ import annotations

import platform
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from .books import Line, balance, wait_quiet
from .load import Journal, Load
from .mischief import Mischief
from .scene import Scene

QUIET = 240.0
"""Seconds, or an eighth of the run: what was left when the faults ended may take so long."""


def main(
    seconds: Annotated[float, typer.Option(help="How long the faults go on.")] = 3600,
    seed: Annotated[int, typer.Option(help="Of everything that is random.")] = 1,
    keep: Annotated[bool, typer.Option(help="Keep logs when the books do not balance.")] = False,
) -> None:
    """Kill, cut, slow and fill under load; let it become quiet; balance the books."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-faults-"))
    folder.chmod(0o755)
    scene = Scene(folder)
    balanced = False
    try:
        scene.ensure()
        load = Load(seed, scene.here.url, scene.web, scene.token, scene.disk)
        mischief = Mischief(scene, seed)
        load.start()
        try:
            mischief.run(seconds)
        finally:
            scene.ensure()
            load.stop()
        began = time.monotonic()
        left = wait_quiet(scene, max(QUIET, seconds / 8))
        lines = balance(scene, load.journal)
        balanced = all(line.balances for line in lines) and not load.journal.refused
        typer.echo(told(lines, mischief.done, scene, load.journal))
        if left:
            typer.echo(f"\nstill under way: {left}")
        typer.echo(
            f"\n{datetime.now(UTC):%Y-%m-%d}, {seconds:g} s, seed {seed}, quiet after"
            f" {time.monotonic() - began:.0f} s, PostgreSQL and Python {platform.python_version()}"
            f" on {platform.machine()}: the books {'balance' if balanced else 'do NOT balance'}"
        )
    finally:
        if keep and not balanced:
            typer.echo(f"logs: {folder}", err=True)
            scene.loop.stop()
        else:
            scene.close()
    raise typer.Exit(0 if balanced else 1)


def told(lines: list[Line], done: Counter[str], scene: Scene, journal: Journal) -> str:
    """Both tables as Markdown."""
    rows = [
        "| effect | caused | arrived once | twice | lost | unknown |",
        "|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {x.effect} | {x.caused} | {x.once} | {x.twice} | {x.lost} | {x.unknown} |"
        for x in lines
    ]
    rows += ["", "| fault | times |", "|---|---|"]
    rows += [f"| {kind} | {number} |" for kind, number in sorted(done.items())]
    rows += [
        f"| mails refused for now by the server | {scene.mail.refused} |",
        f"| calls refused for now by the target | {scene.ledger.refused} |",
        f"| calls repeated under a known key | {scene.ledger.repeated} |",
        f"| POST repeated under their key | {journal.repeats} |",
        f"| processes that ended by themselves and were started again |"
        f" {sum(program.ended for program in scene.programs.values())} |",
    ]
    if not scene.mounted:
        rows.append("| disk for files full | not possible here: it takes root |")
    rows += [f"\nrefused: {text}" for text in journal.refused[:10]]
    return "\n".join(rows)


if __name__ == "__main__":
    typer.run(main)
