"""SQL from templates/sql: nothing reaches it that was not quoted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg import sql

from ..paths import templates_dir


def render(template: str, **context: Mapping[str, Any]) -> str:
    """The text of a template, such as "api_view.sql.j2"."""
    return environment().get_template(template).render(context).strip()


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Environment A: prints only what a filter has quoted, refuses undefined names."""
    # No HTML is made here, hence no autoescape; finalize is the stricter guard.
    made = Environment(
        loader=FileSystemLoader(templates_dir() / "sql"),
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    made.filters.update(ident=sql.Identifier, literal=sql.Literal, query=query)
    return made


def finalize(value: object) -> str:
    """Print only what a filter has quoted."""
    if not isinstance(value, sql.Composable):
        raise TypeError(f"unquoted value in an SQL template: {value!r}")
    return value.as_string()


def query(text: str) -> sql.SQL:
    """SQL that an administrator wrote as a whole, not a value inside SQL of ours."""
    return sql.SQL(text)
