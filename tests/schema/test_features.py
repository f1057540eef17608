"""features.md, guarantees.md and threat-model.md of docs tell the truth: tests they name exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "features.md").read_text()
GUARANTEES = (ROOT / "docs" / "guarantees.md").read_text()
THREATS = (ROOT / "docs" / "threat-model.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
DONE = re.compile(r"^\| ([A-Z]\d\d) \|.*\| done \| (.+) \|$", re.MULTILINE)


def functions(path: Path) -> set[str]:
    """Names of the tests of a file."""
    tree = ast.parse(path.read_text())
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}
    return {name for name in found if name.startswith("test_")}


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED.findall(TEXT + GUARANTEES + THREATS))))
def test_named_test_exists(file: str, test: str) -> None:
    """A renamed test is renamed in the list as well."""
    assert (ROOT / file).is_file()
    assert not test or test in functions(ROOT / file)


def test_what_is_done_names_a_test() -> None:
    """A row is done when a test shows it."""
    done = DONE.findall(TEXT)
    assert done != []
    assert [row for row, tests in done if not NAMED.search(tests)] == []
