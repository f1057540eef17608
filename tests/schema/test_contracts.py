"""Revisions after the first release expand; one that takes something away says so.

A runner of the version before works with the new schema until it is exchanged. What would
break it goes in a contracting revision, which raises the setting `oldest_runner` in the same
file: docs/upgrade.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pglast import ast, parse_sql
from pglast.enums import AlterTableType, ObjectType

from runner.paths import sql_dir

UNRELEASED = "0031"
"""The newest revision of the first release; those up to it may take away what nobody has."""

TAKEN = {
    AlterTableType.AT_DropColumn: "drops a column",
    AlterTableType.AT_AlterColumnType: "changes the type of a column",
    AlterTableType.AT_SetNotNull: "makes a column mandatory",
}
DROPS = {
    ObjectType.OBJECT_TABLE: "drops a table",
    ObjectType.OBJECT_VIEW: "drops a view",
    ObjectType.OBJECT_FUNCTION: "drops a function",
    ObjectType.OBJECT_SCHEMA: "drops a schema",
    ObjectType.OBJECT_SEQUENCE: "drops a sequence",
    ObjectType.OBJECT_TYPE: "drops a type",
}
REVISIONS = sorted((sql_dir() / "migrations" / "versions").glob("*.sql"))


def taken_away(text: str) -> list[str]:
    """What a revision takes from runners of the version before, unless it is a contracting one."""
    found: list[str] = []
    for raw in parse_sql(text):
        statement = raw.stmt
        if isinstance(statement, ast.AlterTableStmt):
            found += [TAKEN[part.subtype] for part in statement.cmds or () if part.subtype in TAKEN]
        elif isinstance(statement, ast.DropStmt) and statement.removeType in DROPS:
            found.append(DROPS[statement.removeType])
        elif isinstance(statement, ast.RenameStmt):
            found.append("renames something")
        elif isinstance(statement, ast.UpdateStmt) and _raises_oldest(statement):
            return []
    return found


def _raises_oldest(statement: ast.UpdateStmt) -> bool:
    """`update core.setting set value = '"NNNN"' where code = 'oldest_runner'`."""
    relation, where = statement.relation, statement.whereClause
    return (
        relation is not None
        and (relation.schemaname, relation.relname) == ("core", "setting")
        and isinstance(where, ast.A_Expr)
        and isinstance(where.rexpr, ast.A_Const)
        and getattr(where.rexpr.val, "sval", None) == "oldest_runner"
    )


def forbidden(path: Path) -> list[str]:
    """What makes a revision file one that may not be released."""
    if path.name[:4] <= UNRELEASED:
        return []
    return taken_away(path.read_text())


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_released_revisions_expand(path: Path) -> None:
    """The order is: upgrade, then exchange the runners, then contract."""
    assert forbidden(path) == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("alter table queue.task drop column lane", "drops a column"),
        ("alter table queue.task alter lane type text", "changes the type of a column"),
        ("alter table queue.task alter lane set not null", "makes a column mandatory"),
        ("alter table queue.task rename lane to street", "renames something"),
        ("alter table queue.task rename to job", "renames something"),
        ("drop table queue.task", "drops a table"),
        ("drop view queue.status", "drops a view"),
        ("drop function queue.kinds()", "drops a function"),
    ],
)
def test_what_takes_away_is_found(statement: str, finding: str, tmp_path: Path) -> None:
    """Alone it is refused; with the mark of a contracting revision it is not."""
    alone = tmp_path / "9000_alone.sql"
    alone.write_text(f"create table queue.more (id bigint);\n{statement};\n")
    assert forbidden(alone) == [finding]
    marked = tmp_path / "9001_marked.sql"
    mark = """update core.setting set value = '"9000"' where code = 'oldest_runner'"""
    marked.write_text(f"{mark};\n{statement};\n")
    assert forbidden(marked) == []
    other = tmp_path / "9002_other.sql"
    other.write_text(f"update core.setting set value = '1' where code = 'x';\n{statement};\n")
    assert forbidden(other) == [finding]


@pytest.mark.parametrize(
    "statement",
    [
        "alter table queue.task add column note text",
        "create index task_note_idx on queue.task (lane)",
        "alter table queue.task alter lane drop not null",
        "alter table queue.task drop constraint task_lane_check",
    ],
)
def test_what_adds_is_allowed(statement: str, tmp_path: Path) -> None:
    """New columns, tables, indexes, and limits that are lifted."""
    path = tmp_path / "9000_expand.sql"
    path.write_text(statement)
    assert forbidden(path) == []
