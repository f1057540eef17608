"""Filters in the classic form `codeEQvalue~`, put into the tree of the web service's grammar.

    filter    = condition { ("AND" | "OR") condition }        AND binds more than OR
    condition = "(" filter ")" | column operator value "~"
    column    = code | class "." code                         the class it is inherited from
    value     = characters, a "~" in it doubled

Source of the form: the public help of systems that use it (`filter=nameEQtest~`,
`date1ININTERVALYesterday~`, `shorttext1CONTAINS~~at~`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ..problem import Problem
from .description import Column

BETWEEN = re.compile(r"\s*(AND|OR)\s*")
DEEPEST = 20
COMPARE = {"EQ": "eq", "NOTEQ": "neq", "GT": "gt", "GE": "gte", "LT": "lt", "LE": "lte"}
PATTERNS = {
    "CONTAINS": "{}",
    "STARTSWITH": "^{}",
    "ENDSWITH": "{}$",
}
OPERATORS = (
    *COMPARE,
    *PATTERNS,
    "NOTCONTAINS",
    "IN",
    "ININTERVAL",
    "ISNULL",
    "ISNOTNULL",
)
# The longest operator first: what follows it is the value, which may begin with a capital.
WORD = re.compile(
    r"(?:([a-z][a-z0-9_-]*)\.)?([a-z][a-z0-9_-]*)("
    + "|".join(sorted(OPERATORS, key=len, reverse=True))
    + ")"
)
TEXTS = ("text", "middle_text", "long_text", "html", "colour", "picture")
META = re.compile(r"([\\^$.|?*+()\[\]{}])")


@dataclass
class Reader:
    """A place in a filter."""

    text: str
    columns: Mapping[str, Column]
    today: date
    at: int = 0
    depth: int = 0

    def tree(self) -> str:
        """A filter up to its end or a closing bracket, as and(...) or or(...)."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"fewer than {DEEPEST} brackets in each other")
        either: list[list[str]] = [[self.condition()]]
        while (found := BETWEEN.match(self.text, self.at)) is not None:
            self.at = found.end()
            if found[1] == "AND":
                either[-1].append(self.condition())
            else:
                either.append([self.condition()])
        self.depth -= 1
        parts = [p[0] if len(p) == 1 else f"and({','.join(p)})" for p in either]
        return parts[0] if len(parts) == 1 else f"or({','.join(parts)})"

    def condition(self) -> str:
        """One comparison, or a filter in brackets."""
        if self.text.startswith("(", self.at):
            self.at += 1
            inside = self.tree()
            if not self.text.startswith(")", self.at):
                raise self.fail('")"')
            self.at += 1
            return inside
        found = WORD.match(self.text, self.at)
        if found is None:
            raise self.fail(f"a column code and one of {', '.join(OPERATORS)}")
        column = self.columns.get(found[2])
        if column is None:
            raise self.fail(f'a column of the class, not "{found[2]}"')
        operator = found[3]
        self.at = found.end()
        return compare(column, operator, self.value(), self.today)

    def value(self) -> str:
        """Characters up to a single tilde."""
        parts: list[str] = []
        while True:
            end = self.text.find("~", self.at)
            if end < 0:
                raise self.fail('a value that ends with "~"', len(self.text))
            parts.append(self.text[self.at : end])
            self.at = end + 1
            if not self.text.startswith("~", self.at):
                return "".join(parts)
            parts.append("~")
            self.at += 1

    def fail(self, expected: str, at: int | None = None) -> Problem:
        """PG632 at this place."""
        place = self.at if at is None else at
        return Problem(
            400,
            "PG632",
            f"the filter cannot be read from character {place + 1} on",
            details=f"expected {expected}",
            hint="Write column, operator and value, such as nameEQtest~ANDpriorityLT3~.",
        )


def read_classic(text: str, columns: Mapping[str, Column], today: date) -> tuple[str, str]:
    """The filter as a parameter of the web service: name and value."""
    reader = Reader(text.strip(), columns, today)
    tree = reader.tree()
    if reader.at != len(reader.text):
        raise reader.fail("AND, OR or the end")
    return "and", f"({tree})"


