"""The rules of rights in plain Python: what SQL, HTTP, pages and exports must all answer.

A world is drawn by hypothesis, built in the database, and asked through a door. The model
here knows nothing of policies, closures or privileges: it walks the trees each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from hypothesis import strategies as st

OPERATIONS = ("read", "insert", "change", "delete")
MAX_DEPTH = 3


@dataclass(frozen=True)
class Right:
    """Operations of a role on tickets; column None is scope all."""

    allow: tuple[str, ...]
    column: str | None = None
    depth: int = 0


@dataclass(frozen=True)
class Role:
    """Rights, and the two switches."""

    rights: tuple[Right, ...]
    enabled: bool = True
    enabled_here: bool = True


@dataclass(frozen=True)
class Row:
    """The columns of a ticket that rights are about, by place in the world's lists."""

    unit: int | None = None
    units: tuple[int, ...] = ()
    owner: int | None = None
    team: int | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Account:
    """Roles by place, units of membership, and whether it is suspended."""

    roles: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    suspended: bool = False


@dataclass(frozen=True)
class World:
    """Everything that rights depend on; parents, bosses and teams point to lower places."""

    roles: tuple[Role, ...]
    accounts: tuple[Account, ...]
    parents: tuple[int | None, ...]
    bosses: tuple[int | None, ...]
    team_parents: tuple[int | None, ...]
    team_members: tuple[tuple[int, ...], ...]
    rows: tuple[Row, ...]
    gone: frozenset[int] = field(default_factory=frozenset)
    """Units that are deleted."""

    def with_row(self, place: int, row: Row) -> World:
        """The world in which a row is another."""
        return replace(self, rows=(*self.rows[:place], row, *self.rows[place + 1 :]))

    def with_parent(self, unit: int, parent: int | None) -> World:
        """The world in which a unit is somewhere else."""
        return replace(self, parents=(*self.parents[:unit], parent, *self.parents[unit + 1 :]))

    def rights(self, account: int, operation: str) -> Iterator[Right]:
        """Rights that count now."""
        if self.accounts[account].suspended:
            return
        for place in self.accounts[account].roles:
            role = self.roles[place]
            if role.enabled and role.enabled_here:
                yield from (right for right in role.rights if operation in right.allow)

    def reached(self, account: int, column: str, depth: int) -> set[int]:
        """Units, teams or people that an account reaches by a column's structure."""
        above: tuple[int | None, ...]
        if column in ("unit", "units"):
            above = tuple(
                None if parent is None or parent in self.gone else parent for parent in self.parents
            )
            own = set(self.accounts[account].units) - self.gone
        elif column == "owner":
            above = self.bosses
            takes_part = self.bosses[account] is not None or account in self.bosses
            own = {account} if takes_part else set()
        else:
            above = self.team_parents
            own = {t for t, members in enumerate(self.team_members) if account in members}
        found = set(own)
        for _ in range(depth):
            found |= {low for low, high in enumerate(above) if high is not None and high in found}
        return found - self.gone if column in ("unit", "units") else found

    def covers(self, account: int, operation: str, row: Row) -> bool:
        """True when some right of the account allows the operation on the row."""
        for right in self.rights(account, operation):
            if right.column is None:
                return True
            value: Any = getattr(row, right.column)
            values = set(value) if right.column == "units" else {value} - {None}
            if values & self.reached(account, right.column, right.depth):
                return True
        return False

    def reads(self, account: int, place: int) -> bool:
        """A row that is not deleted and that some right to read covers."""
        row = self.rows[place]
        return not row.deleted and self.covers(account, "read", row)

    def inserts(self, account: int, row: Row) -> bool:
        """A new row within some right to insert."""
        return self.covers(account, "insert", row)

    def changes(self, account: int, place: int, row: Row) -> bool:
        """Before and after, the row is one that the account may read and change."""
        return self.reads(account, place) and all(
            self.covers(account, operation, state)
            for operation in ("read", "change")
            for state in (self.rows[place], row)
        )

    def deletes(self, account: int, place: int) -> bool:
        """A row that the account may read and delete."""
        return self.reads(account, place) and self.covers(account, "delete", self.rows[place])


class Door(Protocol):
    """A way to the rows: each method acts as the account and says whether it came through."""

    def read(self, account: int) -> set[int]:
        """Places of the rows that the account sees."""

    def insert(self, account: int, row: Row) -> bool:
        """Try to make a row."""

    def change(self, account: int, place: int, row: Row) -> bool:
        """Try to give a row other values."""

    def delete(self, account: int, place: int) -> bool:
        """Try to delete a row."""


def trees(size: int) -> st.SearchStrategy[tuple[int | None, ...]]:
    """A forest, rather deep than wide: each parent stands before its children."""
    return st.tuples(
        *(
            st.just(place - 1) | st.integers(0, place - 1) | st.none() if place else st.none()
            for place in range(size)
        )
    )


def some(size: int, most: int = 2, least: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    """A few different places."""
    return st.lists(st.integers(0, size - 1), min_size=least, max_size=most, unique=True).map(tuple)


RIGHTS = st.builds(
    Right,
    allow=st.sampled_from((OPERATIONS, OPERATIONS[:1], ("read", "change"), ("read", "delete")))
    | st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=4, unique=True).map(tuple),
    column=st.sampled_from((None, "unit", "unit", "units", "owner", "team")),
    depth=st.integers(0, MAX_DEPTH - 1),
)
ROLES = st.builds(
    Role,
    rights=st.lists(RIGHTS, min_size=1, max_size=3).map(tuple),
    enabled=st.sampled_from((True, True, True, False)),
    enabled_here=st.sampled_from((True, True, True, False)),
)


@st.composite
def rows(draw: st.DrawFn, units: int, accounts: int, teams: int) -> Row:
    """A row somewhere in the organisation, or nowhere."""
    return Row(
        unit=draw(st.none() | st.integers(0, units - 1)),
        units=draw(some(units)),
        owner=draw(st.none() | st.integers(0, accounts - 1)),
        team=draw(st.none() | st.integers(0, teams - 1)),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small organisation with roles, accounts and rows."""
    units, accounts, teams = draw(st.integers(2, 7)), 3, 3
    roles = draw(st.lists(ROLES, min_size=1, max_size=3))
    return World(
        roles=tuple(roles),
        accounts=tuple(
            Account(
                roles=draw(some(len(roles), least=1) | some(len(roles), 3)),
                units=draw(some(units, least=1) | some(units)),
                suspended=draw(st.sampled_from((False, False, False, True))),
            )
            for _ in range(accounts)
        ),
        parents=draw(trees(units)),
        bosses=draw(trees(accounts)),
        team_parents=draw(trees(teams)),
        team_members=tuple(draw(some(accounts)) for _ in range(teams)),
        rows=tuple(draw(rows(units, accounts, teams)) for _ in range(draw(st.integers(2, 6)))),
    )
