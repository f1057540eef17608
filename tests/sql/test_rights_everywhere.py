"""A05: random organisations, roles, scopes and rows; each door answers as plain Python does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from runner.model.views import update_views
from tests.fix_meta import ClassTable
from tests.fix_rights import Company, company_on
from tests.rights_model import MAX_DEPTH, Row, World, rows, worlds

STRUCTURE = {"unit": "units", "units": "units", "owner": "line", "team": "teams"}


@dataclass
class Built:
    """A world in the database: ids by place."""

    company: Company
    world: World
    units: list[int]
    teams: list[int]
    accounts: list[int]
    rows: list[int]
    login: str = "a"
    """What the accounts' logins begin with."""

    def values(self, row: Row) -> dict[str, Any]:
        """Column values of a row by code."""
        return {
            "unit": None if row.unit is None else self.units[row.unit],
            "units": [self.units[unit] for unit in row.units],
            "owner": None if row.owner is None else self.accounts[row.owner],
            "team": None if row.team is None else self.teams[row.team],
        }


class SqlDoor:
    """SQL of an account, by the API view or by the class table."""

    def __init__(self, built: Built, relation: sql.Identifier, columns: dict[str, str]) -> None:
        self.built, self.relation, self.columns = built, relation, columns

    def attempt(self, account: int, statement: sql.Composed, values: tuple[Any, ...]) -> bool:
        """Run in a savepoint that is kept only by name: nothing of it remains."""
        conn = self.built.company.conn
        try:
            with (
                self.built.company.acting(f"{self.built.login}{account}"),
                conn.transaction(force_rollback=True),
            ):
                return conn.execute(statement, values).rowcount == 1
        except psycopg.errors.InsufficientPrivilege:
            return False

    def read(self, account: int) -> set[int]:
        """Places of the rows that the account sees."""
        conn = self.built.company.conn
        query = sql.SQL("select id from {} where deleted is null").format(self.relation)
        try:
            with self.built.company.acting(f"{self.built.login}{account}"), conn.transaction():
                found = conn.execute(query).fetchall()
        except psycopg.errors.InsufficientPrivilege:
            return set()
        return {self.built.rows.index(row_id) for (row_id,) in found}

    def insert(self, account: int, row: Row) -> bool:
        """Try to make a row."""
        values = self.built.values(row)
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            self.relation,
            sql.SQL(", ").join(sql.Identifier(self.columns[code]) for code in values),
            sql.SQL(", ").join(sql.Placeholder() for _ in values),
        )
        return self.attempt(account, statement, tuple(values.values()))

    def change(self, account: int, place: int, row: Row) -> bool:
        """Try to give a row other values."""
        values = self.built.values(row)
        statement = sql.SQL("update {} set {} where id = %s").format(
            self.relation,
            sql.SQL(", ").join(
                sql.SQL("{} = %s").format(sql.Identifier(self.columns[code])) for code in values
            ),
        )
        return self.attempt(account, statement, (*values.values(), self.built.rows[place]))

    def delete(self, account: int, place: int) -> bool:
        """Try to delete a row."""
        statement = sql.SQL("delete from {} where id = %s and deleted is null").format(
            self.relation
        )
        return self.attempt(account, statement, (self.built.rows[place],))


def view_door(built: Built) -> SqlDoor:
    """By the API view."""
    return SqlDoor(built, sql.Identifier("api", "firm_ticket"), {code: code for code in STRUCTURE})


def table_door(built: Built) -> SqlDoor:
    """By the class table, with tables: true."""
    ticket = built.company.ticket
    return SqlDoor(built, ticket.table, {code: ticket.physical(code) for code in STRUCTURE})


class MakeDoor(Protocol):
    """A door to a world that was built."""

    def __call__(self, built: Built, /) -> SqlDoor: ...


# HTTP, pages, exports and imports are in tests/web/test_rights_matrix.py: they need rows that stay.
DOORS: dict[str, MakeDoor] = {"view": view_door, "table": table_door}


@dataclass
class Ground:
    """Classes and structures, made once; worlds come and go on it."""

    company: Company
    team: ClassTable


@pytest.fixture
def ground(conn: psycopg.Connection[Any]) -> Ground:
    """The company with the three structures, in a transaction that is rolled back."""
    return ground_on(conn)


def ground_on(conn: psycopg.Connection[Any]) -> Ground:
    """The company with the three structures."""
    company = company_on(conn)
    team = company.definitions.create_class(
        "firm.team",
        {
            "above": {"type": "reference", "class": "team"},
            "members": {"type": "reference", "target": "user", "multiple": True},
            "name": {"type": "text"},
        },
    )
    company.definitions.add_column(company.ticket, "team", type="reference", **{"class": "team"})
    company.units(max_depth=MAX_DEPTH)
    company.structure(
        "teams", kind="team", **{"class": "team"}, superior="above", members="members"
    )
    company.structure("line", kind="manager", **{"class": "report"}, user="person", manager="boss")
    update_views(conn)
    return Ground(company, team)


