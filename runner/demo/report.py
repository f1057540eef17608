"""What the example has done, as tables, and where to look further."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

TAKE = """
update api.helpdesk_ticket
set status = 'open', priority = 1, agent = %s, watchers = %s
where id = (select min(id) from api.helpdesk_ticket where customer is not null)
returning id, number, version
"""
URGENT = """
update api.helpdesk_ticket
set priority = 1
where id = (
  select min(t.id)
  from api.helpdesk_ticket as t
  where t.id <> %s and not exists (select from api.helpdesk_note as n where n.ticket = t.id)
)
returning id
"""
BAD_ROW = """
insert into api.helpdesk_ticket (subject, priority, status) values ('', 9, 'lost');
"""


def take_ticket(conn: psycopg.Connection[Any], agents: Sequence[int]) -> tuple[Any, ...]:
    """An agent takes the first ticket of a known customer; gives id, number and version."""
    row = conn.execute(TAKE, (agents[0], list(agents[1:]))).fetchone()
    if row is None:
        raise LookupError("no ticket has a customer")
    return tuple(row)


def make_urgent(conn: psycopg.Connection[Any], taken: int) -> None:
    """Another ticket becomes urgent, one that no customer has answered."""
    if conn.execute(URGENT, (taken,)).fetchone() is None:
        raise LookupError("there is no other ticket")


def show_errors(conn: psycopg.Connection[Any], console: Console, run: int) -> None:
    """Print the rows of the customers' file that did not go in."""
    _table(
        conn, console, "Rows of customers.csv in error: the others went in",
        'select line, "column", left(value, 20) as value, left(reason, 40) as reason'
        " from batch.import_error_list where run = %s order by line, 2", run,
    )  # fmt: skip


def show(
    conn: psycopg.Connection[Any], console: Console, taken: tuple[Any, ...], sink: Path
) -> None:
    """Print the tables."""
    _table(
        conn, console, "What came in",
        "select case state when 'done' then split_part(class, '.', 2) else state end as became,"
        " coalesce(reason, left(min(error), 30), '') as because, count(*) as mails,"
        " left(min(nullif(subject, '')), 30) as example"
        " from mail.received_status group by 1, state, reason order by 3 desc, 2",
    )  # fmt: skip
    _table(
        conn, console, "Tickets: api.helpdesk_ticket",
        "select number, left(subject, 28) as subject, left(customer__text, 16) as customer,"
        " from_address as sender, cardinality(attachments) as files"
        " from api.helpdesk_ticket where length(from_address) < 30"
        " order by cardinality(attachments) desc nulls last, number limit 8",
    )  # fmt: skip
    _table(
        conn, console, f"Ticket {taken[1]} was taken: references show as id and as text",
        "select version, status, agent, agent__text, watchers, watchers__text"
        " from api.helpdesk_ticket where id = %s", taken[0],
    )  # fmt: skip
    _table(
        conn, console, "Answers of customers are notes on their tickets, solved ones open again",
        "select left(ticket__text, 20) as ticket, left(author, 20) as author,"
        " left(split_part(text, chr(10), 1), 24) as text,"
        " (select t.status from api.helpdesk_ticket as t where t.id = n.ticket) as status"
        " from api.helpdesk_note as n order by id",
    )  # fmt: skip
    _table(
        conn, console, "Acknowledgements: stored, then sent; a delivery report marks its mail",
        "select state, count(*) as mails, left(min(subject), 24) as example,"
        " coalesce(left(substring(min(error) from 'report: (.*)'), 30), '') as because"
        " from mail.message_status group by state order by state desc",
    )  # fmt: skip
    _table(
        conn, console, "Urgent tickets: each waits to be solved, or escalates by its deadline",
        "select i.id as instance, t.number, i.state_name as state, i.stands_at,"
        " to_char(b.until, 'HH24:MI') as until"
        " from flow.instance_status as i"
        " inner join api.helpdesk_ticket as t on i.record = t.id"
        " left join flow.waiting as b on i.id = b.instance order by i.id",
    )  # fmt: skip
    _drawing(conn, console)
    console.print("[bold]A row that breaks three limits is refused with all of them[/bold]")
    console.print(f"  {BAD_ROW.strip()}", style="dim", markup=False, soft_wrap=True)
    try:
        conn.execute(BAD_ROW)
    except psycopg.Error as error:
        found = f"  {error.sqlstate}: {error.diag.message_primary}"
        console.print(found, markup=False, soft_wrap=True)
    kept = sum(1 for _ in (sink / "new").iterdir())
    console.print(f"\nThe sink, an SMTP server for development, holds {kept} mails:")
    console.print(f"  {sink}/new", markup=False, soft_wrap=True)


def _drawing(conn: psycopg.Connection[Any], console: Console) -> None:
    """The way of the workflow that has finished, as Mermaid text."""
    row = conn.execute(
        "select id, flow.draw_instance(id) from flow.instance_status"
        " where state_name = 'finished' order by id limit 1"
    ).fetchone()
    if row is None:
        raise LookupError("no workflow has finished")
    console.print(f"[bold]The way of instance {row[0]}[/bold] (Mermaid: pgears workflow draw)")
    console.print(row[1], style="dim", markup=False, highlight=False, soft_wrap=True)
    console.print()


def program(called: str) -> str:
    """How pgears is called here: from the checkout by path, from where it is installed by name."""
    return ".venv/bin/pgears" if Path(called).name == "__main__.py" else "pgears"


def where(console: Console, home: Path, password: str) -> None:
    """Print the commands to go on with; without a password nothing was kept running."""
    setting = f"PGEARS_HOME={home}"
    pgears = program(sys.argv[0])
    if password:
        console.print("\nIt keeps running. Look around:")
        for command in (
            "shell",
            "status",
            "mail list",
            "imports runs",
            "mailbox list",
            "workflow list escalation",
            "model dump helpdesk",
        ):
            console.print(f"  {setting} {pgears} {command}", markup=False)
        console.print("In the shell:")
        console.print(
            "  select number, subject, customer, agent from api.helpdesk_open_tickets;",
            highlight=False,
        )
        console.print(
            "  \\c pgears_branch                    -- and the same at the branch",
            highlight=False,
        )
        address = f"http://{os.environ['PGEARS_WEB_LISTEN']}"
        console.print("Pages, to be seen in a browser:")
        console.print(f"  {address}/pages/   login lena, password {password}", highlight=False)
        console.print("The web service, for the same account:")
        console.print(
            f'  curl -H "Authorization: Bearer $({setting} {pgears} web token lena)"'
            f" '{address}/helpdesk_ticket"
            "?select=number,subject,customer(name)&limit=3'",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        console.print(f"Stop it with: {setting} {pgears} down")
    else:
        console.print("\nServer, runner and sink are stopped. To look around, keep them running:")
        console.print(f"  {pgears} demo --keep")


def _table(
    conn: psycopg.Connection[Any], console: Console, title: str, query: str, *arguments: Any
) -> None:
    cursor = conn.execute(query.encode(), arguments)
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=True)
    for column in cursor.description or ():
        table.add_column(column.name, no_wrap=True)
    for row in cursor.fetchall():
        table.add_row(*(_cell(value) for value in row))
    console.print(table, markup=False)
    console.print()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return str(value)
