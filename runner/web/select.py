"""The parameter select: columns, aliases, casts, aggregates, embedded resources."""

from __future__ import annotations

import re

from .scanner import Scanner
from .tree import Embed, Field, Item, Path

AGGREGATE = re.compile(r"\.(avg|count|max|min|sum)\(\)")
CAST = re.compile(r"[\w $\[\]]+")


def parse_select(text: str) -> tuple[Item, ...]:
    """Items of a select; an empty text selects nothing."""
    scanner = Scanner(text, "select parameter")
    items = _items(scanner)
    scanner.end()
    return items


def _items(scanner: Scanner) -> tuple[Item, ...]:
    if scanner.done() or scanner.peek(")"):
        return ()
    found = [_item(scanner)]
    while scanner.take(","):
        found.append(_item(scanner))
    return tuple(found)


def _item(scanner: Scanner) -> Item:
    if scanner.take("..."):
        return _embed(scanner, scanner.name(), None, spread=True)
    if scanner.take("*"):
        return Field(Path("*"))
    if scanner.take("count()"):
        return Field(None, None, None, "count", _cast(scanner))
    name = scanner.name()
    alias = None
    if scanner.peek(":") and not scanner.peek("::"):
        scanner.need(":")
        alias = name
        if scanner.take("count()"):
            return Field(None, alias, None, "count", _cast(scanner))
        name = scanner.name()
    if scanner.peek("!") or scanner.peek("("):
        return _embed(scanner, name, alias)
    path = Path(name, scanner.steps())
    cast = _cast(scanner)
    aggregate = scanner.match(AGGREGATE)
    if aggregate is None:
        return Field(path, alias, cast)
    return Field(path, alias, cast, aggregate[1:-2], _cast(scanner))


def _cast(scanner: Scanner) -> str | None:
    if not scanner.take("::"):
        return None
    found = scanner.match(CAST)
    if found is None:
        raise scanner.fail("a type")
    return found.strip()


def _embed(scanner: Scanner, name: str, alias: str | None, *, spread: bool = False) -> Embed:
    hint = None
    join = None
    while scanner.take("!"):
        word = scanner.name()
        if word in ("inner", "left"):
            join = word
        elif hint is None:
            hint = word
        else:
            raise scanner.fail('"("')
    scanner.need("(")
    scanner.deeper()
    items = _items(scanner)
    scanner.need(")")
    scanner.higher()
    return Embed(name, alias, hint, join, spread, items)  # type: ignore[arg-type]
