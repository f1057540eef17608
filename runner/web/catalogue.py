"""What is served: relations with their columns and keys, how they are related, functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Name = tuple[str, str]
"""Schema and name."""

JSON_TYPES = ("json", "jsonb")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a relation."""

    name: str
    number: int
    type: str
    base: str | None = None
    nullable: bool = True
    default: str | None = None
    generated: bool = False
    readonly: bool = False
    comment: str | None = None
    length: int | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """Columns that are unique together; "live" among rows that are not deleted."""

    columns: tuple[str, ...]
    primary: bool
    live: bool


@dataclass(frozen=True)
class Relation:
    """A table or view."""

    id: int
    schema: str
    name: str
    kind: str
    comment: str | None
    class_path: str | None
    deleted_too: bool
    served: bool
    can_insert: bool
    can_update: bool
    can_delete: bool
    columns: Mapping[str, Column]
    keys: tuple[Key, ...]

    @property
    def qualified(self) -> Name:
        """Schema and name."""
        return self.schema, self.name

    @property
    def primary(self) -> tuple[str, ...]:
        """Columns of the primary key; () where there is none."""
        return next((key.columns for key in self.keys if key.primary), ())

    def ignores(self, name: str) -> bool:
        """True for the text of a reference, which a record may bring along but not set."""
        known = self.columns.get(name)
        return known is not None and known.readonly and name.endswith("__text")

    @property
    def is_class(self) -> bool:
        """True for the API view of a class."""
        return self.class_path is not None


@dataclass(frozen=True, slots=True)
class Junction:
    """The relation between two others: pairs (column of the side, column of the junction)."""

    relation: Name
    source_link: str
    target_link: str
    source_columns: tuple[tuple[str, str], ...]
    target_columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A way from one relation to another; columns of both in the same order.

    "many" is on the side of the target. An "array" has ids in a column of the side that
    refers: of the source, or of the target when many rows refer to one. A class reference to
    one of several classes holds where the column discriminator has a value.
    """

    name: str
    source: Name
    target: Name
    columns: tuple[tuple[str, str], ...]
    cardinality: Literal["m2o", "o2m", "o2o", "m2m"]
    array: Literal["source", "target"] | None = None
    discriminator: tuple[Literal["source", "target"], str, str] | None = None
    junction: Junction | None = None

    @property
    def to_one(self) -> bool:
        """True when there is at most one row on the other side."""
        return self.cardinality in ("m2o", "o2o")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function."""

    name: str
    type: str
    required: bool
    variadic: bool


@dataclass(frozen=True)
class Function:
    """A function that may be called."""

    id: int
    schema: str
    name: str
    comment: str | None
    volatility: str
    parameters: tuple[Parameter, ...]
    result: str
    result_set: bool
    result_type: str
    relation: Name | None
    columns: tuple[tuple[str, str], ...]

    @property
    def reads_only(self) -> bool:
        """True when GET may call it."""
        return self.volatility != "volatile"

    @property
    def unnamed(self) -> Parameter | None:
        """The single parameter without a name that takes the whole body."""
        if len(self.parameters) == 1 and self.parameters[0].name == "":
            return self.parameters[0]
        return None


@dataclass(frozen=True)
class Catalogue:
    """All of it, as of one version."""

    version: str
    relations: Mapping[Name, Relation]
    relationships: Mapping[Name, tuple[Relationship, ...]]
    functions: Mapping[Name, tuple[Function, ...]]
    types: Mapping[str, str]
    schemas: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def relation(self, schema: str, name: str) -> Relation | None:
        """The relation of this name."""
        return self.relations.get((schema, name))

    def from_relation(self, name: Name) -> tuple[Relationship, ...]:
        """Relationships that begin here."""
        return self.relationships.get(name, ())
