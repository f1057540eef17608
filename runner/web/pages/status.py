"""The status page: what is not as it should be and what mends it, then a table for each room."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from ...overview import TABLES
from ..problem import Problem
from .page import Page

MOST = 200
"""Rows of a table that the page shows."""


async def show_status(page: Page) -> Response:
    """For administrators; asked with their own rights."""
    if not page.person.administers:
        raise Problem(403, "PG635", "the status is for administrators")
    found: dict[str, list[dict[str, Any]]] = {}
    for name, query in TABLES.items():
        found[name] = await page.call(
            "select coalesce(json_agg(r), '[]')::text"
            f" from (select * from ({query}) as q limit {MOST}) as r"
        )
    findings = found.pop("findings")
    return page.show("status.html.j2", findings=findings, tables=found)
