"""What readers give: the columns of a file, and its rows as texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

MOST_CHARACTERS = 4_000_000
"""Longest record of a file that is read row by row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its line, its fields, and what is wrong with it as a whole if anything."""

    line: int
    values: list[str | None]
    problem: str | None = None


class Reader(Protocol):
    """A file that is being read."""

    fields: list[str]

    def __iter__(self) -> Iterator[Row]:
        """The records, from the first after the header."""
        ...


def checked(row: Row, fields: list[str]) -> Row:
    """A row that the database can store: of the right width, and of characters."""
    problem = row.problem
    width = len(fields)
    if problem is None and len(row.values) != width:
        problem = f"has {len(row.values)} columns, not {width}"
    values = (row.values + [None] * width)[:width]
    clean: list[str | None] = []
    for name, value in zip(fields, values, strict=True):
        if value is not None and not value.isascii():
            bad = "\ufffd" in value or any("\ud800" <= char <= "\udfff" for char in value)
            if bad:
                value = value.encode("utf-8", "backslashreplace").decode()
                problem = problem or f'"{name}" is not text of the encoding: {value[:200]}'
        if value is not None and "\0" in value:
            value = value.replace("\0", "\u2400")
            problem = problem or f'"{name}" holds a NUL character: {value[:200]}'
        clean.append(value)
    if problem is not None:
        problem = problem.replace("\0", "\u2400")
        problem = problem.encode("utf-8", "backslashreplace").decode()
    if problem is row.problem and clean == row.values:
        return row
    return Row(row.line, clean, problem)
