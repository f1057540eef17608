"""Definitions in tests: classes by code, rows by column code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

VALUE_TYPES: dict[str, dict[str, Any]] = {
    "short": {"type": "text"},
    "middle": {"type": "middle_text"},
    "long": {"type": "long_text"},
    "page": {"type": "html"},
    "count": {"type": "integer"},
    "price": {"type": "decimal"},
    "two": {"type": "boolean", "states": 2},
    "three": {"type": "boolean"},
    "day": {"type": "date"},
    "moment": {"type": "timestamp"},
    "paint": {"type": "colour"},
    "kind": {"type": "class"},
    "guid": {"type": "guid"},
}
"""Columns of every type whose values stand in the row itself."""


@dataclass(frozen=True)
class ClassTable:
    """A class of the instance, written to by its table as outside systems do."""

    conn: psycopg.Connection[Any]
    id: int

    @property
    def table(self) -> sql.Identifier:
        """data.datarow_<id>"""
        return sql.Identifier("data", f"datarow_{self.id}")

    @property
    def archive(self) -> sql.Identifier:
        """data.archive_<id>"""
        return sql.Identifier("data", f"archive_{self.id}")

    def physical(self, code: str) -> str:
        """Name of the physical column; system columns and names unknown stay as they are."""
        row = self.conn.execute(
            "select physical from meta.effective_column where class_id = %s and code = %s",
            (self.id, code.removesuffix("__class")),
        ).fetchone()
        if row is None:
            return code
        return f"{row[0]}_class" if code.endswith("__class") else str(row[0])

    def column_id(self, code: str) -> int:
        """Id of a column."""
        return int(self.physical(code).removeprefix("c"))

    def column(self, code: str) -> sql.Identifier:
        """A column by code, quoted."""
        return sql.Identifier(self.physical(code))

    def insert(self, **values: Any) -> int:
        """Insert one row and give its id."""
        row = self.conn.execute(
            sql.SQL("insert into {} ({}) values ({}) returning id").format(
                self.table,
                sql.SQL(", ").join(self.column(code) for code in values),
                sql.SQL(", ").join(sql.Placeholder() for _ in values),
            ),
            tuple(values.values()),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def update(self, row_id: int, **values: Any) -> int:
        """Update one row and give the number of rows changed."""
        assignments = [sql.SQL("{} = %s").format(self.column(code)) for code in values]
        return self.conn.execute(
            sql.SQL("update {} set {} where id = %s").format(
                self.table, sql.SQL(", ").join(assignments)
            ),
            (*values.values(), row_id),
        ).rowcount

    def delete(self, row_id: int) -> int:
        """Delete one row and give the number of rows deleted."""
        return self.conn.execute(
            sql.SQL("delete from {} where id = %s").format(self.table), (row_id,)
        ).rowcount

    def row(self, row_id: int) -> dict[str, Any]:
        """One row by physical column."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(
                sql.SQL("select * from {} where id = %s").format(self.table), (row_id,)
            ).fetchone()
        assert row is not None
        return row


@dataclass(frozen=True)
class Definitions:
    """The functions of schema meta on one connection."""

    conn: psycopg.Connection[Any]

    def scalar(self, query: str, *arguments: Any) -> Any:
        """First column of the first row."""
        row = self.conn.execute(query, arguments).fetchone()
        return None if row is None else row[0]

    def model(self, code: str, **definition: Any) -> int:
        """Make a model."""
        return int(self.scalar("select meta.create_model(%s, %s)", code, Jsonb(definition)))

    def create_class(
        self, path: str, columns: dict[str, dict[str, Any]] | None = None, **definition: Any
    ) -> ClassTable:
        """Make a class `model.class`, and the model if it is new; columns in their order."""
        model, code = path.split(".")
        known = self.scalar("select id from meta.model where code = %s", model)
        ordered = {
            name: {"position": position, **column}
            for position, (name, column) in enumerate((columns or {}).items(), 1)
        }
        made = self.scalar(
            "select meta.create_class(%s, %s, %s)",
            known or self.model(model),
            code,
            Jsonb({**definition, "columns": ordered}),
        )
        return ClassTable(self.conn, made)

    def add_column(self, table: ClassTable, code: str, **definition: Any) -> int:
        """Add a column."""
        return int(
            self.scalar("select meta.add_column(%s, %s, %s)", table.id, code, Jsonb(definition))
        )


PARTITIONS = {"hash": "id", "parts": 3}


@pytest.fixture(params=[{}, {"partition_by": PARTITIONS}], ids=["plain", "partitioned"])
def layout(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Keys of a class that keeps its rows in one table, then of one that keeps them in several."""
    return dict(request.param)


@pytest.fixture
def definitions(conn: psycopg.Connection[Any]) -> Definitions:
    """The functions of schema meta in a transaction that is rolled back."""
    return Definitions(conn)
