"""Accounts, roles and structures in tests: a small company whose tickets belong to units."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.model.views import update_views

from .fix_meta import ClassTable, Definitions

UNITS = {"kind": "unit", "class": "unit", "superior": "parent", "membership": "membership"}
UNIT_COLUMNS = {"user": "person", "unit": "unit"}


@dataclass(frozen=True)
class Company:
    """Units, memberships, tickets; accounts take part by login."""

    conn: psycopg.Connection[Any]
    definitions: Definitions
    unit: ClassTable
    membership: ClassTable
    ticket: ClassTable
    report: ClassTable

    def scalar(self, query: str, *arguments: Any) -> Any:
        """First column of the first row."""
        return self.definitions.scalar(query, *arguments)

    @property
    def model(self) -> int:
        """Id of the model."""
        return int(self.scalar("select id from meta.model where code = 'firm'"))

    def account(self, login: str, **options: Any) -> int:
        """Make an account."""
        return int(
            self.scalar(
                "select access.create_account(%s, p_can_login => %s)",
                login,
                options.get("can_login", True),
            )
        )

    def role(self, code: str, *rights: dict[str, Any], **definition: Any) -> None:
        """Define a role in the model."""
        self.scalar(
            "select access.set_role(%s, %s, %s)",
            self.model,
            code,
            Jsonb({"rights": list(rights), **definition}),
        )

    def grant(self, login: str, *roles: str) -> None:
        """Give an account roles."""
        for role in roles:
            self.scalar("select access.grant_role(%s, %s)", login, role)

    def structure(self, code: str, **definition: Any) -> int:
        """Define a structure in the model."""
        return int(
            self.scalar(
                "select access.set_structure(%s, %s, %s)", self.model, code, Jsonb(definition)
            )
        )

    def units(self, **options: Any) -> int:
        """The structure of kind unit."""
        return self.structure("units", **UNITS, **UNIT_COLUMNS, **options)

    def join(self, login: str, unit: int) -> int:
        """Put an account into a unit."""
        account = self.scalar("select id from access.account where login = %s", login)
        return self.membership.insert(person=account, unit=unit)

    def tree(self, *parents: int | None) -> list[int]:
        """Make units; each argument is the place of its parent in the list, or None."""
        made: list[int] = []
        for parent in parents:
            made.append(self.unit.insert(parent=None if parent is None else made[parent]))
        return made

    @contextmanager
    def acting(self, login: str) -> Iterator[None]:
        """What is inside runs as this account."""
        self.conn.execute(sql.SQL("set local role {}").format(sql.Identifier(login)))
        try:
            yield
        finally:
            self.conn.execute("reset role")

    @contextmanager
    def acting_only(self, login: str) -> Iterator[None]:
        """The same where the end of the surrounding savepoint takes the role back."""
        self.conn.execute(sql.SQL("set local role {}").format(sql.Identifier(login)))
        yield

    def ids(self, login: str, view: str = "firm_ticket") -> list[int]:
        """Ids that an account reads in an API view."""
        with self.acting(login):
            rows = self.conn.execute(
                sql.SQL("select id from {} order by id").format(sql.Identifier("api", view))
            ).fetchall()
        return [row[0] for row in rows]


def company_on(conn: psycopg.Connection[Any]) -> Company:
    """Make the classes of the company, and their API views."""
    definitions = Definitions(conn)
    unit = definitions.create_class(
        "firm.unit",
        {"name": {"type": "text"}, "parent": {"type": "reference", "class": "unit"}},
        description="{{column.name}}",
    )
    membership = definitions.create_class(
        "firm.membership",
        {
            "person": {"type": "reference", "target": "user"},
            "unit": {"type": "reference", "class": "unit"},
            "since": {"type": "text"},
        },
        deletion="physical",
    )
    ticket = definitions.create_class(
        "firm.ticket",
        {
            "subject": {"type": "text"},
            "note": {"type": "text"},
            "unit": {"type": "reference", "class": "unit"},
            "units": {"type": "reference", "class": "unit", "multiple": True},
            "owner": {"type": "reference", "target": "user"},
        },
        archive=True,
        description="{{column.subject}}",
    )
    report = definitions.create_class(
        "firm.report",
        {
            "person": {"type": "reference", "target": "user"},
            "boss": {"type": "reference", "target": "user"},
            "since": {"type": "text"},
        },
    )
    update_views(conn)
    return Company(conn, definitions, unit, membership, ticket, report)


@pytest.fixture
def company(conn: psycopg.Connection[Any]) -> Company:
    """The company in a transaction that is rolled back."""
    return company_on(conn)
