"""The commands workflow, event and script."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from psycopg.types.json import Jsonb

from ..errors import UserError
from .output import Json, print_fields, print_json, print_records
from .rows import call, fetch, open_instance, print_rows

workflow = typer.Typer(
    help="Workflows: list, start, show, draw, pause, resume, cancel, retry.", no_args_is_help=True
)
event = typer.Typer(help="Events that workflows wait for.", no_args_is_help=True)
script = typer.Typer(help="Scripts: list and run.", no_args_is_help=True)

InstanceId = Annotated[int, typer.Argument(help="Number of the instance.")]
Code = Annotated[str, typer.Argument(help="model.code, or the code alone where it is clear.")]
Given = Annotated[
    list[str] | None,
    typer.Option("--set", help="name=value, repeated; a value that is JSON is taken as such."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(workflow, name="workflow")
    app.add_typer(event, name="event")
    app.add_typer(script, name="script")


@workflow.command("list")
def list_workflows(
    code: Annotated[str | None, typer.Argument(help="Instances of this one.")] = None,
    state: Annotated[str | None, typer.Option(help="Instances in this state only.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, help="At most so many instances, newest first.")
    ] = 50,
    as_json: Json = False,
) -> None:
    """List workflows, or with a code or state their instances."""
    if code is None and state is None:
        print_rows(
            "select * from flow.workflow_status order by workflow", (), as_json, "no workflow"
        )
        return
    print_rows(
        """
        select id, workflow, version, state_name as state, record, started, ended, stands_at, error
        from flow.instance_status
        where (%s::text is null or workflow = %s or split_part(workflow, '.', 2) = %s)
          and (%s::text is null or state_name = %s)
        order by id desc limit %s
        """,
        (code, code, code, state, state, limit),
        as_json,
        "no instance",
    )


@workflow.command()
def show(id: InstanceId, as_json: Json = False) -> None:
    """Show an instance with its variables and its log."""
    with open_instance() as conn:
        row = conn.execute("select api.workflow_state(%s)", (id,)).fetchone()
        if row is None or row[0] is None:
            raise UserError(f"there is no instance {id}", "pgears workflow list shows them.")
        state = row[0]
        log = fetch(conn, "select at, step, outcome, next, detail from api.workflow_log(%s)", (id,))
    if as_json:
        print_json({**state, "log": log})
        return
    opened = state.pop("open")
    print_fields({**state, "variables": json.dumps(state["variables"], ensure_ascii=False)})
    for title, rows in (("\nstands at", opened), ("\nlog", log)):
        if rows:
            print_records(rows, title)


@workflow.command()
def draw(
    of: Annotated[str, typer.Argument(help="Code of a workflow, or number of an instance.")],
    version: Annotated[
        int | None, typer.Option(help="Version; without it the current one.")
    ] = None,
) -> None:
    """Print a flowchart (Mermaid) of a workflow, or of an instance with the way it took."""
    query, values = (
        ("select flow.draw_instance(%s)", (int(of),))
        if of.isdecimal()
        else ("select flow.draw_version(%s, %s)", (of, version))
    )
    drawn = call(query, values)
    if drawn is None:
        raise UserError(f"there is nothing to draw for {of}", "pgears workflow list shows them.")
    typer.echo(drawn)


@workflow.command()
def start(
    code: Code,
    record: Annotated[int | None, typer.Option(help="Id of the row that it is about.")] = None,
    given: Given = None,
    key: Annotated[str | None, typer.Option(help="Starts once for this key.")] = None,
    as_json: Json = False,
) -> None:
    """Start a workflow and print the number of the instance."""
    id = call(
        "select api.start_workflow(%s, %s, %s, %s)", (code, record, Jsonb(_values(given)), key)
    )
    if as_json:
        print_json({"instance": id})
    else:
        typer.echo(f"instance {id}")


@workflow.command()
def pause(id: InstanceId) -> None:
    """Pause an instance; events and timers are remembered meanwhile."""
    call("select flow.pause_instance(%s)", (id,))
    typer.echo(f"instance {id} is paused")


@workflow.command()
def resume(id: InstanceId) -> None:
    """Let a paused instance go on."""
    call("select flow.resume_instance(%s)", (id,))
    typer.echo(f"instance {id} goes on")


@workflow.command()
def retry(
    id: InstanceId,
    step: Annotated[str | None, typer.Option(help="Go on from this step instead.")] = None,
) -> None:
    """Let a failed instance go on, at the step that failed or at another."""
    call("select flow.resume_instance(%s, %s)", (id, step))
    typer.echo(f"instance {id} goes on")


@workflow.command()
def cancel(
    id: InstanceId, reason: Annotated[str | None, typer.Option(help="For the log.")] = None
) -> None:
    """Cancel an instance with all that it waits for."""
    call("select flow.cancel_instance(%s, %s)", (id, reason))
    typer.echo(f"instance {id} is cancelled")


@workflow.command()
def move(
    id: InstanceId,
    version: Annotated[int, typer.Argument(help="Version to go on with.")],
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="former=new step, repeated.")
    ] = None,
) -> None:
    """Move an instance to another version of its workflow."""
    pairs = _values(mapping)
    call("select flow.move_instance(%s, %s, %s)", (id, version, Jsonb(pairs)))
    typer.echo(f"instance {id} goes on with version {version}")


@event.command("raise")
def raise_event(
    code: Annotated[str, typer.Argument(help="Code that the waiting step has.")],
    scope: Annotated[str, typer.Option(help="global, workflow or instance.")] = "global",
    id: Annotated[int, typer.Option(help="Of the workflow or instance.")] = 0,
    given: Given = None,
    as_json: Json = False,
) -> None:
    """Raise an event; one that nobody waits for is kept for who will."""
    woken = call("select api.raise_event(%s, %s, %s, %s)", (code, scope, id, Jsonb(_values(given))))
    if as_json:
        print_json({"woken": woken})
    else:
        typer.echo(f"{woken} branches go on" if woken else "nobody waits; the event is kept")


@event.command("list")
def list_events(as_json: Json = False) -> None:
    """List events, newest first."""
    print_rows(
        "select * from flow.event_status order by id desc limit 100", (), as_json, "no event"
    )


@script.command("list")
def list_scripts(as_json: Json = False) -> None:
    """List scripts with their flags."""
    print_rows("select * from flow.script_status order by script", (), as_json, "no script")


@script.command("run")
def run_script(
    code: Code,
    given: Given = None,
    dry_run: Annotated[bool, typer.Option(help="Undo what it writes.")] = False,
    as_json: Json = False,
) -> None:
    """Run a script with parameters and print its result."""
    result = call("select api.run_script(%s, %s, %s)", (code, Jsonb(_values(given)), dry_run))
    if as_json:
        print_json(result)
    else:
        typer.echo(json.dumps(result, ensure_ascii=False))


def _values(given: list[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"write name=value, not {pair}")
        try:
            found[name] = json.loads(value)
        except json.JSONDecodeError:
            found[name] = value
    return found
