"""One list of errors in three places: SQL that raises, docs/errors.md, runner/errors.py."""

from __future__ import annotations

import re

import psycopg
import pytest

from runner import errors
from runner.errors import PgearsError
from runner.paths import PACKAGE, sql_dir, templates_dir

RAISED = re.compile(r"'(PG\d{3})'")
REFUSED = re.compile(r'Problem\(\s*\d{3},\s*"(PG\d{3})"')
ROW = re.compile(r"^\| (PG\d{3}) \| `(\w+)` \| (.+) \| (.+) \|$", re.MULTILINE)
DOCS = (PACKAGE.parent / "docs" / "errors.md").read_text()


def classes() -> dict[str, type[PgearsError]]:
    """Our exception classes by SQLSTATE."""
    found = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, PgearsError) and value is not PgearsError
    ]
    return {str(value.sqlstate): value for value in found}


def raised() -> set[str]:
    """SQLSTATEs that SQL of ours names in an errcode, or Python raises by the class."""
    texts = [path.read_text() for path in sorted(sql_dir().rglob("*.sql"))]
    texts += [path.read_text() for path in sorted(templates_dir().rglob("*.sql*"))]
    by_sql = {code for text in texts for code in RAISED.findall(text)}
    python = "".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))
    names = set(re.findall(r"\braise (?:errors\.)?(\w+)\(", python))
    by_web = set(REFUSED.findall(python))
    return by_sql | by_web | {code for code, value in classes().items() if value.__name__ in names}


def test_docs_list_the_classes() -> None:
    """docs/errors.md has a row for each class, in the order of the codes."""
    rows = [(code, name) for code, name, _, _ in ROW.findall(DOCS)]
    assert rows == sorted((code, value.__name__) for code, value in classes().items())


def test_what_is_raised_is_listed() -> None:
    """No code is raised that Python and docs do not know, none is listed that nobody raises."""
    assert raised() == set(classes())


def test_every_class_says_when() -> None:
    """The docstring is what the documentation says of the error."""
    meanings = {code: meaning for code, _, meaning, _ in ROW.findall(DOCS)}
    assert meanings == {code: value.__doc__ for code, value in classes().items()}


def test_psycopg_raises_our_classes(conn: psycopg.Connection) -> None:
    """The `code=` hook of psycopg, on which runner/errors.py stands."""
    with pytest.raises(errors.BadSource) as raised_error, conn.transaction():
        conn.execute("select core.set_source('fax')")
    assert raised_error.value.sqlstate == "PG003"
    assert raised_error.value.diag.message_hint
