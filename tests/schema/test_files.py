"""Each file of db/ makes the one object that its path names, and can be run again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pglast
import pytest
from pglast import ast
from pglast.enums import ObjectType

from runner.errors import UserError
from runner.paths import sql_dir
from runner.sqlfiles import SqlFile, in_order

from .files import FILES, kind, label

REPEATABLE = (ast.CommentStmt, ast.GrantStmt, ast.CreateFunctionStmt, ast.ViewStmt, ast.DropStmt)
DEFINER = re.compile(r"^security definer\b(?!  -- lends: \S)", re.MULTILINE)
RAISE = re.compile(r"raise exception\b.*?;\n", re.DOTALL)


def statements(file: SqlFile) -> list[Any]:
    """The parsed statements."""
    return [raw.stmt for raw in pglast.parse_sql(file.text)]


def dotted(name: Any) -> str:
    """schema.object of a parsed name."""
    return ".".join(part.sval for part in name)


def is_repeatable(statement: Any, where: str) -> bool:
    """True for create or replace, drop if exists, comment, grant and revoke."""
    if isinstance(statement, ast.CreateTrigStmt):
        return where == "triggers" and bool(statement.replace)
    if isinstance(statement, ast.CreateFunctionStmt | ast.ViewStmt | ast.RuleStmt):
        return bool(statement.replace)
    if isinstance(statement, ast.DropStmt):
        return bool(statement.missing_ok)
    return isinstance(statement, REPEATABLE)


def made(file: SqlFile) -> Iterator[str]:
    """Names of the functions and views, and tables of the triggers, that a file makes."""
    for statement in statements(file):
        if isinstance(statement, ast.CreateFunctionStmt):
            yield dotted(statement.funcname)
        elif isinstance(statement, ast.ViewStmt):
            yield relation(statement.view)
        elif isinstance(statement, ast.CreateTrigStmt):
            yield relation(statement.relation)


def relation(node: Any) -> str:
    """schema.table of a parsed table or view."""
    return f"{node.schemaname}.{node.relname}"


@pytest.mark.parametrize("file", FILES, ids=label)
def test_file(file: SqlFile) -> None:
    """Repeatable statements only; path = object; a header, a comment, and no line too long."""
    assert [type(s).__name__ for s in statements(file) if not is_repeatable(s, kind(file))] == []
    if kind(file) == "triggers":
        tables = {name.split(".")[1] for name in made(file)}
        assert [table for table in tables if not file.path.stem.startswith(f"{table}_")] == []
    else:
        assert set(made(file)) == {file.name}
        assert any(isinstance(s, ast.CommentStmt) for s in statements(file)), "no comment on"
    assert file.text.startswith("-- "), "the file opens with what the object promises"
    assert "\t" not in file.text
    assert DEFINER.search(file.text) is None, "security definer needs: -- lends: whose right"


@pytest.mark.parametrize("file", FILES, ids=label)
def test_raises_have_code_and_hint(file: SqlFile) -> None:
    """An error that somebody may handle has an SQLSTATE, and says what mends it."""
    for statement in RAISE.findall(file.text):
        assert "errcode" in statement, statement
        assert "hint" in statement, statement


def test_comments_are_on_the_object_of_the_file() -> None:
    """A copied file whose comment or grant still names the other object is found."""
    kinds = {ObjectType.OBJECT_FUNCTION, ObjectType.OBJECT_VIEW}
    strays = []
    for file in FILES:
        for statement in statements(file):
            if isinstance(statement, ast.CommentStmt) and statement.objtype in kinds:
                target: Any = statement.object
                names = target.objname if isinstance(target, ast.ObjectWithArgs) else target
                if dotted(names) != file.name and kind(file) != "triggers":
                    strays.append(label(file))
    assert strays == []


def test_every_file_is_applied() -> None:
    """No file lies where apply does not look."""
    applied = {file.path for file in FILES}
    versions = sql_dir() / "migrations" / "versions"
    lost = [path for path in sql_dir().rglob("*.sql") if path not in applied]
    assert [path for path in lost if path.parent != versions] == []
    assert [path for path in lost if not path.with_suffix(".py").exists()] == []


def test_order_follows_requirements() -> None:
    """A file stands behind what it requires; all else keeps its order."""
    files = [
        SqlFile(Path("a.sql"), "s.a", "-- requires: s.c\n"),
        SqlFile(Path("b.sql"), "s.b", ""),
        SqlFile(Path("c.sql"), "s.c", "-- requires: s.b\n"),
    ]
    assert [file.name for file in in_order(files)] == ["s.b", "s.c", "s.a"]


def test_bad_requirements_are_refused() -> None:
    """A circle, and an object that no file makes, are named."""
    a = SqlFile(Path("a.sql"), "s.a", "-- requires: s.b\n")
    b = SqlFile(Path("b.sql"), "s.b", "-- requires: s.a\n")
    with pytest.raises(UserError, match=r"s\.a -> s\.b -> s\.a"):
        in_order([a, b])
    with pytest.raises(UserError, match=r"requires s\.b, which no file makes"):
        in_order([a])


def test_line_of_an_error() -> None:
    """PostgreSQL counts characters from 1; people count lines."""
    file = SqlFile(Path("a.sql"), "s.a", "one\ntwo\nthree\n")
    assert [file.line_of(at) for at in ("1", "4", "5", "9", None)] == [
        "a.sql:1", "a.sql:1", "a.sql:2", "a.sql:3", "a.sql",
    ]  # fmt: skip
