"""How values look on a page."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from typing import Any

import jinja2
from markupsafe import Markup

from .description import Column, Description

TAG = re.compile(r"<[^>]*>")
SHORT = 120
DATES = {"en": "%Y-%m-%d", "de": "%d.%m.%Y", "cs": "%d.%m.%Y"}


def add_filters(environment: jinja2.Environment) -> None:
    """Make the functions here known to templates."""
    environment.filters["moment"] = moment
    environment.filters["short"] = short
    environment.globals["cell"] = cell
    environment.globals["links"] = links


def moment(value: Any, language: str = "en") -> str:
    """A date or a time as the language writes it; the time zone is the server's."""
    if value in (None, ""):
        return ""
    text, form = str(value), DATES.get(language, DATES["en"])
    try:
        if len(text) <= 10:
            return date.fromisoformat(text).strftime(form)
        return datetime.fromisoformat(text).strftime(f"{form} %H:%M")
    except ValueError:
        return text  # infinity, or a year that Python has not


def short(text: Any, most: int = SHORT) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(str(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def cell(column: Column, row: dict[str, Any], language: str) -> str | Markup:
    """A value in a list: one line of text."""
    value = row.get(column.code)
    if value is None or value == []:
        return ""
    if column.type in ("reference", "class"):
        text = row.get(f"{column.code}__text")
        texts = text if isinstance(text, list) else [text]
        values = value if isinstance(value, list) else [value]
        named = [t or f"#{v}" for t, v in zip(texts, values, strict=False)]
        return short(", ".join(named))
    if column.localized:
        return short(row.get(f"{column.code}__text") or "")
    kind = column.shows
    if kind == "boolean":
        sign = "✓" if value else "✗"
        return Markup('<span class="{}">{}</span>').format("yes" if value else "no", sign)
    if kind in ("date", "timestamp"):
        return moment(value, language)
    if kind == "html":
        return short(html.unescape(TAG.sub(" ", str(value))))
    if isinstance(value, list):
        return str(len(value))
    return short(value)


def links(column: Column, row: dict[str, Any]) -> list[tuple[str, str]]:
    """Address and text of each record that a reference points to."""
    values, texts = row.get(column.code), row.get(f"{column.code}__text")
    if values is None or column.user:
        return []
    if not isinstance(values, list):
        values, texts = [values], [texts]
    paths = row.get(f"{column.code}__class")
    found = []
    for place, id in enumerate(values):
        text = texts[place] if isinstance(texts, list) and place < len(texts) else None
        path = paths[place] if isinstance(paths, list) else paths
        if path is None:
            path = "{model}.{class}".format(**column.classes[0])
        found.append((f"/pages/{path.replace('.', '/')}/{id}", text or f"#{id}"))
    return found


def title_of(description: Description, row: dict[str, Any]) -> str:
    """What a record is called."""
    return row.get("shortdescription") or f"{description.name} {row['id']}"
