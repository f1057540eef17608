"""Definitions with mistakes in them: each refusal names place, key and mend."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.errors import (
    BadCode,
    BadValue,
    Contradiction,
    MissingKey,
    PgearsError,
    ReservedCode,
    UnknownKey,
)

BAD_DEFINITIONS: list[tuple[str, Any, type[PgearsError], str]] = [
    ("class", [], BadValue, "$"),
    ("class", {"archiv": True}, UnknownKey, "$.archiv"),
    ("class", {"archive": "yes"}, BadValue, "$.archive"),
    ("class", {"name": {"en": 1}}, BadValue, "$.name"),
    ("class", {"deletion": "logic"}, BadValue, "$.deletion"),
    ("class", {"columns": {"name": None}}, BadValue, "$.columns"),
    ("class", {"keys": ["email"]}, BadValue, "$.keys"),
    ("class", {"keys": [[]]}, BadValue, "$.keys"),
    ("class", {"parent": "a.b.c"}, BadValue, "$.parent"),
    ("column", {}, MissingKey, "$"),
    ("column", {"type": "string"}, BadValue, "$.type"),
    ("column", {"type": "text", "max_length": 1.5}, BadValue, "$.max_length"),
    ("column", {"type": "text", "max_length": "10"}, BadValue, "$.max_length"),
    ("column", {"type": "text", "min": 1}, Contradiction, "$.min"),
    ("column", {"type": "boolean", "states": 4}, BadValue, "$.states"),
    ("query", {"name": "Open"}, MissingKey, "$"),
    ("file", {"model": "M"}, BadValue, "$.model"),
    ("file", {"model": "m", "classes": []}, BadValue, "$.classes"),
    ("file", {"model": "m", "parameters": {"a": []}}, BadValue, "$.parameters"),
]

BAD_COLUMNS: list[tuple[dict[str, Any], type[PgearsError], str]] = [
    ({"type": "integer", "min": 5, "max": 1}, Contradiction, "$.min"),
    ({"type": "integer", "min": "5"}, BadValue, "$.min"),
    ({"type": "integer", "default": 1.5}, BadValue, "$.default"),
    ({"type": "integer", "default": 9, "max": 5}, Contradiction, "$.default"),
    ({"type": "text", "default": 5}, BadValue, "$.default"),
    ({"type": "text", "default": "x" * 256}, Contradiction, "$.default"),
    ({"type": "text", "min_length": 300}, Contradiction, "$.min_length"),
    ({"type": "text", "max_length": 0}, Contradiction, "$.max_length"),
    ({"type": "text", "pattern": "("}, BadValue, "$.pattern"),
    ({"type": "text", "pattern": "^a$", "default": "b"}, Contradiction, "$.default"),
    ({"type": "text", "pattern_message": "no"}, Contradiction, "$.pattern_message"),
    ({"type": "text", "sequence": "T"}, Contradiction, "$.sequence"),
    ({"type": "text", "sequence": "T{#}", "default": "T1"}, Contradiction, "$.default"),
    ({"type": "integer", "sequence": "T{#}"}, Contradiction, "$.sequence"),
    ({"type": "text", "localized": True, "pattern": "x"}, Contradiction, "$.localized"),
    ({"type": "date", "default": "tomorrow"}, BadValue, "$.default"),
    ({"type": "date", "min": "2026-02-30"}, BadValue, "$.min"),
    ({"type": "colour", "default": "red"}, Contradiction, "$.default"),
    ({"type": "guid", "default": "1"}, BadValue, "$.default"),
    ({"type": "reference"}, Contradiction, "$.type"),
    ({"type": "reference", "class": "a", "target": "user"}, Contradiction, "$.type"),
    ({"type": "reference", "classes": ["a"]}, Contradiction, "$.classes"),
    ({"type": "reference", "classes": ["a", "b"], "multiple": True}, Contradiction, "$.multiple"),
    ({"type": "reverse", "class": "a"}, Contradiction, "$.type"),
    ({"type": "calculated", "sql": "1"}, Contradiction, "$.type"),
]

GOOD_COLUMNS: list[dict[str, Any]] = [
    {"type": "text", "max_length": 20, "pattern": "^[a-z]+$", "default": "new"},
    {"type": "integer", "min": -1, "max": 5, "default": 3},
    {"type": "integer", "sequence": "{#}"},
    {"type": "text", "sequence": "T{#:000000}"},
    {"type": "decimal", "min": 0.5, "default": 0.75},
    {"type": "boolean", "states": 2, "default": False},
    {"type": "date", "default": "today", "min": "2000-01-01"},
    {"type": "timestamp", "default": "now"},
    {"type": "colour", "default": "#00ff00"},
    {"type": "reference", "target": "user", "multiple": True},
    {"type": "reference", "classes": ["a", "other.b"]},
    {"type": "reverse", "class": "a", "column": "b"},
    {"type": "calculated", "sql": "{{column.a}} * 2", "result": "integer"},
    {"type": "text", "localized": True, "mandatory": True},
]


def refusal(error: psycopg.Error) -> tuple[str | None, bool]:
    """Path of the key, and whether there is a mend."""
    return error.diag.message_detail, bool(error.diag.message_hint)


@pytest.mark.parametrize(("place", "definition", "error", "path"), BAD_DEFINITIONS)
def test_a_wrong_definition_is_refused(
    conn: psycopg.Connection[Any],
    place: str,
    definition: Any,
    error: type[PgearsError],
    path: str,
) -> None:
    with pytest.raises(error) as refused:
        conn.execute("select meta.check_definition(%s, %s, '$')", (place, Jsonb(definition)))
    assert refusal(refused.value) == (path, True)


@pytest.mark.parametrize(("definition", "error", "path"), BAD_COLUMNS)
def test_keys_of_a_column_that_exclude_each_other_are_refused(
    conn: psycopg.Connection[Any], definition: Any, error: type[PgearsError], path: str
) -> None:
    conn.execute("select meta.check_definition('column', %s, '$')", (Jsonb(definition),))
    with pytest.raises(error) as refused:
        conn.execute("select meta.check_column('x', %s, '$')", (Jsonb(definition),))
    assert refusal(refused.value) == (path, True)


@pytest.mark.parametrize("definition", GOOD_COLUMNS)
def test_a_right_column_passes(conn: psycopg.Connection[Any], definition: Any) -> None:
    conn.execute("select meta.check_definition('column', %s, '$')", (Jsonb(definition),))
    conn.execute("select meta.check_column('x', %s, '$')", (Jsonb(definition),))


@pytest.mark.parametrize(("code", "error"), [("id", ReservedCode), ("Name", BadCode)])
def test_a_column_code_is_checked(
    conn: psycopg.Connection[Any], code: str, error: type[PgearsError]
) -> None:
    with pytest.raises(error):
        conn.execute("select meta.check_column(%s, %s, '$')", (code, Jsonb({"type": "text"})))


def test_a_misspelt_key_is_guessed(conn: psycopg.Connection[Any]) -> None:
    with pytest.raises(UnknownKey) as refused:
        conn.execute(
            "select meta.check_definition('column', %s, '$')",
            (Jsonb({"type": "text", "maxlength": 5}),),
        )
    assert 'Did you mean "max_length"?' in (refused.value.diag.message_hint or "")
