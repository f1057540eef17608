"""Forms: the fields of a record from its columns, and the values that a form sends back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData, UploadFile

from ..problem import Problem
from .classic import quoted
from .description import Column, Description
from .inquiry import rows_of
from .page import Page

INPUTS = {
    "integer": ("number", "1"),
    "decimal": ("number", "any"),
    "date": ("date", ""),
    "timestamp": ("datetime-local", "1"),
}
NUMBERED = re.compile(r"(?:.*\()(\S*)#([0-9]+)\)|#?([0-9]+)", re.DOTALL)
"""A record by number at the end of a text, where there are several classes with the class."""
SPARE = 2
"""Empty fields of a column with several references."""
FEW = 20
"""Records that are offered for a reference before anything is typed."""


@dataclass(frozen=True)
class Field:
    """One column of a form with what stands in it."""

    column: Column
    values: Sequence[str]
    files: Sequence[Mapping[str, Any]] = ()

    @property
    def value(self) -> str:
        """The value of a column with one."""
        return self.values[0] if self.values else ""

    @property
    def input(self) -> tuple[str, str]:
        """Type and step of the input element."""
        return INPUTS.get(self.column.type, ("text", ""))

    @property
    def slots(self) -> list[str]:
        """Values of a column with several, and empty places."""
        return [*self.values, *[""] * SPARE] if self.column.multiple else [self.value]


def editable(description: Description, *, new: bool) -> list[Column]:
    """Columns that a form offers."""
    return [c for c in description.form if (c.insert if new else c.change)]


def fields_of(
    columns: Sequence[Column], row: Mapping[str, Any], files: Mapping[int, Mapping[str, Any]]
) -> list[Field]:
    """Fields with the values of a record."""
    return [Field(c, texts_of(c, row), files_in(c, row, files)) for c in columns]


def files_in(
    column: Column, row: Mapping[str, Any], files: Mapping[int, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Files of a record that a column holds; numbers in other columns are no files."""
    held = numbers(row.get(column.code)) if column.type == "file" else []
    return [files[file] for file in held if file in files]


