"""What a query string says, as a tree without its values.

Values stand apart: a node that needs one has its number (a slot). So the tree is the shape
of a request, the same for every id that is asked for, and no value can become SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Slot = int
"""Number of a value of the request."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step into JSON: ->key, ->>key or ->0."""

    as_text: bool
    key: str | int


@dataclass(frozen=True, slots=True)
class Path:
    """A column, and steps into it."""

    name: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the answer; name "*" is all of them, no path is count()."""

    path: Path | None
    alias: str | None = None
    cast: str | None = None
    aggregate: str | None = None
    aggregate_cast: str | None = None


@dataclass(frozen=True, slots=True)
class Embed:
    """A related resource within the answer."""

    name: str
    alias: str | None = None
    hint: str | None = None
    join: Literal["inner", "left"] | None = None
    spread: bool = False
    items: tuple[Field | Embed, ...] = ()

    @property
    def key(self) -> str:
        """The name that filters and the answer use."""
        return self.alias or self.name


Item = Field | Embed


@dataclass(frozen=True, slots=True)
class Filter:
    """One comparison; value is a slot, or a word for "is"."""

    path: Path
    operator: str
    value: Slot | str
    negated: bool = False
    modifier: Literal["any", "all"] | None = None
    language: Slot | None = None


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by and, or."""

    operator: Literal["and", "or"]
    children: tuple[Filter | Logic, ...]
    negated: bool = False


Condition = Filter | Logic


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an order, by a column of the resource or of one embedded to-one."""

    path: Path
    relation: str | None = None
    descending: bool = False
    nulls_first: bool | None = None


Place = tuple[str, ...]
"""Names of embedded resources on the way from the top; () is the top."""


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query string."""

    select: tuple[Item, ...]
    filters: tuple[tuple[Place, Condition], ...] = ()
    orders: tuple[tuple[Place, tuple[Term, ...]], ...] = ()
    limits: tuple[tuple[Place, Slot], ...] = ()
    offsets: tuple[tuple[Place, Slot], ...] = ()
    columns: tuple[str, ...] | None = None
    conflict: tuple[str, ...] | None = None
    arguments: tuple[tuple[str, Slot], ...] = ()
