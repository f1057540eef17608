"""JSON Schema of types, columns and rows, with names for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .catalogue import Column, Relation

Json = dict[str, Any]

INTEGERS = {"smallint": "int16", "integer": "int32", "bigint": "int64"}
NUMBERS = ("numeric", "real", "double precision")
FORMATS = {
    "uuid": "uuid",
    "date": "date",
    "timestamp with time zone": "date-time",
    "timestamp without time zone": "date-time",
}
ANY = ("json", "jsonb")


@dataclass(frozen=True, slots=True)
class Texts:
    """Names by relation and column (None: the relation); wanted None asks for all languages."""

    names: Mapping[int, Mapping[str | None, Mapping[str, str]]]
    wanted: tuple[str, ...] | None
    default: str

    def of(self, relation: Relation, column: str | None = None) -> Json:
        """Keys title, and x-titles where no language was asked for."""
        known = self.names.get(relation.id, {}).get(column) or {}
        if not known:
            return {}
        order = (*(self.wanted or ()), self.default)
        chosen = next((code for code in order if code in known), next(iter(known)))
        found: Json = {"title": known[chosen]}
        if self.wanted is None:
            found["x-titles"] = dict(known)
        return found


def type_schema(type_name: str, *, nullable: bool = False, base: str | None = None) -> Json:
    """JSON Schema of the values of a type as they are in an answer."""
    name = base or type_name
    if name in ANY:
        return {}
    if name.endswith("[]"):
        found: Json = {"type": "array", "items": type_schema(name[:-2], nullable=True)}
    elif name in INTEGERS:
        found = {"type": "integer", "format": INTEGERS[name]}
    elif name in NUMBERS:
        found = {"type": "number"}
    elif name == "boolean":
        found = {"type": "boolean"}
    else:
        found = {"type": "string"}
        if name not in ("text", "character varying", "character"):
            found["format"] = FORMATS.get(name, type_name)
    if nullable:
        found["type"] = [found["type"], "null"]
    return found


def column_schema(relation: Relation, column: Column, texts: Texts) -> Json:
    """JSON Schema of a column, with its name for people."""
    found = type_schema(column.type, nullable=column.nullable, base=column.base)
    if column.values:
        values: list[str | None] = list(column.values)
        found["enum"] = [*values, None] if column.nullable else values
        found.pop("format", None)
    if column.length is not None:
        found["maxLength"] = column.length
    if column.comment:
        found["description"] = column.comment
    return {**found, **texts.of(relation, column.name)}


def relation_schema(relation: Relation, readable: Sequence[str] | None, texts: Texts) -> Json:
    """The object of a row."""
    columns = columns_of(relation, readable)
    found: Json = {"type": "object", "properties": {}}
    for column in columns:
        found["properties"][column.name] = column_schema(relation, column, texts)
    if relation.comment:
        found["description"] = relation.comment
    if relation.primary:
        found["x-primary-key"] = list(relation.primary)
    return {**found, **texts.of(relation)}


def columns_of(relation: Relation, names: Sequence[str] | None) -> list[Column]:
    """Columns of these names, or all of them."""
    return [c for c in relation.columns.values() if names is None or c.name in names]


def component(name: str) -> str:
    """The key of a schema for a relation: letters that a key can have, others by number."""
    return re.sub(r"[^A-Za-z0-9._-]", lambda found: f"_{ord(found[0]):x}_", name)
