"""The commands of calls to other systems: which there are, what came back, what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import UserError
from .output import Json, console, print_fields, print_json, print_one, print_table
from .rows import Limit, State, act, count, fetch, open_instance, print_rows

http = typer.Typer(
    help="Calls of other systems: list, show, retry, release, cancel, resolve, targets, guard.",
    no_args_is_help=True,
)

CallId = Annotated[int, typer.Argument(help="Number of the call.")]
Target = Annotated[str | None, typer.Option("--target", help="Only calls of this target.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(http, name="http")


@http.command("list")
def list_calls(
    state: State = None, target: Target = None, limit: Limit = 50, as_json: Json = False
) -> None:
    """List calls."""
    print_rows(
        """
        select * from (
          select id, state, created, target, method, path, status, attempts, error
          from http.call_status
          where state = coalesce(%s, state)
            and (%s::text is null or target = %s or split_part(target, '.', 2) = %s)
          order by id desc
          limit %s
        ) as newest
        order by id
        """,
        (state, target, target, target, limit),
        as_json,
        "no call",
    )


@http.command("show")
def show_call(id: CallId, as_json: Json = False) -> None:
    """Show a call: state, what it sends, what came back."""
    with open_instance() as conn:
        found = fetch(
            conn,
            """
            select s.*, c.headers, c.content_type, c.response_headers, c.body, c.response
            from http.call_status as s
            inner join http.call_content as c on s.id = c.id
            where s.id = %s
            """,
            (id,),
        )
    if not found:
        raise UserError(f"there is no call {id}", "`pgears http list` shows what there is.")
    call = found[0]
    texts = {name: _text(call.pop(name)) for name in ("body", "response")}
    if as_json:
        print_json({**call, **texts})
        return
    answer = call.pop("response_headers") or {}
    print_fields(call)
    if answer:
        print_table(["", ""], sorted(answer.items()), title="\nheaders of the answer")
    for name, text in texts.items():
        if text:
            console.print(f"\n{name}\n{text}", markup=False, soft_wrap=True)


@http.command("retry")
def retry_calls(
    id: Annotated[int | None, typer.Argument(help="Number of the call.")] = None,
    target: Target = None,
    state: Annotated[
        str, typer.Option("--state", help="Without a number: all calls that are so.")
    ] = "dead",
    as_json: Json = False,
) -> None:
    """Make a call again under its key, or all that are dead (refused, unknown)."""
    if id is not None:
        _change("select http.retry(%s)", id, as_json)
    else:
        count("select http.retry_many(%s, %s)", (target, state), "queued", as_json)


@http.command("cancel")
def cancel_call(id: CallId, as_json: Json = False) -> None:
    """Keep a call from being made."""
    _change("select http.cancel(%s)", id, as_json)


@http.command("resolve")
def resolve_call(
    id: CallId,
    outcome: Annotated[str, typer.Argument(help="done, or retry.")],
    as_json: Json = False,
) -> None:
    """Say what became of a call in state unknown."""
    _change("select http.resolve(%s, %s)", id, as_json, outcome)


@http.command("release")
def release_calls(target: Target = None, as_json: Json = False) -> None:
    """Let held calls go; the guard is asked again for each."""
    count("select http.release(%s)", (target,), "released", as_json)


@http.command("prune")
def prune_calls(as_json: Json = False) -> None:
    """Delete calls that were kept long enough, as runners do by themselves."""
    count("select http.prune()", (), "deleted", as_json)


@http.command("targets")
def list_targets(as_json: Json = False) -> None:
    """List targets, their breakers and what waits for them."""
    print_rows(
        """
        select target, enabled, url, guard, breaker, open_until, failures, waiting, sending, held
        from http.target_status order by target
        """,
        (),
        as_json,
        "no target",
    )


@http.command("guard")
def set_guard(
    guard: Annotated[
        str | None, typer.Argument(help="deliver or hold; shown when left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Decide whether calls leave this environment."""
    with open_instance() as conn:
        if guard is not None:
            conn.execute("select http.set_guard(%s)", (guard,))
        row = fetch(conn, "select core.environment() as environment, http.guard() as guard", ())[0]
    print_one(row, as_json)


def _text(content: bytes | None) -> str | None:
    return None if content is None else bytes(content).decode("utf-8", "replace")


def _change(query: str, id: int, as_json: bool, *more: str) -> None:
    columns = ("id", "state", "target", "path")
    act(query, (id, *more), ("http", "call_status"), id, as_json, columns)
