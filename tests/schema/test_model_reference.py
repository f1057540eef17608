"""The JSON Schema and the tables of keys in docs/ say what the vocabulary says."""

# ruff: noqa: E501

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest
import yaml
from jsonschema import Draft202012Validator

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


def test_headings_are_english(conn: psycopg.Connection[Any]) -> None:
    """Words instead of names of the catalogue, with their article; and the section they are of."""
    headings = re.findall("^### (.+)$", tables := key_tables(conn), re.MULTILINE)
    assert {"A class", "An import", "A recipient group", "The file"} < set(headings)
    assert [h for h in headings if not re.fullmatch("(The|An? )[a-z ]+|The file", h)] == []
    assert "### A recipient group\n\nAn entry of `groups`.\n\n| key |" in tables
    message = conn.execute(
        "select message from meta.definition_mistakes('recipient_group', '{\"x\": 1}', '$')"
    ).fetchone()
    assert message == ('unknown key "x" of a recipient group',)


def validator() -> Draft202012Validator:
    """The schema as editors use it; it is valid itself."""
    schema = json.loads((DOCS / "model-file.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def wrong(text: str) -> list[str]:
    """Paths of what the schema refuses in a model file."""
    errors = validator().iter_errors(yaml.safe_load(text))
    return sorted({error.json_path for error in errors})


def documented() -> dict[str, str]:
    """Every whole model file that docs/ show."""
    found = {}
    for page in sorted(DOCS.glob("*.md")):
        blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
        for number, block in enumerate(blocks, 1):
            if block.startswith("model:"):
                found[f"{page.name} {number}"] = block
    return found


def test_the_example_fits_the_schema() -> None:
    """What the demo applies."""
    assert wrong((DOCS.parent / "examples" / "helpdesk" / "model.yaml").read_text("utf-8")) == []


def test_the_files_in_docs_fit_the_schema() -> None:
    """What a reader copies from a page."""
    files = documented()
    assert "start.md 1" in files
    assert {name: wrong(text) for name, text in files.items() if wrong(text)} == {}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("name: X", "$"),
        ("model: m\nclases: {}", "$"),
        ("model: m\nclasses: {a: {archiv: true}}", "$.classes.a"),
        ("model: m\nclasses: {a: {archive: sometimes}}", "$.classes.a.archive"),
        ("model: m\nclasses: {a: text}", "$.classes.a"),
        ("model: m\nclasses: {a: {columns: {c: {type: string}}}}", "$.classes.a.columns.c.type"),
        ("model: m\nclasses: {a: {columns: {c: {}}}}", "$.classes.a.columns.c"),
        ("model: m\nclasses: {a: {columns: {c: {type: date, sequence: 'S{#}'}}}}", "$.classes.a.columns.c.type"),
        ("model: m\nclasses: {a: {columns: {c: {type: text, states: 2}}}}", "$.classes.a.columns.c.type"),
        ("model: m\nclasses: {a: {columns: {c: {type: boolean, states: 4}}}}", "$.classes.a.columns.c.states"),
        ("model: m\nclasses: {a: {keys: name}}", "$.classes.a.keys"),
        ("model: m\nqueries: {q: {name: Q}}", "$.queries.q"),
        ("model: m\nrules: {r: {class: a, event: later, notify: n}}", "$.rules.r.event"),
    ],
)  # fmt: skip
def test_the_schema_refuses(text: str, path: str) -> None:
    """An editor marks it before any server sees the file."""
    assert path in wrong(text)
