"""Sending the changes of a run to the other side, in one transaction there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, String, and_, bindparam, column, inspect, table, types
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.types import TypeEngine

from .lease import Lease
from .source import SideFailed
from .spec import Mapped, Spec
from .values import Unfit, binder

Change = tuple[int, str, list[str | None], list[str | None] | None]


class Target:
    """The table of the other side, with the types of its columns."""

    def __init__(self, connection: Connection, spec: Spec) -> None:
        schema, _, name = (spec.table or "").rpartition(".")
        self.connection = connection
        found = {
            each["name"]: each["type"]
            for each in inspect(connection).get_columns(name, schema=schema or None)
        }
        lost = [each.name for each in spec.columns if each.name not in found]
        if lost:
            raise SideFailed(
                f"the table {spec.table} has no column {lost[0]}",
                f"Its columns: {', '.join(found)}.",
            )
        self.columns, self.keys = spec.columns, spec.keys
        self.types = {each.name: self._bound(found[each.name]) for each in spec.columns}
        self.binders: dict[str, Callable[[str | None], Any]] = {
            each.name: binder(found[each.name], each.type, spec.zone) for each in spec.columns
        }
        self.table = table(
            name,
            *(column(each, type_) for each, type_ in self.types.items()),
            schema=schema or None,
        )

    def _bound(self, found: TypeEngine[Any]) -> TypeEngine[Any]:
        # SQLite has no decimals: their text keeps every digit that the column can.
        exact = isinstance(found, types.Numeric) and not isinstance(found, types.Float)
        return String() if exact and self.connection.dialect.name == "sqlite" else found

    def statement(self, op: str) -> Insert | Update | Delete:
        """The statement of one kind of change: k0, k1 ... are keys, v0, v1 ... values."""
        where = and_(
            *(
                self.table.c[each.name] == bindparam(f"k{n}", type_=self.types[each.name])
                for n, each in enumerate(self.keys)
            )
        )
        if op == "d":
            return self.table.delete().where(where)
        values = {
            self.table.c[each.name]: bindparam(f"v{n}", type_=self.types[each.name])
            for n, each in enumerate(self.columns)
            if op == "i" or not each.key
        }
        if op == "i":
            return self.table.insert().values(values)
        return self.table.update().where(where).values(values)

    def parameters(self, change: Change) -> dict[str, Any]:
        """Values of one change."""
        _, op, key, values = change
        given: dict[str, Any] = {}
        if op != "i":
            given |= {f"k{n}": self._bind(each, key[n], key) for n, each in enumerate(self.keys)}
        if values is not None:
            given |= {
                f"v{n}": self._bind(each, values[n], key)
                for n, each in enumerate(self.columns)
                if op == "i" or not each.key
            }
        return given

    def _bind(self, mapped: Mapped, text: str | None, key: Sequence[str | None]) -> Any:
        try:
            value = self.binders[mapped.name](text)
        except Unfit as error:
            raise SideFailed(
                f"key {', '.join(str(part) for part in key)}: {mapped.name}: {error}",
                "Change the value in the class, or the type of the column.",
            ) from error
        return (
            str(value)
            if isinstance(self.types[mapped.name], String) and value is not None
            else value
        )


def send_changes(
    conn: psycopg.Connection[Any], spec: Spec, other: Engine, lease: Lease, run: int, token: UUID
) -> None:
    """Write all changes and commit them there; after an error nothing of them is there."""
    with other.begin() as connection:
        target = Target(connection, spec)
        for op, changes in groupby(_changes(conn, spec, run, token, lease), lambda each: each[1]):
            statement = target.statement(op)
            for batch in _batches(changes, spec.batch_size):
                done = connection.execute(statement, [target.parameters(each) for each in batch])
                known = connection.dialect.supports_sane_multi_rowcount and op != "i"
                if known and done.rowcount != len(batch):
                    raise SideFailed(
                        f"{len(batch)} rows were to be changed, {done.rowcount} were there",
                        "Somebody else has changed the table; the next run reads it anew.",
                    )
        lease.confirm(conn)


def _changes(
    conn: psycopg.Connection[Any], spec: Spec, run: int, token: UUID, lease: Lease
) -> Iterator[Change]:
    after = 0
    while True:
        lease.check("sending", after)
        found = conn.execute(
            "select n, op, key, vals from sync.read_changes(%s, %s, %s, %s)",
            (run, token, after, spec.batch_size),
        ).fetchall()
        yield from found
        if len(found) < spec.batch_size:
            return
        after = found[-1][0]


def _batches(changes: Iterator[Change], size: int) -> Iterator[list[Change]]:
    batch: list[Change] = []
    for change in changes:
        batch.append(change)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
