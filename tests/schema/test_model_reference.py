"""The JSON Schema and the tables of keys in docs/ say what the vocabulary says."""

from __future__ import annotations

from typing import Any

import psycopg

from runner.model.reference import json_schema, key_tables, with_tables
from runner.paths import PACKAGE

DOCS = PACKAGE.parent / "docs"


def test_schema_is_current(conn: psycopg.Connection[Any]) -> None:
    """`make model-schema` after a change of meta.vocabulary."""
    assert (DOCS / "model-file.schema.json").read_text("utf-8") == json_schema(conn)


def test_tables_are_current(conn: psycopg.Connection[Any]) -> None:
    """`make model-schema` after a change of meta.vocabulary."""
    page = (DOCS / "model-files.md").read_text("utf-8")
    assert page == with_tables(page, key_tables(conn))
    assert "| `renamed_from` |" in page
