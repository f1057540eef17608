"""The query string: which parameter is a filter, an order, a limit, an argument."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import parse_qsl

from .filters import Values, looks_like_filter, parse_filter, parse_logic
from .problem import Problem, no_nul, parse_problem
from .scanner import Scanner
from .select import parse_select
from .tree import Condition, Field, Path, Place, Query, Slot, Term

MAX_PARAMETERS = 500
REMEMBERED = 500
"""Longest query string whose tree is kept."""
WHOLE = re.compile(r"-?\d{1,18}")
ALL = (Field(Path("*")),)


def read_pairs(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of a query string or form."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except UnicodeError as error:
        raise Problem(400, "PGRST100", "the query string is not UTF-8") from error
    except ValueError as error:
        raise Problem(
            400, "PGRST100", f"the query string has more than {MAX_PARAMETERS} parameters"
        ) from error
    for name, value in pairs:
        no_nul(name)
        no_nul(value)
    return pairs


def parse_text(raw: bytes) -> tuple[Query, list[str]]:
    """The tree and the values of a query string; short ones that come again are remembered."""
    if len(raw) > REMEMBERED:
        values: list[str] = []
        return parse_query(read_pairs(raw), values), values
    tree, kept = _remembered(raw)
    return tree, list(kept)


@lru_cache(2_000)
def _remembered(raw: bytes) -> tuple[Query, tuple[str, ...]]:
    values: list[str] = []
    tree = parse_query(read_pairs(raw), values)
    return tree, tuple(values)


def parse_query(
    pairs: Sequence[tuple[str, str]], values: Values, *, function: bool = False
) -> Query:
    """The tree of a query string; its values are appended to `values`.

    With function, what is no comparison is an argument.
    """
    select = ALL
    filters: list[tuple[Place, Condition]] = []
    orders: dict[Place, tuple[Term, ...]] = {}
    limits: dict[Place, Slot] = {}
    offsets: dict[Place, Slot] = {}
    columns: tuple[str, ...] | None = None
    conflict: tuple[str, ...] | None = None
    arguments: list[tuple[str, Slot]] = []
    for name, value in pairs:
        if name == "select":
            select = parse_select(value)  # type: ignore[assignment]
        elif name == "columns":
            columns = _names(value, "columns parameter")
        elif name == "on_conflict":
            conflict = _names(value, "on_conflict parameter")
        elif function and _is_argument(name, value):
            values.append(value)
            arguments.append((name, len(values) - 1))
        else:
            place, word = _split(name)
            if word == "order":
                orders[place] = parse_order(value)
            elif word == "limit":
                limits[place] = _number(value, "limit", values)
            elif word == "offset":
                offsets[place] = _number(value, "offset", values)
            elif word in ("and", "or", "not.and", "not.or"):
                filters.append((place, _logic(word, value, values)))
            else:
                filters.append((place, parse_filter(_path(word), value, values)))
    return Query(
        select,
        tuple(filters),
        tuple(orders.items()),
        tuple(limits.items()),
        tuple(offsets.items()),
        columns,
        conflict,
        tuple(arguments),
    )


@lru_cache(200)
def _path(word: str) -> Path:
    scanner = Scanner(word, "field path")
    path = scanner.path()
    scanner.end()
    return path


def _logic(word: str, value: str, values: Values) -> Condition:
    negated, _, operator = word.rpartition(".")
    return parse_logic("and" if operator == "and" else "or", negated == "not", value, values)


def _is_argument(name: str, value: str) -> bool:
    if name in ("order", "limit", "offset", "and", "or", "not.and", "not.or"):
        return False
    return "." not in name and not looks_like_filter(value)


def _split(name: str) -> tuple[Place, str]:
    """Embedded resources named before the last word, and that word (not.and is one)."""
    if "." not in name:
        return (), name
    if name in ("not.and", "not.or"):
        return (), name
    scanner = Scanner(name, "field path")
    parts: list[str] = []
    while True:
        begin = scanner.at
        part = scanner.name()
        if scanner.peek("->"):
            return tuple(parts), name[begin:]
        if scanner.done():
            word = name[begin:]
            if word in ("and", "or") and parts and parts[-1] == "not":
                return tuple(parts[:-1]), f"not.{word}"
            return tuple(parts), word
        scanner.need(".")
        parts.append(part)


def _names(text: str, what: str) -> tuple[str, ...]:
    scanner = Scanner(text, what)
    found = [scanner.name()]
    while scanner.take(","):
        found.append(scanner.name())
    scanner.end()
    return tuple(dict.fromkeys(found))


def _number(text: str, what: str, values: Values) -> Slot:
    if WHOLE.fullmatch(text) is None:
        raise parse_problem(f"{what} parameter", text, 0, "a whole number")
    if int(text) < 0:
        raise Problem(
            416,
            "PGRST103",
            "Requested range not satisfiable",
            details=f"{what.capitalize()} should be greater than or equal to zero.",
        )
    values.append(text)
    return len(values) - 1


def parse_order(text: str) -> tuple[Term, ...]:
    """Terms of an order: column[.asc|.desc][.nullsfirst|.nullslast], or embedded(column)."""
    scanner = Scanner(text, "order")
    found = [_term(scanner)]
    while scanner.take(","):
        found.append(_term(scanner))
    scanner.end()
    return tuple(found)


def _term(scanner: Scanner) -> Term:
    path, relation = scanner.path(), None
    if not path.steps and scanner.take("("):
        relation = path.name
        path = scanner.path()
        scanner.need(")")
    descending = scanner.take(".desc")
    if not descending:
        scanner.take(".asc")
    nulls = None
    if scanner.take(".nullsfirst"):
        nulls = True
    elif scanner.take(".nullslast"):
        nulls = False
    if not scanner.done() and not scanner.peek(","):
        raise scanner.fail('"asc", "desc", "nullsfirst" or "nullslast"')
    return Term(path, relation, descending, nulls)
