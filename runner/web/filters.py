"""Comparisons: `column=operator.value`, lists, and trees of and, or, not."""

from __future__ import annotations

import re
from typing import Literal

from .problem import Problem
from .scanner import Scanner
from .tree import Condition, Filter, Logic, Path, Slot

QUANTIFIED = ("eq", "gte", "gt", "lte", "lt", "like", "ilike", "match", "imatch")
SIMPLE = ("neq", "isdistinct", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj")
SEARCHES = ("fts", "plfts", "phfts", "wfts")
OPERATORS = (*QUANTIFIED, *SIMPLE, *SEARCHES, "in", "is")
PLAIN = frozenset(("eq", "gte", "gt", "lte", "lt", *SIMPLE))
"""Operators behind which everything is the value."""
IS_WORDS = ("null", "not_null", "true", "false", "unknown")

OPERATOR = re.compile(r"[a-z]+(?=[.(])")
MODIFIER = re.compile(r"\((any|all)\)")
LANGUAGE = re.compile(r"\((\w+)\)")
WORD = re.compile(r"[A-Za-z_]+")
LIST_VALUE = re.compile(r"[^,)]*")
ARRAY = re.compile(r"\{[^{}]*\}")
LOGIC = re.compile(r"(and|or)\(")
LOGIC_VALUE = re.compile(r"[^,)]*")

Values = list[str]


def looks_like_filter(text: str) -> bool:
    """True when a value begins as a comparison does: an argument of a function does not."""
    scanner = Scanner(text, "filter")
    scanner.take("not.")
    word = scanner.match(OPERATOR)
    return word in OPERATORS


def parse_filter(path: Path, text: str, values: Values) -> Filter:
    """The comparison of a column with the text of its parameter."""
    operator, dot, value = text.partition(".")
    if dot and operator in PLAIN:
        return Filter(path, operator, _keep(value, values))
    scanner = Scanner(text, "filter")
    return _comparison(scanner, path, values, nested=False)


def parse_logic(operator: Literal["and", "or"], negated: bool, text: str, values: Values) -> Logic:
    """The tree of a parameter and=(...), or=(...), not.and=(...), not.or=(...)."""
    scanner = Scanner(text, "logic tree")
    children = _children(scanner, values)
    scanner.end()
    return Logic(operator, children, negated)


def _children(scanner: Scanner, values: Values) -> tuple[Condition, ...]:
    scanner.need("(")
    scanner.deeper()
    found = [_condition(scanner, values)]
    while scanner.take(","):
        found.append(_condition(scanner, values))
    scanner.need(")")
    scanner.higher()
    return tuple(found)


def _condition(scanner: Scanner, values: Values) -> Condition:
    begin = scanner.at
    negated = scanner.take("not.")
    word = scanner.match(LOGIC)
    if word is not None:
        scanner.at -= 1
        children = _children(scanner, values)
        return Logic("and" if word == "and(" else "or", children, negated)
    scanner.at = begin
    path = scanner.path()
    scanner.need(".")
    return _comparison(scanner, path, values, nested=True)


def _comparison(scanner: Scanner, path: Path, values: Values, *, nested: bool) -> Filter:
    negated = scanner.take("not.")
    operator = scanner.match(OPERATOR)
    if operator not in OPERATORS:
        scanner.at -= len(operator or "")
        raise scanner.fail("operator (eq, gt, ...)")
    if operator == "in":
        scanner.need(".")
        return Filter(path, "in", _list(scanner, values, nested), negated)
    if operator == "is":
        scanner.need(".")
        return Filter(path, "is", _is_word(scanner, nested), negated)
    modifier: Literal["any", "all"] | None = None
    language: Slot | None = None
    if operator in QUANTIFIED:
        found = scanner.match(MODIFIER)
        modifier = None if found is None else "any" if found == "(any)" else "all"
    elif operator in SEARCHES:
        found = scanner.match(LANGUAGE)
        language = None if found is None else _keep(found[1:-1], values)
    scanner.need(".")
    text = _nested_value(scanner) if nested else _rest(scanner)
    if operator in ("like", "ilike"):
        text = text.replace("*", "%")
    return Filter(path, operator, _keep(text, values), negated, modifier, language)


def _keep(text: str, values: Values) -> Slot:
    values.append(text)
    return len(values) - 1


def _rest(scanner: Scanner) -> str:
    text = scanner.text[scanner.at :]
    scanner.at = len(scanner.text)
    return text


def _nested_value(scanner: Scanner) -> str:
    begin = scanner.at
    if scanner.peek('"'):
        quoted = scanner.quoted()
        if quoted is not None and (scanner.peek(",") or scanner.peek(")")):
            return quoted
        scanner.at = begin
    found = scanner.match(ARRAY)
    if found is not None and (scanner.peek(",") or scanner.peek(")")):
        return found
    scanner.at = begin
    return scanner.match(LOGIC_VALUE) or ""


def _is_word(scanner: Scanner, nested: bool) -> str:
    begin = scanner.at
    word = (scanner.match(WORD) or "").lower()
    if word not in IS_WORDS or (not nested and not scanner.done()):
        scanner.at = begin
        raise scanner.fail("null, not_null, true, false or unknown")
    return word


def _list(scanner: Scanner, values: Values, nested: bool) -> Slot:
    scanner.need("(")
    found: list[str] = []
    if not scanner.peek(")"):
        found.append(_element(scanner))
        while scanner.take(","):
            found.append(_element(scanner))
    scanner.need(")")
    if not nested:
        scanner.end()
    return _keep(array_literal(found), values)


def _element(scanner: Scanner) -> str:
    begin = scanner.at
    try:
        quoted = scanner.quoted()
    except Problem:
        quoted = None
    if quoted is not None and (scanner.peek(",") or scanner.peek(")")):
        return quoted
    scanner.at = begin
    return scanner.match(LIST_VALUE) or ""


def array_literal(elements: list[str]) -> str:
    """Elements as PostgreSQL reads an array, each quoted."""
    quoted = ('"' + element.replace("\\", "\\\\").replace('"', '\\"') + '"' for element in elements)
    return "{" + ",".join(quoted) + "}"
