"""One SQL statement in the making: its parameters are numbered as they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.abc import AdaptContext

from .tree import Slot


class Parameter(sql.Composable):
    """$1, $2 and so on."""

    def __init__(self, number: int) -> None:
        super().__init__(number)

    def as_bytes(self, context: AdaptContext | None = None) -> bytes:
        """As PostgreSQL reads it."""
        return b"$%d" % self._obj


@dataclass(frozen=True, slots=True)
class Prepared:
    """SQL, and where its parameters come from: slots of the request, or constants."""

    text: bytes
    sources: tuple[Slot | bytes, ...]

    def fill(self, values: Sequence[str | bytes | None]) -> list[bytes | None]:
        """The parameters for the values of one request."""
        filled: list[bytes | None] = []
        for source in self.sources:
            value = source if isinstance(source, bytes) else values[source]
            filled.append(value.encode() if isinstance(value, str) else value)
        return filled


class Parameters:
    """Gives out parameters."""

    def __init__(self) -> None:
        self._sources: list[Slot | bytes] = []

    def slot(self, slot: Slot) -> Parameter:
        """A parameter for a value of the request."""
        self._sources.append(slot)
        return Parameter(len(self._sources))

    def constant(self, value: str) -> Parameter:
        """A parameter for a text that belongs to the shape of the request."""
        self._sources.append(value.encode())
        return Parameter(len(self._sources))

    def prepared(self, statement: sql.Composable) -> Prepared:
        """The statement with its parameters."""
        return Prepared(statement.as_bytes(None), tuple(self._sources))


def join(separator: str, parts: Sequence[sql.Composable]) -> sql.Composed:
    """Parts with a separator between them."""
    return sql.SQL(separator).join(parts)


def name(*parts: str) -> sql.Identifier:
    """A quoted name."""
    return sql.Identifier(*parts)


def compose(template: str, *parts: Any, **named: Any) -> sql.Composed:
    """A template of SQL with its parts in place."""
    return sql.SQL(template).format(*parts, **named)
