"""A record: its detail, the forms for a new and a changed one, deletion."""

from __future__ import annotations

from typing import Any

import psycopg
from starlette.responses import Response

from ..problem import Problem
from .description import Description
from .form import (
    FEW,
    Field,
    all_of,
    condition,
    defaults,
    editable,
    fields_of,
    numbers,
    suggestions,
    values_of,
)
from .inquiry import rows_of
from .page import Page, problem_of, redirect
from .shown import title_of
from .workflows import instances_of

ONE = "application/json"


async def show_record(page: Page, model: str, code: str, id: int) -> Response:
    """The detail of a record, with its files, history and mails."""
    description = await page.describe(model, code)
    row = await fetch(page, description, id)
    history = await page.call(
        "select coalesce(jsonb_agg(h), '[]')::text from web.record_history($1, $2) as h",
        str(description.id),
        str(id),
    )
    return page.show(
        "detail.html.j2",
        description=description,
        row=row,
        title=title_of(description, row),
        files=await files_by_id(page, description, row),
        history=history,
        mails=rows_of(await mails_of(page, description, id)),
        instances=await instances_of(page, ("class", f"eq.{model}.{code}"), ("record", f"eq.{id}")),
        saved=page.request.query_params.get("saved"),
    )


async def fetch(page: Page, description: Description, id: int) -> dict[str, Any]:
    """The record, or a Problem when the person does not see one."""
    answer = await page.ask(
        "GET",
        description.view,
        query=[*condition(id), ("select", all_of(list(description.columns.values())))],
    )
    rows = rows_of(answer)
    if not rows:
        raise Problem(
            404,
            "PG635",
            f"there is no record {id} of {description.name} for you",
            hint="It is deleted, was never there, or no role of yours has a right to it.",
        )
    return rows[0]


async def files_by_id(
    page: Page, description: Description, row: dict[str, Any]
) -> dict[int, dict[str, Any]]:
    """Name, type and size of the files of a record."""
    wanted = [f for c in description.form if c.type == "file" for f in numbers(row.get(c.code))]
    if not wanted:
        return {}
    answer = await page.ask(
        "GET",
        "file",
        query=[
            ("id", f"in.({','.join(map(str, wanted))})"),
            ("select", "id,name,media_type,size"),
        ],
    )
    return {file["id"]: file for file in rows_of(answer)}


async def mails_of(page: Page, description: Description, id: int) -> Any:
    """The newest mails about a record."""
    return await page.ask(
        "GET",
        "mail",
        query=[
            ("class_id", f"eq.{description.id}"),
            ("record", f"eq.{id}"),
            ("order", "id.desc"),
            ("limit", "50"),
            ("select", "id,subject,recipients,body,state,error,created"),
        ],
    )


async def new_record(page: Page, model: str, code: str) -> Response:
    """The form of a new record; a link may have filled it where the class allows that."""
    description = await page.describe(model, code)
    columns = editable(description, new=True)
    moment = await page.call("select to_jsonb(web.now())::text")
    row = defaults(columns, moment[:10], moment[:19])
    fields = fields_of(columns, row, {})
    if description.page.get("prefill"):
        fields = [await prefilled(page, field) for field in fields]
    return show_form(page, description, fields, id=None, version=None)


async def prefilled(page: Page, field: Field) -> Field:
    """The field with what the address says of its column; of a reference its number or text."""
    given = page.request.query_params.getlist(field.column.code)
    if not given or field.column.type == "file":
        return field
    if field.column.type == "reference":
        given = [await named(page, field, text) for text in given]
    return Field(field.column, given if field.column.multiple else given[:1])


async def named(page: Page, field: Field, text: str) -> str:
    """A reference by number with its description, so that people see what was chosen."""
    if not text.isdigit() or len(field.column.classes) != 1:
        return text
    target = field.column.classes[0]
    answer = await page.ask(
        "GET",
        f"{target['model']}_{target['class']}",
        query=[("id", f"eq.{text}"), ("select", "id,shortdescription")],
    )
    rows = rows_of(answer)
    return f"{rows[0]['shortdescription'] or ''} (#{text})".strip() if rows else f"#{text}"


