"""The command doctor: what is wrong with the surroundings, and what mends it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ..config import load_settings
from ..doctor import examine
from .output import Json, print_json, print_table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


Servers = Annotated[
    bool,
    typer.Option(
        "--servers",
        help="Connect to the servers of accounts, mailboxes, targets and peers, and look at their"
        " certificates; nobody logs in.",
    ),
]


def doctor(servers: Servers = False, as_json: Json = False) -> None:
    """Examine server, disks, rights, queue, mail and all else; each finding has what mends it."""
    findings = examine(load_settings(), servers)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_table(
            ["check", "state", "found", "mend"],
            [(f.check, f.state, f.found, f.mend) for f in findings],
        )
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)
