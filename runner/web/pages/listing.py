"""The list of a class: filtered, searched, sorted, page by page, and exported as it is filtered."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from starlette.responses import Response

from ..problem import Problem
from .classic import quoted, read_classic
from .description import Column, Description
from .inquiry import rows_of, total_of
from .page import HEADERS, Page, problem_of, redirect
from .shown import cell

OWN = ("page", "q", "order", "filter", "export", "lang", "returnUrl", "column", "operator", "value")
BEHIND = "PGRST103"
"""A page behind the last one, which is simply empty."""
EXPORTED = 100_000
"""Most rows of an export from the page; longer ones are for export definitions."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class View:
    """What of a list the address asks for."""

    filters: list[tuple[str, str]]
    classic: str
    search: str
    order: str
    page: int


def read_view(page: Page, description: Description) -> View:
    """Read the address."""
    asked = page.request.query_params
    number = asked.get("page", "1")
    order = asked.get("order") or str(description.page.get("order", "-id"))
    return View(
        [(k, v) for k, v in asked.multi_items() if k not in OWN],
        asked.get("filter", ""),
        asked.get("q", "").strip(),
        order if description.column(order.lstrip("-")) else "-id",
        max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else 1,
    )


async def query_of(page: Page, description: Description, view: View) -> list[tuple[str, str]]:
    """The view in the grammar of the web service."""
    found = list(view.filters)
    if view.classic:
        found.append(read_classic(view.classic, description.columns, await today(page)))
    if view.search:
        pattern = quoted(f"*{view.search}*")
        parts = [f"{quoted(code)}.ilike.{pattern}" for code in description.searched]
        found.append(("or", f"({','.join(parts)})"))
    code = view.order.lstrip("-")
    column = description.column(code)
    assert column is not None
    by = f"{code}__text" if column.type == "reference" else code
    direction = "desc.nullslast" if view.order.startswith("-") else "asc.nullslast"
    found.append(("order", f"{by}.{direction},id.desc"))
    return found


async def today(page: Page) -> date:
    """The day by the clock of the instance."""
    return date.fromisoformat(await page.call("select to_jsonb(web.now()::date)::text"))


def selected(columns: list[Column]) -> str:
    """Parameter select for columns and what is shown of them."""
    names = dict.fromkeys(["id", "shortdescription", *(n for c in columns for n in c.selected)])
    return ",".join(quoted(name) for name in names)


async def show_list(page: Page, model: str, code: str) -> Response:
    """The list, or its part that htmx asks for."""
    description = await page.describe(model, code)
    view = read_view(page, description)
    asked = page.request.query_params
    if asked.get("column"):
        return redirect(with_condition(page, description))
    if asked.get("export"):
        return await export(page, description, view, asked["export"])
    rows: list[dict[str, Any]] = []
    total: int | None = 0
    problem: Problem | None = None
    try:
        answer = await page.ask(
            "GET",
            description.view,
            query=[
                *await query_of(page, description, view),
                ("select", selected(description.listed)),
                ("limit", str(description.page_size)),
                ("offset", str((view.page - 1) * description.page_size)),
            ],
            prefer="count=estimated",
        )
        rows, total = rows_of(answer), total_of(answer)
    except Exception as error:
        problem = problem_of(error)
        if not isinstance(problem, Problem):
            raise
        if problem.code == BEHIND:
            problem = None
    partial = page.request.headers.get("hx-target") == "rows"
    return page.show(
        "rows.html.j2" if partial else "list.html.j2",
        200 if problem is None else problem.status,
        description=description,
        view=view,
        rows=rows,
        total=total,
        problem=problem,
        pages=pages_of(view, description, len(rows), total),
        address=lambda **changes: address(page, description, **changes),
        without=lambda name, value: without(page, description, name, value),
    )