def build(ground: Ground, world: World, tables: bool, login: str = "a") -> Built:
    """Make the world: roles before accounts and rows, as an administrator would not care."""
    company = ground.company
    for place, role in enumerate(world.roles):
        company.role(
            f"r{place}",
            *(
                {"class": "ticket", "allow": list(right.allow)}
                | (
                    {}
                    if right.column is None
                    else {
                        "scope": STRUCTURE[right.column],
                        "column": right.column,
                        "depth": right.depth,
                    }
                )
                for right in role.rights
            ),
            tables=tables,
        )
    accounts = [company.account(f"{login}{place}") for place in range(len(world.accounts))]
    for place, account in enumerate(world.accounts):
        company.grant(f"{login}{place}", *(f"r{role}" for role in account.roles))
    units = company.tree(*world.parents)
    for place, account in enumerate(world.accounts):
        for unit in account.units:
            company.join(f"{login}{place}", units[unit])
    for place, boss in enumerate(world.bosses):
        if boss is not None:
            company.report.insert(person=accounts[place], boss=accounts[boss])
    teams: list[int] = []
    for above, members in zip(world.team_parents, world.team_members, strict=True):
        teams.append(
            ground.team.insert(
                above=None if above is None else teams[above],
                members=[accounts[member] for member in members],
            )
        )
    built = Built(company, world, units, teams, accounts, [], login)
    for row in world.rows:
        built.rows.append(company.ticket.insert(**built.values(row)))
    for place, role in enumerate(world.roles):
        company.scalar("select access.switch_role(%s, %s)", f"r{place}", role.enabled)
        company.scalar("select access.switch_role(%s, %s, 'firm')", f"r{place}", role.enabled_here)
    for place, account in enumerate(world.accounts):
        if account.suspended:
            company.scalar("select access.suspend_account(%s)", f"{login}{place}")
    return built


def agree(built: Built, door: SqlDoor, new: Row) -> None:
    """Ask everything of everybody."""
    world = built.world
    for account in range(len(world.accounts)):
        places = range(len(world.rows))
        assert door.read(account) == {p for p in places if world.reads(account, p)}
        assert door.insert(account, new) == world.inserts(account, new)
        for place in places:
            assert door.change(account, place, new) == world.changes(account, place, new)
            assert door.delete(account, place) == world.deletes(account, place)


def alter(built: Built, data: st.DataObject) -> None:
    """Something happens to the organisation."""
    world, company = built.world, built.company
    what = data.draw(st.sampled_from(("move", "delete unit", "leave", "resume", "switch on")))
    if what == "move":
        unit = data.draw(st.integers(0, len(world.parents) - 1))
        below = {unit}
        for low, high in enumerate(world.parents):
            if high in below:
                below.add(low)
        parent = data.draw(st.none() | st.integers(0, len(world.parents) - 1))
        if parent in below:
            parent = None
        company.unit.update(
            built.units[unit], parent=None if parent is None else built.units[parent]
        )
        built.world = world.with_parent(unit, parent)
    elif what == "delete unit":
        unit = data.draw(st.integers(0, len(world.parents) - 1))
        company.unit.delete(built.units[unit])
        built.world = World(**{**vars(world), "gone": frozenset({unit})})
    elif what == "leave":
        account = data.draw(st.integers(0, len(world.accounts) - 1))
        company.conn.execute(
            sql.SQL("delete from {} where {} = %s").format(
                company.membership.table, company.membership.column("person")
            ),
            (built.accounts[account],),
        )
        former = world.accounts[account]
        changed = type(former)(former.roles, (), former.suspended)
        built.world = World(
            **{
                **vars(world),
                "accounts": (
                    *world.accounts[:account], changed, *world.accounts[account + 1 :],
                ),
            }
        )  # fmt: skip
    elif what == "resume":
        for place in range(len(world.accounts)):
            company.scalar("select access.resume_account(%s)", f"{built.login}{place}")
        built.world = World(
            **{
                **vars(world),
                "accounts": tuple(type(a)(a.roles, a.units, False) for a in world.accounts),
            }
        )
    else:
        for place in range(len(world.roles)):
            company.scalar("select access.switch_role(%s, true)", f"r{place}")
            company.scalar("select access.switch_role(%s, true, 'firm')", f"r{place}")
        built.world = World(
            **{**vars(world), "roles": tuple(type(r)(r.rights) for r in world.roles)}
        )


@pytest.mark.parametrize("door", DOORS)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_door_answers_as_the_rules_say(
    ground: Ground, door: str, data: st.DataObject
) -> None:
    """Before and after something in the organisation changed."""
    world = data.draw(worlds())
    with ground.company.conn.transaction(force_rollback=True):
        built = build(ground, world, tables=door == "table")
        new = data.draw(rows(len(world.parents), len(world.accounts), len(world.team_parents)))
        agree(built, DOORS[door](built), new)
        alter(built, data)
        agree(built, DOORS[door](built), new)
