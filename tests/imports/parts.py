# ruff: noqa: E501 - definitions and files in one line
"""A shop with cities and people, whose imports and exports the tests define as they need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from runner.batch.exporter import Exported, request_export, run_export
from runner.batch.importer import request_import, run_import
from runner.model.views import update_views
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions

CITY: dict[str, dict[str, Any]] = {
    "code": {"type": "text"},
    "name": {"type": "text", "mandatory": True},
}
PERSON: dict[str, dict[str, Any]] = {
    "name": {"type": "text", "mandatory": True, "max_length": 40},
    "email": {"type": "text"},
    "branch": {"type": "text"},
    "born": {"type": "date"},
    "seen": {"type": "timestamp"},
    "points": {"type": "integer", "max": 1000},
    "price": {"type": "decimal"},
    "active": {"type": "boolean"},
    "token": {"type": "guid"},
    "note": {"type": "long_text"},
    "city": {"type": "reference", "class": "city"},
    "cities": {"type": "reference", "class": "city", "multiple": True},
    "owner": {"type": "reference", "target": "user"},
    "kind": {"type": "class"},
}


@dataclass
class Shop:
    """The instance, and a folder for files."""

    url: str
    conn: psycopg.Connection[Any]
    folder: Path
    city: ClassTable
    person: ClassTable

    def define(self, **definition: Any) -> None:
        """The import `people`."""
        self.set("import", "people", {"class": "person", **definition})

    def define_export(self, **definition: Any) -> None:
        """The export `people`."""
        self.set("export", "people", {"class": "person", **definition})

    def set(self, kind: str, code: str, definition: dict[str, Any]) -> None:
        """An import, export, script, job or workflow of the model."""
        schema = "batch" if kind in ("import", "export") else "flow"
        self.conn.execute(
            f"select {schema}.set_{kind}((select id from meta.model where code = 'shop'), %s, %s)".encode(),
            (code, Jsonb(definition)),
        )

    def file(self, content: str | bytes, name: str = "people.csv") -> Path:
        """A file."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(
        self,
        content: str | bytes | Path,
        *,
        force: bool = False,
        account: str | None = None,
        name: str = "people.csv",
    ) -> dict[str, Any]:
        """Import a file and give the run's state."""
        path = content if isinstance(content, Path) else self.file(content, name)
        run = request_import(self.conn, "people", path, account=account, force=force)
        run_import(self.url, run, path)
        return self.state(run)

    def state(self, run: int) -> dict[str, Any]:
        """A run."""
        return self.all("select * from batch.import_run_status where run = %s", run)[0]

    def errors(self, run: int | None = None) -> list[tuple[Any, ...]]:
        """Line, column, value and reason of the rows in error, of the last run by default."""
        cursor = self.conn.execute(
            """
            select line, "column", value, reason from batch.import_error_list
            where run = coalesce(%s, (select max(run) from batch.import_run_status))
            order by record, "column"
            """,
            (run,),
        )
        return cursor.fetchall()

    def all(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Rows of a query."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        return None if row is None else row[0]

    def people(self, columns: str = "name") -> list[tuple[Any, ...]]:
        """Rows of the class, by name."""
        return self.conn.execute(
            f'select {columns} from api.shop_person order by name collate "C"'.encode()
        ).fetchall()

    def export(self, path: Path | None = None, account: str | None = None) -> Exported:
        """Run the export `people`."""
        return run_export(self.url, request_export(self.conn, "people", account), to=path)

    def text(self, path: Path | None = None) -> str:
        """Run the export into a file and give what is in it."""
        done = self.export(path or self.folder / "out")
        assert done.path is not None, done
        return done.path.read_text()

    def export_as(self, account: str) -> str:
        """What the export gives to an account."""
        path = self.folder / "out"
        self.export(path, account)
        return path.read_text()


def make_shop(
    database: Database, conn: psycopg.Connection[Any], folder: Path, **layout: Any
) -> Shop:
    """The classes, person with keys such as partition_by, and two cities."""
    definitions = Definitions(conn)
    city = definitions.create_class(
        "shop.city", CITY, keys=[["code"]], description="{{column.name}}"
    )
    person = definitions.create_class(
        "shop.person",
        PERSON,
        keys=[["email"]],
        description="{{column.name}}",
        archive=True,
        **layout,
    )
    update_views(conn)
    city.insert(code="PRG", name="Praha")
    city.insert(code="BRN", name="Brno")
    return Shop(database.url, conn, folder, city, person)
