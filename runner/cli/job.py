"""The commands job and integration: what runs by time, and the switch for partners."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import UserError
from .output import Json, print_json
from .rows import fetch, open_instance, print_rows

job = typer.Typer(help="Jobs: list, run, runs, log.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(job, name="job")
    app.command()(integration)


@job.command("list")
def list_jobs(as_json: Json = False) -> None:
    """List jobs with their next slot and their last run."""
    print_rows("select * from flow.job_status order by job", (), as_json, "no job")


@job.command()
def run(
    code: Annotated[str, typer.Argument(help="model.code, or the code alone where it is clear.")],
    as_json: Json = False,
) -> None:
    """Start a job now; a runner does it."""
    with open_instance() as conn:
        row = conn.execute("select api.run_job(%s)", (code,)).fetchone()
        id = None if row is None else row[0]
        found = conn.execute(
            "select state, error from api.job_runs(%s) where id = %s", (code, id)
        ).fetchone()
    # Who may start a job may not always see its log.
    state, error = found or ("started", None)
    if as_json:
        print_json({"run": id, "state": state, "error": error})
    else:
        typer.echo(f"run {id} is {state}" + (f": {error}" if error else ""))


@job.command()
def runs(
    code: Annotated[str | None, typer.Argument(help="Runs of this job only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List runs: each slot that was run, skipped or missed."""
    print_rows(
        """
        select * from flow.run_status
        where %s::text is null or job = %s or split_part(job, '.', 2) = %s
        order by id desc limit %s
        """,
        (code, code, code, limit),
        as_json,
        "no run",
    )


@job.command()
def log(
    run: Annotated[int, typer.Argument(help="Number of the run.")], as_json: Json = False
) -> None:
    """Show what became of each step of a run."""
    with open_instance() as conn:
        if not fetch(conn, "select from flow.run_status where id = %s", (run,)):
            raise UserError(f"there is no run {run}", "List them with: pgears job runs")
    print_rows(
        "select position, step, outcome, at, detail from flow.run_log where run = %s order by id",
        (run,),
        as_json,
        "nothing happened",
    )


def integration(
    switch: Annotated[str | None, typer.Argument(help="on or off; without: show.")] = None,
    as_json: Json = False,
) -> None:
    """Show or turn the integration switch: off, what is marked as integration does not run."""
    if switch not in (None, "on", "off"):
        raise typer.BadParameter("write on or off")
    with open_instance() as conn:
        if switch is not None:
            conn.execute("select core.set_integration(%s)", (switch == "on",))
        row = conn.execute("select core.integration()").fetchone()
    on = bool(row and row[0])
    if as_json:
        print_json({"integration": on})
    else:
        typer.echo(f"integration is {'on' if on else 'off'}")
