"""docs/settings.md: every setting, from the fields of runner.config.Settings."""

# ruff: noqa: E501 - lines of the page

from __future__ import annotations

import ast
import inspect
import re
import textwrap

from runner.config import Settings

PAGE = """# Settings

Written by `make docs-reference`. A setting is an environment variable, or the name in small letters and without
`PGEARS_` in `pgears.toml` of the current folder; the variable counts first. Everything else is in the database.

| setting | takes | when left out | meaning |
|---|---|---|---|
"""

TYPES = {
    "str": "text",
    "bool": "true or false",
    "Path": "path",
    "PositiveInt": "whole number above 0",
    "PositiveFloat": "number above 0",
    "tuple[str, ...]": "texts, separated by commas",
    "Environment": "production, acceptance, test or development",
}


def documented() -> dict[str, tuple[str, str]]:
    """Annotation and docstring of each field, in the order of the class."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, tuple[str, str]] = {}
    field = ""
    for node in definition.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            field = node.target.id
            found[field] = (ast.unparse(node.annotation), "")
        elif (
            field
            and isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            found[field] = (found[field][0], " ".join(node.value.value.split()))
            field = ""
        else:
            field = ""
    return found


def takes(annotation: str) -> str:
    """The type of a field in words."""
    bare = annotation.removesuffix(" | None")
    bare = re.sub(r"^Annotated\[(.*), NoDecode\]$", r"\1", bare)
    literal = re.fullmatch(r"Literal\[(.*)\]", bare)
    if literal is not None:
        return " or ".join(f"`{ast.literal_eval(choice)}`" for choice in literal[1].split(", "))
    return TYPES[bare]


def shown(value: object) -> str:
    """A default in a table."""
    if value is None or value in ((), ""):
        return ""
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def page() -> str:
    """The page."""
    lines = []
    for name, (annotation, meaning) in documented().items():
        preset = shown(Settings.model_fields[name].default)
        cells = (f"`PGEARS_{name.upper()}`", takes(annotation), preset, meaning)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return PAGE + "".join(lines)
