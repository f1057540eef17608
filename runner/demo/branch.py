"""The branch: a second instance, with other ids and the same names."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from .. import apply as installation
from ..db import connect
from ..embedded import Server
from ..model import apply as model
from ..model.file import load
from ..replica import read

NAME = "pgears_branch"
ROWS = """
select t.uid, t.number, t.id, k.id as class, left(t.customer__text, 18) as customer, t.version
from api.helpdesk_ticket as t
cross join (
  select c.id from meta.class_name as c where c.path = 'helpdesk.ticket'
) as k
order by t.number
"""
SHOWN = 3


def open_branch(server: Server, home: Path, example: Path) -> str:
    """Make the branch's database and its models; gives its URL."""
    peer = home / "headquarters.url"
    peer.touch(mode=0o600)
    peer.write_text(server.url())
    url = server.empty(NAME)
    installation.upgrade(url, environment="development")
    with connect(url, name="pgears demo") as conn:
        model.apply(conn, load(example / "branch.yaml"))
        model.apply(conn, load(example / "model.yaml"))
        conn.execute("select replica.set_peer('headquarters', %s)", (f"file:{peer}",))
    return url


def read_headquarters(url: str) -> int:
    """As `pgears replicate from_headquarters --once` does it; gives the number of rows."""
    return asyncio.run(read(url, "helpdesk.from_headquarters", once=True)).rows


def show(here: psycopg.Connection[Any], url: str, console: Console) -> None:
    """Print some tickets of both instances side by side, and whether all of them are equal."""
    with connect(url, name="pgears demo") as conn:
        there = {row[0]: row for row in conn.execute(ROWS).fetchall()}
    found = here.execute(ROWS).fetchall()
    table = Table(
        title="Two instances, one name: api.helpdesk_ticket",
        title_justify="left", title_style="bold", box=None, pad_edge=True,
    )  # fmt: skip
    for column in ("number", "customer", "headquarters", "branch"):
        table.add_column(column, no_wrap=True)
    for row in found[:SHOWN]:
        table.add_row(row[1], row[4] or "", _place(row), _place(there[row[0]]))
    console.print(table, markup=False)
    equal = sum(1 for row in found if row[0] in there and _told(row) == _told(there[row[0]]))
    console.print(f"  {equal} of {len(found)} tickets are equal there\n", markup=False)


def _place(row: tuple[Any, ...]) -> str:
    return f"row {row[2]} of data.datarow_{row[3]}"


def _told(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is the same everywhere: all but the ids."""
    return row[1], row[4], row[5]