def compare(column: Column, operator: str, value: str, today: date) -> str:
    """One condition in the grammar of the web service."""
    name = quoted(column.code)
    if operator in ("ISNULL", "ISNOTNULL"):
        return f"{name}.{'not.' if operator == 'ISNOTNULL' else ''}is.null"
    if operator == "ININTERVAL":
        begin, end = interval(column, value, today)
        return f"and({name}.gte.{begin},{name}.lt.{end})"
    if operator in PATTERNS or operator == "NOTCONTAINS":
        if column.type not in TEXTS and column.type != "reference":
            raise unfit(column, operator)
        pattern = PATTERNS.get(operator, "{}").format(META.sub(r"\\\1", value))
        negation = "not." if operator == "NOTCONTAINS" else ""
        return f"{named(column)}.{negation}imatch.{quoted(pattern)}"
    if operator == "IN":
        return f"{name}.in.({','.join(quoted(part.strip()) for part in value.split(','))})"
    if column.type == "reference" and not value.lstrip("-").isdigit():
        name = named(column)
    if column.multiple:
        if operator not in ("EQ", "NOTEQ") or not value.isdigit():
            raise unfit(column, operator)
        return f"{name}.{'' if operator == 'EQ' else 'not.'}cs.{quoted('{' + value + '}')}"
    if column.type == "timestamp" and len(value) == 10 and operator in ("EQ", "NOTEQ"):
        begin, end = interval(column, f"{value}..{value}", today)
        return f"{'not.' if operator == 'NOTEQ' else ''}and({name}.gte.{begin},{name}.lt.{end})"
    return f"{name}.{COMPARE[operator]}.{quoted(value)}"


def interval(column: Column, value: str, today: date) -> tuple[str, str]:
    """First day of a named interval or of from..to, and the day behind its last."""
    if column.type not in ("date", "timestamp"):
        raise unfit(column, "ININTERVAL")
    first, separator, last = value.partition("..")
    if separator:
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last) + timedelta(1)
        except (ValueError, OverflowError) as error:
            raise unknown_interval(value) from error
        return begin.isoformat(), end.isoformat()
    month = today.replace(day=1)
    year = month.replace(month=1)
    week = today - timedelta(today.weekday())
    named: dict[str, tuple[date, date]] = {
        "yesterday": (today - timedelta(1), today),
        "today": (today, today + timedelta(1)),
        "tomorrow": (today + timedelta(1), today + timedelta(2)),
        "lastweek": (week - timedelta(7), week),
        "thisweek": (week, week + timedelta(7)),
        "nextweek": (week + timedelta(7), week + timedelta(14)),
        "lastmonth": (shifted(month, -1), month),
        "thismonth": (month, shifted(month, 1)),
        "nextmonth": (shifted(month, 1), shifted(month, 2)),
        "lastyear": (year.replace(year=year.year - 1), year),
        "thisyear": (year, year.replace(year=year.year + 1)),
        "nextyear": (year.replace(year=year.year + 1), year.replace(year=year.year + 2)),
        "last7days": (today - timedelta(6), today + timedelta(1)),
        "last30days": (today - timedelta(29), today + timedelta(1)),
        "past": (date(1, 1, 1), today),
        "future": (today + timedelta(1), date(9999, 12, 31)),
    }
    found = named.get(value.lower())
    if found is None:
        raise unknown_interval(value)
    return found[0].isoformat(), found[1].isoformat()


def shifted(month: date, by: int) -> date:
    """The first day of a month before or after."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def named(column: Column) -> str:
    """Where the text of a column is: beside a reference its short description."""
    return quoted(f"{column.code}__text" if column.type == "reference" else column.code)


def quoted(text: str) -> str:
    """A value that commas, brackets and dots cannot break out of."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unfit(column: Column, operator: str) -> Problem:
    """PG632: the operator means nothing for a column of this type."""
    return Problem(
        400,
        "PG632",
        f'{operator} cannot be asked of the column "{column.code}"',
        details=f"its type is {column.type}",
        hint="CONTAINS is for texts and references, ININTERVAL for dates and timestamps.",
    )


def unknown_interval(value: str) -> Problem:
    """PG632: no such interval."""
    return Problem(
        400,
        "PG632",
        f'there is no interval "{value}"',
        hint="Write Yesterday, Today, LastMonth ... or 2026-01-01..2026-01-31.",
    )
