"""Organisation structures: three kinds, moves, deletions, circles, depth; derived from rows."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import sql

from runner.errors import BadValue, CircularStructure, InTheWay, StructureDoesNotFit
from tests.fix_rights import Company


def closure(company: Company, structure: int) -> set[tuple[int, int, int]]:
    """All rows of the closure."""
    return {
        (row[0], row[1], row[2])
        for row in company.conn.execute(
            "select ancestor, descendant, depth from access.closure where structure_id = %s",
            (structure,),
        )
    }


def scope(company: Company, login: str, depth: int = 30) -> list[int] | None:
    """Units that an account reaches."""
    found = company.scalar(
        "select unit_ids from access.scope where login = %s and depth = %s", login, depth
    )
    return None if found is None else list(found)


def rebuilt(company: Company, structure: int) -> bool:
    """True when computing everything anew changes nothing."""
    tables = ("closure", "member", "scope")

    def state() -> list[Any]:
        return [
            company.conn.execute(
                sql.SQL("select t::text from {} as t where structure_id = %s order by 1").format(
                    sql.Identifier("access", table)
                ),
                (structure,),
            ).fetchall()
            for table in tables
        ]

    before = state()
    company.scalar("select access.rebuild_structure(%s)", structure)
    return before == state()


def uses(company: Company, *depths: int, column: str = "unit", scope: str = "units") -> None:
    """A role whose rights use these depths."""
    company.role(
        "reader",
        *(
            {"class": "ticket", "allow": ["read"], "scope": scope, "column": column, "depth": depth}
            for depth in depths
        ),
    )


def test_units_with_their_members(company: Company) -> None:
    structure = company.units()
    uses(company, 0, 1, 30)
    company.account("ann")
    root, left, right, leaf = company.tree(None, 0, 0, 1)
    company.join("ann", left)

    assert closure(company, structure) == {
        (root, root, 0), (left, left, 0), (right, right, 0), (leaf, leaf, 0),
        (root, left, 1), (root, right, 1), (left, leaf, 1), (root, leaf, 2),
    }  # fmt: skip
    assert scope(company, "ann", 0) == [left]
    assert scope(company, "ann", 1) == scope(company, "ann", 30) == [left, leaf]
    assert rebuilt(company, structure)


def test_a_subtree_moves_with_all_below(company: Company) -> None:
    structure = company.units()
    uses(company, 30)
    for login in ("ann", "bob"):
        company.account(login)
    root, left, right, leaf, low = company.tree(None, 0, 0, 1, 3)
    company.join("ann", left)
    company.join("bob", right)
    assert scope(company, "bob") == [right]

    company.unit.update(leaf, parent=right)

    assert scope(company, "ann") == [left]
    assert scope(company, "bob") == [right, leaf, low]
    assert (root, low, 3) in closure(company, structure)
    assert rebuilt(company, structure)


def test_a_statement_moves_many_at_once(company: Company) -> None:
    """The whole tree is turned round in one update, as by an import."""
    structure = company.units()
    a, b, c = company.tree(None, 0, 1)
    parent = company.unit.column("parent")
    company.conn.execute(
        sql.SQL("update {t} set {p} = v.p from (values (%s, %s), (%s, null), (%s, %s)) as v (id, p)"
                " where v.id = {t}.id").format(t=company.unit.table, p=parent),
        (a, b, c, b, c),
    )  # fmt: skip
    assert {(x, y) for x, y, depth in closure(company, structure) if depth == 2} == {(c, a)}
    assert rebuilt(company, structure)


@pytest.mark.parametrize("places", [(0, 2), (1, 2), (0, 1), (0, 0)])
def test_a_circle_is_refused(company: Company, places: tuple[int, int]) -> None:
    company.units()
    made = company.tree(None, 0, 1)
    with pytest.raises(CircularStructure), company.conn.transaction():
        company.unit.update(made[places[0]], parent=made[places[1]])


def test_a_circle_longer_than_the_reach_is_refused(company: Company) -> None:
    structure = company.units(max_depth=2)
    made = company.tree(None, 0, 1, 2, 3, 4)
    assert max(depth for _, _, depth in closure(company, structure)) == 2
    with pytest.raises(CircularStructure), company.conn.transaction():
        company.unit.update(made[0], parent=made[5])


def test_a_circle_that_is_there_stops_the_definition(company: Company) -> None:
    a, b = company.tree(None, 0)
    company.unit.update(a, parent=b)
    with pytest.raises(CircularStructure):
        company.units()


def test_moves_beyond_the_reach(company: Company) -> None:
    """A deep tree with a short reach: what moves deep down is right near the top and below."""
    structure = company.units(max_depth=2)
    a, _b, c, _d, e, _f = company.tree(None, 0, 1, 2, 3, 4)
    company.unit.update(e, parent=a)
    assert rebuilt(company, structure)
    company.unit.update(c, parent=None)
    assert rebuilt(company, structure)


def test_deleted_units_leave(company: Company) -> None:
    structure = company.units()
    uses(company, 30)
    company.account("ann")
    root, middle, leaf = company.tree(None, 0, 1)
    company.join("ann", root)
    company.join("ann", middle)
    company.unit.delete(middle)

    assert scope(company, "ann") == [root]
    assert closure(company, structure) == {(root, root, 0), (leaf, leaf, 0)}
    assert rebuilt(company, structure)


def test_a_member_of_two_units_reaches_both(company: Company) -> None:
    company.units()
    uses(company, 0, 30)
    company.account("ann")
    _root, left, right, leaf = company.tree(None, 0, 0, 2)
    first, second = company.join("ann", left), company.join("ann", right)
    twice = company.join("ann", right)

    assert scope(company, "ann", 0) == [left, right]
    assert scope(company, "ann") == [left, right, leaf]
    company.membership.delete(second)
    assert scope(company, "ann", 0) == [left, right]
    company.membership.delete(twice)
    company.membership.update(first, unit=leaf)
    assert scope(company, "ann") == [leaf]
    company.membership.delete(first)
    assert scope(company, "ann") is None


def test_a_membership_changes_hands(company: Company) -> None:
    structure = company.units()
    uses(company, 0)
    company.account("ann")
    bob = company.account("bob")
    (unit,) = company.tree(None)
    row = company.join("ann", unit)
    company.membership.update(row, person=bob)
    assert (scope(company, "ann", 0), scope(company, "bob", 0)) == (None, [unit])
    assert rebuilt(company, structure)


def test_teams(company: Company) -> None:
    team = company.definitions.create_class(
        "firm.team",
        {
            "above": {"type": "reference", "class": "team"},
            "members": {"type": "reference", "target": "user", "multiple": True},
        },
    )
    company.definitions.add_column(company.ticket, "team", type="reference", **{"class": "team"})
    structure = company.structure(
        "teams", kind="team", **{"class": "team"}, superior="above", members="members"
    )
    uses(company, 0, 5, column="team", scope="teams")
    ann, bob = company.account("ann"), company.account("bob")
    top = team.insert(members=[ann])
    low = team.insert(above=top, members=[bob, ann])
    assert (scope(company, "ann", 0), scope(company, "ann", 5)) == ([top, low], [top, low])
    assert scope(company, "bob", 5) == [low]

    team.update(low, members=[bob])
    assert (scope(company, "ann", 0), scope(company, "ann", 5)) == ([top], [top, low])
    team.update(low, above=None)
    assert scope(company, "ann", 5) == [top]
    team.delete(low)
    assert scope(company, "bob", 5) is None
    assert rebuilt(company, structure)


def test_managers(company: Company) -> None:
    """Units are accounts: one sees what is one's own and what is one's subordinates'."""
    structure = company.structure(
        "line", kind="manager", **{"class": "report"}, user="person", manager="boss"
    )
    uses(company, 0, 1, 30, column="owner", scope="line")
    ann, bob, cyd, dan = (company.account(login) for login in ("ann", "bob", "cyd", "dan"))
    first = company.report.insert(person=bob, boss=ann)
    company.report.insert(person=cyd, boss=bob)

    assert scope(company, "ann", 0) == [ann]
    assert scope(company, "ann", 1) == [ann, bob]
    assert scope(company, "ann") == [ann, bob, cyd]
    assert scope(company, "cyd") == [cyd]
    assert scope(company, "dan", 0) is None

    company.report.insert(person=cyd, boss=dan)
    assert scope(company, "dan") == [cyd, dan]
    assert scope(company, "ann") == [ann, bob, cyd]
    company.report.update(first, boss=dan)
    assert (scope(company, "ann"), scope(company, "dan")) == (None, [bob, cyd, dan])
    assert rebuilt(company, structure)
    company.report.delete(first)
    assert scope(company, "dan") == [cyd, dan]
    assert rebuilt(company, structure)
    with pytest.raises(CircularStructure), company.conn.transaction():
        company.report.insert(person=dan, boss=cyd)


