"""Runs of imports and exports that the person has started or may view, and their files."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from ..problem import Problem
from .files import download
from .inquiry import rows_of
from .page import HEADERS, Page

NEWEST = 50
SHOWN = 200
"""Rows in error on a page; the file has all of them."""
FILE = "kind,run,name,media_type,size"


async def show_runs(page: Page) -> Response:
    """The newest runs."""
    newest = [("order", "run.desc"), ("limit", str(NEWEST))]
    imports = await _rows(page, "import_run", *newest)
    exports = await _rows(page, "export_run", *newest)
    return page.show("runs.html.j2", imports=imports, exports=exports)


async def show_import(page: Page, run: int) -> Response:
    """A run of an import: counters, rows in error, the file where it was kept."""
    found = await _rows(page, "import_run", ("run", f"eq.{run}"))
    if not found:
        raise Problem(404, "PG635", f"there is no run {run} for you")
    errors = await _rows(
        page,
        "import_error",
        ("run", f"eq.{run}"),
        ("order", "record,line"),
        ("limit", str(SHOWN)),
    )
    files = await _rows(
        page, "run_file", ("kind", "eq.import"), ("run", f"eq.{run}"), ("select", FILE)
    )
    return page.show("import.html.j2", run=found[0], errors=errors, files=files)


async def show_errors(page: Page, run: int) -> Response:
    """All rows in error as CSV."""
    if not await _rows(page, "import_run", ("run", f"eq.{run}"), ("select", "run")):
        raise Problem(404, "PG635", f"there is no run {run} for you")
    query = [
        ("run", f"eq.{run}"),
        ("select", "line,column,value,reason"),
        ("order", "record,line"),
    ]
    answer = await page.ask("GET", "import_error", query=query, accept="text/csv")
    return Response(
        answer.body,
        media_type="text/csv",
        headers={
            **HEADERS,
            "Content-Disposition": f'attachment; filename="import-{run}-errors.csv"',
        },
    )


async def show_file(page: Page, kind: str, run: int) -> Response:
    """The file of a run."""
    return await download(page, "run_file", ("kind", f"eq.{kind}"), ("run", f"eq.{run}"))


async def _rows(page: Page, view: str, *query: tuple[str, str]) -> list[dict[str, Any]]:
    return rows_of(await page.ask("GET", view, query=list(query)))