def texts_of(column: Column, row: Mapping[str, Any]) -> list[str]:
    """A value as the form writes it."""
    value = row.get(column.code)
    if value is None:
        return []
    if column.type in ("reference", "class"):
        texts = row.get(f"{column.code}__text")
        values = value if isinstance(value, list) else [value]
        named = texts if isinstance(texts, list) else [texts] * len(values)
        path = row.get(f"{column.code}__class") or ""
        return [f"{t or ''} ({path}#{v})".strip() for t, v in zip(named, values, strict=False)]
    if column.localized:
        return [json.dumps(value, ensure_ascii=False)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if column.type == "timestamp":
        return [str(value)[:19]]
    return [str(value)]


def defaults(columns: Sequence[Column], today: str, now: str) -> dict[str, Any]:
    """What a new record begins with."""
    found: dict[str, Any] = {}
    for column in columns:
        value = column.detail.get("default")
        if value is not None:
            found[column.code] = {"today": today, "now": now}.get(str(value), value)
    return found


def numbers(value: Any) -> list[int]:
    """Ids of a value with one or several."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


async def values_of(
    page: Page, form: FormData, columns: Sequence[Column], row: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of the columns that the form has and that it changes, for the web service."""
    found: dict[str, Any] = {}
    for column in columns:
        if column.type == "file":
            found |= await files_of(page, form, column, row)
        elif f"has.{column.code}" in form:
            given = [text for text in form.getlist(column.code) if isinstance(text, str)]
            if not row or lines_of(given) != lines_of(texts_of(column, row)):
                found |= await value_of(page, column, given)
    return found


def lines_of(texts: Sequence[str]) -> list[str]:
    """Texts with the line ends that are stored, without those that are empty."""
    return [text.replace("\r\n", "\n") for text in texts if text.strip()]


async def value_of(page: Page, column: Column, given: Sequence[str]) -> dict[str, Any]:
    """One column: a text as it is, which PostgreSQL reads; empty is null."""
    texts = lines_of(given)
    if column.type == "class":
        return {column.code: (await record_of(page, column, texts[0]))[0] if texts else None}
    if column.type == "reference":
        ids = [await record_of(page, column, text.strip()) for text in texts]
        if column.multiple:
            return {column.code: [id for id, _ in ids]}
        if len(column.classes) > 1:
            beside = f"{column.code}__class"
            id, path = ids[0] if ids else (None, None)
            return {column.code: id, beside: path}
        return {column.code: ids[0][0] if ids else None}
    if not texts:
        return {column.code: None}
    if column.localized:
        try:
            return {column.code: json.loads(texts[0])}
        except ValueError:
            return {column.code: {page.language: texts[0]}}
    return {column.code: texts[0]}


async def record_of(page: Page, column: Column, text: str) -> tuple[int, str | None]:
    """The record that a text names: by (#number) at its end, by number, or by its description."""
    found = NUMBERED.fullmatch(text)
    chosen, number = (found[1] or "", found[2] or found[3]) if found else ("", "")
    if number and len(column.classes) <= 1:
        return int(number), None
    if column.type == "class" or column.user:
        ids = await page.call("select web.ids_named($1, $2)::text", column.type, text)
        if len(ids) == 1:
            return int(ids[0]), None
        if ids:
            raise ambiguous(column, text)
    matches: list[tuple[int, str]] = []
    for target in () if column.type == "class" else column.classes:
        path = f"{target['model']}.{target['class']}"
        if chosen not in ("", path):
            continue
        by = ("id", f"eq.{number}") if number else ("shortdescription", f"eq.{text}")
        answer = await page.ask(
            "GET",
            f"{target['model']}_{target['class']}",
            query=[by, ("select", "id"), ("limit", "2")],
        )
        matches += [(int(row["id"]), path) for row in rows_of(answer)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise ambiguous(column, text)
    raise Problem(
        400,
        "PG638",
        f'there is no record "{text}" that you may see',
        details=f"column {column.code}",
        hint="Choose one from the list, or write its number: #17.",
    )


def ambiguous(column: Column, text: str) -> Problem:
    """Several records are called so."""
    return Problem(
        400,
        "PG638",
        f'"{text}" is the description of several records',
        details=f"column {column.code}",
        hint="Choose one from the list, or write its number: #17.",
    )


async def files_of(
    page: Page, form: FormData, column: Column, row: Mapping[str, Any]
) -> dict[str, Any]:
    """Files that stay, and those that come; nothing when the form leaves them as they are."""
    removed = {str(text) for text in form.getlist(f"remove.{column.code}")}
    before = numbers(row.get(column.code))
    kept = [id for id in before if str(id) not in removed]
    uploads = [u for u in form.getlist(column.code) if isinstance(u, UploadFile) and u.filename]
    for upload in uploads:
        content = await upload.read()
        kept.append(
            await page.call(
                "select to_jsonb(api.store_file($1, $2, $3))::text",
                upload.filename,
                upload.content_type,
                "\\x" + content.hex(),
            )
        )
    if kept == before:
        return {}
    if column.multiple:
        return {column.code: kept}
    return {column.code: kept[-1] if kept else None}


async def suggestions(page: Page, column: Column, text: str) -> list[str]:
    """Records that a reference may point to, as texts that a form understands."""
    found: list[str] = []
    for target in column.classes:
        query = [("select", "id,shortdescription"), ("limit", str(FEW)), ("order", "id.desc")]
        if text:
            query.append(("shortdescription", f"ilike.*{text}*"))
        answer = await page.ask("GET", f"{target['model']}_{target['class']}", query=query)
        path = "{model}.{class}".format(**target) if len(column.classes) > 1 else ""
        found += [
            f"{row['shortdescription'] or ''} ({path}#{row['id']})".strip()
            for row in rows_of(answer)
        ]
    return found


def condition(id: int, version: str | None = None) -> list[tuple[str, str]]:
    """One record, at one version."""
    found = [("id", f"eq.{id}")]
    return found if version is None else [*found, ("version", f"eq.{version}")]


def all_of(columns: Sequence[Column]) -> str:
    """Parameter select for a record."""
    system = (
        "id",
        "version",
        "shortdescription",
        "created",
        "creator",
        "modified",
        "modifier",
        "created_source",
        "modified_source",
    )
    names = dict.fromkeys([*system, *(n for c in columns for n in c.selected)])
    return ",".join(quoted(name) for name in names)
