"""`python -m bench [ROW ...]`: measure, print one table, keep the samples in .bench/last.json."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Annotated

import typer
from rich.console import Console

from runner.errors import UserError

from . import (
    backlog,
    batch,
    doorbell,
    gigabyte,
    idle,
    mail_in,
    mail_memory,
    mail_out,
    partitions,
    read,
    renewal,
    replica,
    report,
    rights,
    scale,
    tasks,
    waiting,
    web,
    workflow,
    write,
)
from .faults.__main__ import main as faults
from .lab import Lab, open_lab
from .results import Result

ROWS: dict[str, Callable[[Lab], Iterator[Result]]] = {
    "read": read.run,
    "rights": rights.run,
    "write": write.run,
    "partitions": partitions.run,
    "renewal": renewal.run,
    "doorbell": doorbell.run,
    "idle": idle.run,
    "tasks": tasks.run,
    "backlog": backlog.run,
    "mail_out": mail_out.run,
    "mail_in": mail_in.run,
    "mail_memory": mail_memory.run,
    "workflow": workflow.run,
    "waiting": waiting.run,
    "web": web.run,
    "batch": batch.run,
    "gigabyte": gigabyte.run,
    "scale": scale.run,
    "replica": replica.run,
}


def main(
    rows: Annotated[list[str] | None, typer.Argument(help=f"Of: {', '.join(ROWS)}.")] = None,
    quick: Annotated[bool, typer.Option(help="Small and few: shows that it works.")] = False,
    markdown: Annotated[bool, typer.Option(help="Print the table as Markdown.")] = False,
    directus: Annotated[
        bool, typer.Option("--directus", help="Row web: beside Directus, too; a long installation.")
    ] = False,
) -> None:
    """Measure pgears against its budgets (docs/benchmarks.md)."""
    unknown = set(rows or ()) - set(ROWS)
    if unknown:
        raise typer.BadParameter(f"no such row: {', '.join(sorted(unknown))}")
    console = Console(stderr=True)
    results: list[Result] = []
    with open_lab(quick=quick) as lab:
        found = report.machine(lab)
        for name in rows or ROWS:
            begin = time.monotonic()
            for result in measured(name, lab, directus=directus):
                results.append(result)
                console.print(f"{result.work}: {result.shown}, {result.verdict}", highlight=False)
            console.print(f"({name}: {time.monotonic() - begin:.0f} s)", style="dim")
    report.save(results, found)
    if markdown:
        typer.echo(report.markdown(results, found))
    else:
        report.terminal(results, Console())


def measured(name: str, lab: Lab, *, directus: bool = False) -> Iterator[Result]:
    """The results of a row; one that breaks off is named with its reason, and the rest go on."""
    try:
        yield from web.run(lab, directus=True) if directus and name == "web" else ROWS[name](lab)
    except UserError as error:
        yield Result(f"{name}: broke off", "", None, None, reason=str(error))


if __name__ == "__main__":
    if sys.argv[1:2] == ["faults"]:
        del sys.argv[1]
        typer.run(faults)
    else:
        typer.run(main)
