"""The table of a run: for a terminal, as Markdown, as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from .lab import HOME, Lab
from .results import Result

HEADINGS = ("work", "against", "ratio or figure", "budget", "verdict")
STYLES = {"kept": "green", "missed": "bold red", "not measured": "yellow", "no budget": ""}


def cells(result: Result) -> tuple[str, str, str, str, str]:
    """One line of the table."""
    reason = f": {result.reason}" if result.reason else ""
    return (
        result.work,
        result.against,
        result.shown,
        str(result.budget) if result.budget else "-",
        result.verdict + reason,
    )


def terminal(results: Sequence[Result], console: Console) -> None:
    """Print the table, then the figures behind it."""
    table = Table(*HEADINGS, show_lines=True)
    for result in results:
        table.add_row(*cells(result), style=STYLES[result.verdict])
    console.print(table)
    for result in results:
        if result.figures:
            console.print(f"[bold]{result.work}[/bold]")
            for figure in result.figures:
                console.print(f"  {figure}", highlight=False)


def markdown(results: Sequence[Result], machine: dict[str, Any]) -> str:
    """The same as Markdown."""
    lines = [
        ", ".join(f"{key} {value}" for key, value in machine.items()) + ".",
        "",
        "| " + " | ".join(HEADINGS) + " | medians |",
        "|" + "---|" * (len(HEADINGS) + 1),
    ]
    for result in results:
        figures = "; ".join(str(figure) for figure in result.figures)
        lines.append("| " + " | ".join((*cells(result), figures)) + " |")
    return "\n".join(lines) + "\n"


def save(results: Sequence[Result], machine: dict[str, Any]) -> None:
    """Write .bench/last.json."""
    HOME.mkdir(exist_ok=True)
    content = {**machine, "results": [result.as_json() for result in results]}
    (HOME / "last.json").write_text(json.dumps(content, indent=2) + "\n")


def machine(lab: Lab) -> dict[str, Any]:
    """What the figures were measured on."""
    with psycopg.connect(lab.url) as conn:
        postgresql = conn.info.parameter_status("server_version")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "PostgreSQL": postgresql,
        "Python": platform.python_version(),
        "processors": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 2),
        "quick": lab.quick,
    }
