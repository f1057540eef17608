"""The command sync: keep a class in step with a table of another database, or plan it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from ..config import load_settings
from ..db import connect, database_url
from ..errors import SyncBusy, UserError
from ..sync.work import do_run
from .output import Json, print_fields, print_json, print_table
from .rows import print_rows

Code = Annotated[
    str | None, typer.Argument(help="model.code, or the code alone where it is clear.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sync)


def sync(
    code: Code = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be written, and write nothing.")
    ] = False,
    allow_deletes: Annotated[
        bool, typer.Option("--allow-deletes", help="Delete more rows than the limit, too.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List synchronisations.")] = False,
    log: Annotated[bool, typer.Option("--log", help="List runs, newest first.")] = False,
    as_json: Json = False,
) -> None:
    """Synchronise now; without a code or with --list, list what there is."""
    if log:
        _print_log(code, as_json)
    elif listed or code is None:
        print_rows(
            "select * from sync.definition_status order by sync",
            (),
            as_json,
            "no synchronisation is defined",
        )
    else:
        _run(code, plan, allow_deletes, as_json)


def _run(code: str, plan: bool, allow_deletes: bool, as_json: bool) -> None:
    url = database_url(load_settings())
    with connect(url, name="pgears sync") as conn:
        (run,) = conn.execute(
            "select sync.new_run(sync.definition_id(%s), 'manual', %s, %s)",
            (code, plan, allow_deletes),
        ).fetchone() or (0,)
    try:
        with Console(stderr=True).status(f"synchronising {code}") as status:
            result = do_run(
                url, run, told=lambda doing, rows: status.update(f"{doing} {code}: {rows:,} rows")
            )
    except SyncBusy:
        with connect(url, name="pgears sync") as conn:
            conn.execute("select sync.withdraw_run(%s)", (run,))
        raise
    if as_json:
        print_json(result)
    else:
        _show(result)
    if result["state"] != "done":
        raise UserError(
            f"run {run} of {result['sync']} {result['state']}: {result['error']}",
            f'"pgears sync {code} --log --json" shows the runs with their problems.',
        )


def _show(result: dict[str, Any]) -> None:
    names = ("run", "sync", "state", "compare", "read", "inserted", "updated", "deleted")
    print_fields({name: result[name] for name in names} | {"plan": result["plan"] or None})
    samples = result.get("samples") or []
    if samples:
        print_table(
            ("would", "before", "after"),
            [
                (
                    sample["op"],
                    _brief(sample.get("before")),
                    _brief(sample.get("after") or sample.get("key")),
                )
                for sample in samples
            ],
        )


def _brief(values: Any) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, default=str)


def _print_log(code: str | None, as_json: bool) -> None:
    print_rows(
        """
        select id, sync, cause, starter, plan, state, compare, read, inserted, updated, deleted,
          started, ended, error, problems
        from sync.run_status
        where %s::text is null or sync = %s or split_part(sync, '.', 2) = %s
        order by id desc limit 50
        """,
        (code, code, code),
        as_json,
        "no run",
    )
