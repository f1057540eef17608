"""INSERT, UPDATE and DELETE with what they return, as one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from .catalogue import Catalogue, Column, Relation
from .media import Kind
from .plan import Node
from .problem import Problem
from .reading import Reading
from .rendering import body_of, render
from .statement import Parameters, Prepared, compose, join, name
from .tree import Field, Filter, Slot

TARGET = "written"
PAYLOAD = "payload"


@dataclass(frozen=True, slots=True)
class Conflict:
    """ON CONFLICT: the columns, what then, and whether deleted rows do not count."""

    columns: tuple[str, ...]
    merge: bool
    live: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What is the same for all records of a request."""

    keys: tuple[str, ...]
    is_array: bool
    defaults: bool
    conflict: Conflict | None
    matching: bool = False
    """Only the record that the filters describe (PUT)."""


def known_columns(relation: Relation, names: Sequence[str]) -> list[Column]:
    """Columns by name; PGRST204 for one that is not there."""
    for key in names:
        if key not in relation.columns:
            raise Problem(
                400,
                "PGRST204",
                f"Could not find the '{key}' column of '{relation.name}' in the schema cache",
            )
    return [relation.columns[key] for key in names]


class Mutation:
    """Composes one statement that writes."""

    def __init__(self, catalogue: Catalogue, relation: Relation, max_rows: int | None) -> None:
        self.relation = relation
        self.parameters = Parameters()
        self._reading = Reading(catalogue, self.parameters, max_rows)
        self._target = name(relation.schema, relation.name)

    def insert(self, node: Node, shape: Shape, payload: Slot) -> sql.Composed:
        """INSERT of the records of the payload."""
        columns = known_columns(self.relation, shape.keys)
        names = [name(column.name) for column in columns]
        parts: list[sql.Composable] = [compose("insert into {}", self._target)]
        if names:
            parts.append(compose("({})", join(", ", names)))
        values = [name(PAYLOAD, column.name) for column in columns]
        records = self._records(columns, shape, payload)
        parts.append(compose("select {} from {}", join(", ", values), records))
        if shape.matching:
            parts.append(self._where(node, PAYLOAD))
        if shape.conflict is not None:
            parts.append(self._conflict(shape.conflict, shape.keys))
        return join(" ", parts)

    def update(self, node: Node, keys: tuple[str, ...], payload: Slot) -> sql.Composed:
        """UPDATE of the rows that the filters find."""
        columns = known_columns(self.relation, keys)
        shape = Shape(keys, False, False, None)
        assigned = [
            compose("{} = {}", name(column.name), name(PAYLOAD, column.name)) for column in columns
        ]
        return compose(
            "update {} as {} set {} from {} {}",
            self._target,
            name(TARGET),
            join(", ", assigned),
            self._records(columns, shape, payload),
            self._chosen(node),
        )

    def delete(self, node: Node) -> sql.Composed:
        """DELETE of the rows that the filters find."""
        return compose("delete from {} as {} {}", self._target, name(TARGET), self._chosen(node))

    def rendered(
        self, node: Node, statement: sql.Composable, kind: Kind, *, shows: bool, places: bool
    ) -> Prepared:
        """The statement with its rows as the body (shows), and the key of the first (places)."""
        insert = statement.as_bytes(None).startswith(b"insert")
        alias = self.relation.name if insert else TARGET
        primary = self.relation.primary if places else ()
        returned = self._returned(node, primary, alias if not insert else None, shows=shows)
        source = compose("{} returning {}", statement, returned)
        rows: sql.Composable = sql.SQL("select 1 from source")
        body: sql.Composable = sql.SQL("null::text")
        if shows:
            rows = self._reading.select(node, sql.SQL("source"), filtered=False)
            body = body_of(kind, None)
        extra = None
        if primary:
            values = [compose("{}::text", name(key)) for key in primary]
            extra = compose(
                "(select pg_catalog.json_build_array({}) from source limit 1)", join(", ", values)
            )
        kind = kind if shows else "json"
        return self.parameters.prepared(render(source, rows, body, extra=extra, kind=kind))

    def _records(self, columns: list[Column], shape: Shape, payload: Slot) -> sql.Composable:
        """The payload as rows with the types of the columns."""
        kind = sql.SQL("jsonb" if shape.defaults else "json")
        given: sql.Composable = compose("{}::{}", self.parameters.slot(payload), kind)
        if shape.defaults:
            pairs = [
                compose(
                    "pg_catalog.jsonb_build_object({}::text, {})",
                    self.parameters.constant(column.name),
                    sql.SQL(column.default),
                )
                for column in columns
                if column.default is not None
            ]
            if not shape.is_array:
                given = compose("pg_catalog.jsonb_build_array({})", given)
            given = compose(
                "(select coalesce(pg_catalog.jsonb_agg("
                "{} || e.value), '[]')"
                " from pg_catalog.jsonb_array_elements({}) as e)",
                join(" || ", pairs) if pairs else sql.SQL("'{}'::jsonb"),
                given,
            )
        several = shape.is_array or shape.defaults
        if not columns:
            count = compose(
                "pg_catalog.json_array_elements({})" if several else "pg_catalog.to_json({})", given
            )
            return compose("{} as {}", count, name(PAYLOAD))
        prefix = "pg_catalog.jsonb_" if shape.defaults else "pg_catalog.json_"
        function = prefix + ("to_recordset" if several else "to_record")
        typed = [compose("{} {}", name(c.name), sql.SQL(c.type)) for c in columns]
        return compose(function + "({}) as {} ({})", given, name(PAYLOAD), join(", ", typed))

    def _conflict(self, conflict: Conflict, keys: tuple[str, ...]) -> sql.Composable:
        target = compose("({})", join(", ", [name(column) for column in conflict.columns]))
        if conflict.live:
            target = compose("{} where deleted is null", target)
        if not conflict.merge:
            return compose("on conflict {} do nothing", target)
        # A record that is its key alone still meets a row, which counts and is shown.
        updated = [key for key in keys if key not in conflict.columns] or conflict.columns
        assigned = [compose("{0} = excluded.{0}", name(key)) for key in updated]
        return compose("on conflict {} do update set {}", target, join(", ", assigned))

    def _where(self, node: Node, alias: str) -> sql.Composable:
        found = self._reading.conditions(node, alias)
        return compose("where {}", join(" and ", found)) if found else sql.SQL("")

    def _chosen(self, node: Node) -> sql.Composable:
        """WHERE of a statement that writes; limit and offset go by the primary key."""
        if node.limit is None and node.offset is None:
            return self._where(node, TARGET)
        primary = self.relation.primary
        if not node.order or not primary:
            raise Problem(
                400,
                "PGRST109",
                f"A '{'offset' if node.limit is None else 'limit'}' was applied"
                " without an explicit 'order'",
                hint="Apply an 'order' using unique column(s), on a relation with a primary key.",
            )
        inner = "chosen"
        chosen = compose(
            "select {} from {} as {} {} order by {}",
            join(", ", [name(inner, key) for key in primary]),
            self._target,
            name(inner),
            self._where(node, inner),
            self._reading.order(node, inner),
        )
        if node.limit is not None:
            chosen = compose("{} limit {}", chosen, self.parameters.slot(node.limit))
        if node.offset is not None:
            chosen = compose("{} offset {}", chosen, self.parameters.slot(node.offset))
        keys = join(", ", [name(TARGET, key) for key in primary])
        return compose("where ({}) in ({})", keys, chosen)

    def _returned(
        self, node: Node, primary: Sequence[str], alias: str | None, *, shows: bool
    ) -> sql.Composable:
        """Columns that the answer needs, and no more: others may be hidden from the writer."""
        needed = dict.fromkeys(primary)
        if shows:
            for item in node.items:
                if not isinstance(item, Field):
                    needed.update(dict.fromkeys(mine for mine, _ in item.way.columns))
                    if item.way.junction is not None:
                        pairs = item.way.junction.source_columns
                        needed.update(dict.fromkeys(theirs for theirs, _ in pairs))
                    if item.way.discriminator and item.way.discriminator[0] == "source":
                        needed[item.way.discriminator[1]] = None
                elif item.path is not None:
                    needed[item.path.name] = None
            needed.update(dict.fromkeys(t.path.name for t in node.order if t.relation is None))
        if "*" in needed:
            return compose("{}.*", name(alias)) if alias else sql.SQL("*")
        if not needed:
            return sql.SQL("1")
        return join(", ", [name(alias, key) if alias else name(key) for key in needed])


def equal_columns(node: Node) -> set[str] | None:
    """Columns that top filters compare with eq, when there are no others."""
    found: set[str] = set()
    for condition in node.conditions:
        if (
            not isinstance(condition, Filter)
            or condition.operator != "eq"
            or condition.negated
            or condition.modifier
            or condition.path.steps
        ):
            return None
        found.add(condition.path.name)
    return found
