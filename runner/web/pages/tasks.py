"""Tasks of workflows that wait for this person, and the monitor of administrators."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from ..problem import Problem
from .overview import tasks_of
from .page import Page, redirect

MONITOR = {
    "queue": "select * from queue.status order by kind limit 200",
    "dead": "select id, kind, attempts, error, created from queue.task_list"
    " where state = 'dead' order by id desc limit 100",
    "mails": "select id, state, subject, error, created from mail.message_status"
    " where state not in ('sent', 'cancelled') order by id desc limit 100",
}


async def show_tasks(page: Page) -> Response:
    """Open tasks of the person."""
    return page.show("tasks.html.j2", tasks=await tasks_of(page))


async def complete_task(page: Page, id: int) -> Response:
    """Complete a task with an outcome and a remark."""
    outcome, remark = page.form.get("outcome"), page.form.get("remark")
    await page.call(
        "select 'null' from api.complete_task($1::bigint, $2, $3::jsonb)",
        str(id),
        outcome if isinstance(outcome, str) and outcome else "done",
        json.dumps({"remark": remark} if remark else {}),
    )
    return redirect(page.own_address() or "/pages/tasks")


async def show_monitor(page: Page) -> Response:
    """Queue, dead tasks and mails that did not go; for administrators."""
    if not page.person.administers:
        raise Problem(403, "PG635", "the monitor is for administrators")
    found: dict[str, list[dict[str, Any]]] = {}
    for name, query in MONITOR.items():
        found[name] = await page.call(
            f"select coalesce(jsonb_agg(r), '[]')::text from ({query}) as r"
        )
    return page.show("monitor.html.j2", tables=found)