async def edit_record(page: Page, model: str, code: str, id: int) -> Response:
    """The form of a record that is there."""
    description = await page.describe(model, code)
    row = await fetch(page, description, id)
    files = await files_by_id(page, description, row)
    fields = fields_of(editable(description, new=False), row, files)
    return show_form(
        page,
        description,
        fields,
        id=id,
        version=str(row["version"]),
        title=title_of(description, row),
    )


def show_form(page: Page, description: Description, fields: list[Field], **values: Any) -> Response:
    """A form, with what was wrong with it the last time."""
    problem: Problem | None = values.pop("problem", None)
    return page.show(
        "form.html.j2",
        200 if problem is None else problem.status,
        description=description,
        fields=fields,
        problem=problem,
        back=page.own_address(),
        few=FEW,
        **{"title": None, "theirs": None, **values},
    )


async def save_record(page: Page, model: str, code: str, id: int | None) -> Response:
    """Insert or change; what is refused comes back with the form as it was filled."""
    description = await page.describe(model, code)
    columns = editable(description, new=id is None)
    row = {} if id is None else await fetch(page, description, id)
    version = page.form.get("version")
    try:
        values = await values_of(page, page.form, columns, row)
        if id is None:
            how: dict[str, Any] = {"query": [("select", "id")]}
            answer = await page.ask(
                "POST", description.view, body=values, prefer="return=representation", **how
            )
        elif not values:
            return redirect(page.own_address() or f"{description.path}/{id}")
        else:
            answer = await page.ask(
                "PATCH",
                description.view,
                query=[*condition(id, str(version)), ("select", "id")],
                body=values,
                prefer="return=representation",
            )
        rows = rows_of(answer)
    except (Problem, psycopg.Error) as error:
        fields = filled(page, columns, row)
        return show_form(
            page, description, fields, id=id, version=version, problem=problem_of(error)
        )
    if not rows:
        return await changed_meanwhile(page, description, id, row)
    return redirect(page.own_address() or f"{description.path}/{rows[0]['id']}?saved=1")


async def changed_meanwhile(
    page: Page, description: Description, id: int | None, row: dict[str, Any]
) -> Response:
    """Nothing was changed: somebody else was faster, or the right is missing."""
    columns = editable(description, new=False)
    other = str(row["version"]) != page.form.get("version")
    if other:
        problem = Problem(
            409,
            "PG639",
            "somebody has changed this record meanwhile",
            hint="Their values stand beside yours. Save again to put yours in their place.",
        )
    else:
        problem = Problem(
            403,
            "PG639",
            "no role of yours lets you change this record",
            hint="An administrator sees why: pgears access explain.",
        )
    theirs = {c.code: ", ".join(f.values) for f in fields_of(columns, row, {}) for c in [f.column]}
    return show_form(
        page,
        description,
        filled(page, columns, row),
        id=id,
        version=str(row["version"]),
        problem=problem,
        theirs=theirs if other else None,
    )


def filled(page: Page, columns: list[Any], row: dict[str, Any]) -> list[Field]:
    """Fields as the person has filled them; files have to be chosen anew."""
    found = []
    for column in columns:
        given = [t for t in page.form.getlist(column.code) if isinstance(t, str) and t]
        found.append(Field(column, [] if column.type == "file" else given))
    return found


async def delete_record(page: Page, model: str, code: str, id: int) -> Response:
    """Ask by GET, delete by POST."""
    description = await page.describe(model, code)
    row = await fetch(page, description, id)
    if page.request.method == "GET":
        title = title_of(description, row)
        return page.show("delete.html.j2", description=description, row=row, title=title)
    answer = await page.ask(
        "DELETE",
        description.view,
        query=[*condition(id), ("select", "id")],
        prefer="return=representation",
    )
    if not rows_of(answer):
        raise Problem(
            403,
            "PG639",
            "no role of yours lets you delete this record",
            hint="An administrator sees why: pgears access explain.",
        )
    return redirect(page.own_address() or description.path)


async def suggest(page: Page, model: str, code: str, column: str) -> Response:
    """Options for a reference as somebody types."""
    description = await page.describe(model, code)
    found = description.columns.get(column)
    if found is None or found.type != "reference":
        raise Problem(404, "PG635", f'there is no reference "{column}"')
    text = next(iter(page.request.query_params.getlist(column)), "")
    return page.show("options.html.j2", options=await suggestions(page, found, text.strip()))