def pages_of(
    view: View, description: Description, shown: int, total: int | None
) -> tuple[int, int]:
    """Number of this page and of the last, as far as it is known."""
    size = description.page_size
    last = -(-total // size) if total else view.page + (shown == size)
    return view.page, max(last, view.page, 1)


def address(page: Page, description: Description, /, **changes: str | None) -> str:
    """The address of the same list with other parameters; None takes one away."""
    kept = [(k, v) for k, v in page.request.query_params.multi_items() if k not in changes]
    kept += [(k, v) for k, v in changes.items() if v is not None]
    return f"{description.path}?{urlencode(kept)}" if kept else description.path


def without(page: Page, description: Description, name: str, value: str) -> str:
    """The address of the same list without one condition."""
    kept = page.request.query_params.multi_items()
    kept.remove((name, value))
    kept = [(k, v) for k, v in kept if k != "page"]
    return f"{description.path}?{urlencode(kept)}" if kept else description.path


def with_condition(page: Page, description: Description) -> str:
    """The address with what the filter form says added to it."""
    asked = page.request.query_params
    kept = [
        (k, v)
        for k, v in asked.multi_items()
        if k not in ("column", "operator", "value", "page") and v
    ]
    column = description.column(asked["column"])
    operator, value = asked.get("operator", "eq"), asked.get("value", "").strip()
    if column is not None:
        name = column.code
        if operator in ("is.null", "not.is.null"):
            kept.append((name, operator))
        elif operator == "contains":
            by = f"{name}__text" if column.type == "reference" else name
            kept.append((by, f"ilike.*{value}*"))
        elif column.type == "reference" and not value.isdigit():
            kept.append((f"{name}__text", f"{operator}.{value}"))
        elif column.multiple:
            kept.append((name, f"cs.{{{value}}}"))
        else:
            kept.append((name, f"{operator}.{value}"))
    return f"{description.path}?{urlencode(kept)}" if kept else description.path


async def export(page: Page, description: Description, view: View, form: str) -> Response:
    """The filtered rows with the columns of the list, as xlsx or csv."""
    if form not in ("excel", "xlsx", "csv"):
        raise Problem(
            400, "PG637", f'there is no export "{form}"', hint="Write export=excel or export=csv."
        )
    columns = description.listed
    answer = await page.ask(
        "GET",
        description.view,
        query=[
            *await query_of(page, description, view),
            ("select", selected(columns)),
            ("limit", str(EXPORTED)),
        ],
    )
    rows = rows_of(answer)
    content = as_csv(page, columns, rows) if form == "csv" else as_xlsx(page, columns, rows)
    name = f"{description.code}.{'csv' if form == 'csv' else 'xlsx'}"
    return Response(
        content,
        media_type="text/csv; charset=utf-8" if form == "csv" else XLSX,
        headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
    )


def as_csv(page: Page, columns: list[Column], rows: list[dict[str, Any]]) -> bytes:
    """UTF-8 with a mark that spreadsheets know it by; formulas are made harmless."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([harmless(c.name) for c in columns])
    writer.writerows([harmless(plain(c, row, page.language)) for c in columns] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(page: Page, columns: list[Column], rows: list[dict[str, Any]]) -> bytes:
    """A workbook with one sheet; numbers are numbers, everything else is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()

    def one(value: Any) -> Cell:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        made = WriteOnlyCell(sheet, value if number else CONTROL.sub("", str(value)))
        if not number:
            made.data_type = "s"  # also what begins like a formula
        return made

    sheet.append([one(c.name) for c in columns])
    for row in rows:
        sheet.append([one(plain(c, row, page.language)) for c in columns])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def plain(column: Column, row: dict[str, Any], language: str) -> Any:
    """A value for a spreadsheet."""
    value = row.get(column.code)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float) and column.type != "reference":
        return value
    if column.shows in ("date", "timestamp", "text", "middle_text", "long_text", "html"):
        return value if value is not None and not column.localized else cell(column, row, language)
    return cell(column, row, language)


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
