"""The command metrics: what Prometheus would read from the database."""

from __future__ import annotations

import typer

from ..config import load_settings
from ..db import connect, database_url
from ..metrics.database import samples
from .output import Json, print_json, print_table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(metrics)


def metrics(as_json: Json = False) -> None:
    """Show the metrics of the instance; processes add their own at their addresses."""
    with connect(database_url(load_settings()), autocommit=True, name="pgears metrics") as conn:
        found = samples(conn)
    if as_json:
        print_json([sample._asdict() for sample in found])
        return
    print_table(
        ["metric", "labels", "value"],
        [
            (
                sample.name,
                " ".join(f"{name}={value}" for name, value in sorted(sample.labels.items())),
                "" if sample.value is None else f"{sample.value:g}",
            )
            for sample in found
        ],
    )
