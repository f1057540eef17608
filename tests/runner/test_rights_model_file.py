"""Structures and roles in model files: applied, planned again, renamed, dumped, refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.errors import UserError
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.file import ModelFile, load

from ..fix_database import Database

MODEL = """
model: firm
classes:
  unit:
    description: "{{column.name}}"
    columns:
      name: {type: text}
      parent: {type: reference, class: unit}
  membership:
    columns:
      person: {type: reference, target: user}
      unit: {type: reference, class: unit}
  ticket:
    columns:
      subject: {type: text}
      note: {type: text}
      unit: {type: reference, class: unit}
queries:
  open: {sql: "select t.id, t.subject from {{class.ticket}} as t"}
structures:
  units: {kind: unit, class: unit, superior: parent, membership: membership, user: person, unit: unit, max_depth: 10}
roles:
  agent:
    name: {en: Agent}
    rights:
      - {class: ticket, allow: [read, insert, change], scope: units, column: unit, depth: 2, hide: [note]}
      - {query: open, allow: [read]}
      - {script: tidy, allow: [execute]}
  chief:
    rights:
      - {class: firm.ticket, allow: [read], scope: all}
"""  # noqa: E501
Write = Callable[[str], ModelFile]


@pytest.fixture
def conn(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """An instance of one's own; its groups leave the server afterwards."""
    with database.connect() as connection:
        yield connection
        for (code,) in connection.execute("select code from access.role").fetchall():
            connection.execute("select access.drop_role(%s)", (code,))
        connection.execute("drop role if exists mod_ann")


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write a model file and read it."""

    def write(text: str) -> ModelFile:
        path = tmp_path / "model.yaml"
        path.write_text(text, "utf-8")
        return load(path)

    return write


def subjects(conn: psycopg.Connection[Any], view: str = "firm_ticket") -> list[str]:
    """What mod_ann sees."""
    conn.execute("set role mod_ann")
    try:
        return [row[0] for row in conn.execute(f"select subject from api.{view}".encode())]
    finally:
        conn.execute("reset role")


def test_applied_planned_again_and_dumped(conn: psycopg.Connection[Any], written: Write) -> None:
    apply(conn, written(MODEL))
    assert plan(conn, written(MODEL)) == []
    dumped = dump(conn, "firm")
    assert plan(conn, written(dumped)) == []

    conn.execute("select access.create_account('mod_ann', false)")
    conn.execute("select access.grant_role('mod_ann', 'agent')")
    conn.execute("insert into api.firm_unit (name) values ('one'), ('two')")
    conn.execute(
        "insert into api.firm_membership (person, unit)"
        " select a.id, u.id from access.account as a, api.firm_unit as u"
        " where a.login = 'mod_ann' and u.name = 'one'"
    )
    conn.execute(
        "insert into api.firm_ticket (subject, unit) select u.name, u.id from api.firm_unit as u"
    )
    assert subjects(conn) == ["one"]
    assert subjects(conn, "firm_open") == ["one"]


def test_rights_follow_renames(conn: psycopg.Connection[Any], written: Write) -> None:
    apply(conn, written(MODEL))
    renamed = (
        MODEL.replace("  ticket:\n", "  case:\n    renamed_from: ticket\n")
        .replace("class: ticket", "class: case")
        .replace("class.ticket", "class.case")
        .replace("firm.ticket", "firm.case")
        .replace("note: {type: text}", "remark: {type: text, renamed_from: note}")
        .replace("hide: [note]", "hide: [remark]")
        .replace("parent: {type", "above: {renamed_from: parent, type")
        .replace("superior: parent", "superior: above")
    )
    apply(conn, written(renamed))
    assert plan(conn, written(renamed)) == []
    assert plan(conn, written(dump(conn, "firm"))) == []


def test_a_structure_goes_with_the_rights_that_used_it(
    conn: psycopg.Connection[Any], written: Write
) -> None:
    apply(conn, written(MODEL))
    less = MODEL[: MODEL.index("structures:")] + MODEL[MODEL.index("roles:") :]
    less = less.replace("scope: units, column: unit, depth: 2, ", "")
    apply(conn, written(less))
    assert plan(conn, written(less)) == []
    assert conn.execute("select count(*) from access.structure").fetchone() == (0,)
    none = less[: less.index("roles:")]
    apply(conn, written(none))
    assert conn.execute("select count(*) from access.role_right").fetchone() == (0,)
    assert conn.execute("select code from access.role order by code").fetchall() == [
        ("agent",), ("chief",),
    ]  # fmt: skip
    apply(conn, written(MODEL))
    assert plan(conn, written(MODEL)) == []


def test_classes_columns_and_roles_go_together(
    conn: psycopg.Connection[Any], written: Write
) -> None:
    """Roles lose their rights before the class that they were about."""
    apply(conn, written(MODEL))
    without = MODEL[: MODEL.index("  ticket:")]
    apply(conn, written(without), allow_destructive=True)
    assert conn.execute("select count(*) from access.role_model").fetchone() == (0,)


@pytest.mark.parametrize(
    ("former", "new", "message"),
    [
        ("superior: parent", "superior: name", "cannot be the superior"),
        ("scope: units", "scope: unit", 'no structure "unit"'),
        ("{class: ticket", "{class: tickets", 'no class "tickets"'),
        ("allow: [execute]", "allow: [run]", 'no right to "run"'),
        ("depth: 2", "depth: 11", "cannot reach 11 levels"),
        ("hide: [note]", "hide: [notes]", "no column"),
        ("class: ticket, allow", "clas: ticket, allow", "clas"),
    ],
)
def test_refusals_name_the_place(
    conn: psycopg.Connection[Any],
    written: Write,
    former: str,
    new: str,
    message: str,
) -> None:
    """File and line of the key, as for every other part of a model file."""
    text = MODEL.replace(former, new)
    line = text[: text.index(new)].count("\n") + 1
    with pytest.raises(UserError, match=f"model.yaml:{line}: ") as refused:
        apply(conn, written(text))
    assert message in str(refused.value)
