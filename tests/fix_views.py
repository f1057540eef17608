"""API views in tests: classes with a column of every type, renewal, rows by view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from runner.model.views import Renewal, ViewState, update_views, view_states
from tests.fix_meta import Definitions


@dataclass(frozen=True)
class ApiView:
    """An API view, written to and read from by its codes."""

    conn: psycopg.Connection[Any]
    name: str

    @property
    def relation(self) -> sql.Identifier:
        """api.<name>"""
        return sql.Identifier("api", self.name)

    def columns(self) -> list[str]:
        """Names of its columns in order."""
        return [
            name
            for (name,) in self.conn.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
                " order by attnum",
                (self.relation.as_string(),),
            )
        ]

    def insert(self, **values: Any) -> int:
        """Insert one row and give its id."""
        given: sql.Composable = sql.SQL("default values")
        if values:
            given = sql.SQL("({}) values ({})").format(
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() for _ in values),
            )
        row = self.conn.execute(
            sql.SQL("insert into {} {} returning id").format(self.relation, given),
            tuple(values.values()),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def row(self, row_id: int) -> dict[str, Any]:
        """One row by code."""
        [row] = self.rows("id = %s", row_id)
        return row

    def rows(self, condition: str = "true", *arguments: Any) -> list[dict[str, Any]]:
        """Rows that meet a condition, by id."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(
                sql.SQL("select * from {} where {} order by id").format(
                    self.relation,
                    sql.SQL(condition),
                ),
                arguments,
            ).fetchall()


def renew(definitions: Definitions, target: str | None = None) -> dict[str, str]:
    """Renew, and say by view what was done."""
    return {r.name: r.action for r in renewals(definitions, target)}


def renewals(definitions: Definitions, target: str | None = None) -> list[Renewal]:
    """Renew as `pgears views update` does, in the test's transaction."""
    return update_views(definitions.conn, target)


def view_of(definitions: Definitions, path: str) -> ApiView:
    """The API view of a class or query `model.code`."""
    return ApiView(definitions.conn, path.replace(".", "_", 1))


def state(definitions: Definitions, name: str) -> ViewState:
    """The state of one view."""
    [found] = [s for s in view_states(definitions.conn) if s.name == name]
    return found
