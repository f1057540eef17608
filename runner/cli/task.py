"""Commands of the queue: task list, task keys, task retry, task cancel."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import UserError
from .output import Json, print_json, print_table
from .rows import fetch, open_instance

STATES = ("ready", "delayed", "blocked", "leased", "dead", "done", "cancelled")
OPEN = STATES[:5]

tasks = typer.Typer(help="Tasks: what waits, runs and gave up.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (list_tasks, keys, retry, cancel):
        tasks.command(command.__name__.removesuffix("_tasks"))(command)
    app.add_typer(tasks, name="task")


def list_tasks(
    kind: Annotated[str | None, typer.Option(help="Of this kind only.")] = None,
    state: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(STATES)}; without: what is not over.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 100,
    as_json: Json = False,
) -> None:
    """List tasks, newest first."""
    if state is not None and state not in STATES:
        raise UserError(f"there is no state {state}", f"States are {', '.join(STATES)}.")
    with open_instance() as conn:
        found = fetch(
            conn,
            """
            select * from queue.task_list
            where state = any (%s) and (%s::text is null or kind = %s)
            order by id desc limit %s
            """,
            (list(OPEN) if state is None else [state], kind, kind, limit),
        )
    if as_json:
        print_json(found)
        return
    columns = ("id", "kind", "state", "attempts", "at", "runner", "error")
    print_table(columns, [[row[column] for column in columns] for row in found])


def keys(as_json: Json = False) -> None:
    """List keys that tasks wait behind, with the task that is first."""
    with open_instance() as conn:
        found = fetch(conn, "select * from queue.blocked_key order by kind, key", ())
    if as_json:
        print_json(found)
        return
    columns = ("kind", "key", "blocked", "head", "head_state", "head_error")
    print_table(columns, [[row[column] for column in columns] for row in found])


def retry(
    id: Annotated[int | None, typer.Argument(help="A dead task.")] = None,
    kind: Annotated[str | None, typer.Option(help="All dead tasks of a kind.")] = None,
    as_json: Json = False,
) -> None:
    """Make dead tasks ready again, with all their attempts."""
    if (id is None) == (kind is None):
        raise typer.BadParameter("give the id of a task, or --kind")
    with open_instance() as conn:
        row = conn.execute("select queue.redrive(%s, %s)", (id, kind)).fetchone()
    count = 0 if row is None else row[0]
    if as_json:
        print_json({"ready": count})
    else:
        typer.echo(f"{count} tasks are ready again")


def cancel(id: Annotated[int, typer.Argument(help="A task that waits or is dead.")]) -> None:
    """Take a task out of the queue; it is kept as cancelled."""
    with open_instance() as conn:
        conn.execute("select queue.cancel(%s)", (id,))
    typer.echo(f"task {id} is cancelled")