def test_a_structure_over_rows_that_are_there(company: Company) -> None:
    company.account("ann")
    root, leaf = company.tree(None, 0)
    company.join("ann", root)
    structure = company.units()
    uses(company, 3)
    assert scope(company, "ann", 3) == [root, leaf]
    assert rebuilt(company, structure)


def test_a_structure_is_changed_and_dropped(company: Company) -> None:
    structure = company.units(max_depth=5)
    company.tree(None, 0)
    assert company.units(max_depth=3) == structure
    uses(company, 2)
    with pytest.raises(InTheWay, match="reader"), company.conn.transaction():
        company.scalar("select access.drop_structure(%s)", structure)
    company.role("reader")
    company.scalar("select access.drop_structure(%s)", structure)
    assert company.scalar("select count(*) from meta.class_hook") == 0
    company.tree(None)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"superior": "name"}, StructureDoesNotFit),
        ({"superior": "missing"}, StructureDoesNotFit),
        ({"user": "unit"}, StructureDoesNotFit),
        ({"unit": "person"}, StructureDoesNotFit),
        ({"max_depth": 0}, BadValue),
        ({"max_depth": 31}, BadValue),
        ({"kind": "tree"}, BadValue),
    ],
)
def test_definitions_that_do_not_fit(
    company: Company, change: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        company.structure("units", **{**UNIT_DEFINITION, **change})


UNIT_DEFINITION = {
    "kind": "unit", "class": "unit", "superior": "parent",
    "membership": "membership", "user": "person", "unit": "unit",
}  # fmt: skip
