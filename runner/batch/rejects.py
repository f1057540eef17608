"""The file of rows in error: in the format of its import, to be mended and imported again."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import psycopg

from .delimited import codec
from .exporter import whole_file
from .files import BadFile
from .writers import CARRIAGE_RETURN, UNPRINTABLE, write_book

LINE = "_line"
REASONS = "_reasons"

NAME = re.compile(r"[^\W\d][\w.-]*")

Records = Iterable[Sequence[str | None]]


def write_rejects(conn: psycopg.Connection[Any], run: int, path: Path) -> int:
    """Write the rows in error of a run, with columns _line and _reasons; gives their number."""
    found = conn.execute(
        "select definition, fields from batch.rejected_file(%s)", (run,)
    ).fetchone()
    if found is None:
        raise BadFile(f"there is no run {run}", '"pgears imports runs" shows the runs.')
    definition, fields = found
    rows = Rejected(conn, run)
    headers = [*(fields or []), LINE, REASONS]
    with whole_file(path, run) as file:
        match definition.get("format", "csv"):
            case "csv":
                rows.write_text(file, definition, _csv_lines(definition, headers))
            case "jsonl":
                rows.write_text(file, definition, _json_lines(headers))
            case "xml":
                rows.write_text(file, {}, _xml_lines(definition["item"], headers))
            case _:
                write_book(file, headers, rows, {**definition, "guard_formulas": False})
    return rows.number


class Rejected:
    """Records in error as they stood in the file, with line and reasons."""

    def __init__(self, conn: psycopg.Connection[Any], run: int) -> None:
        self.conn = conn
        self.run = run
        self.number = 0

    def write_text(
        self, file: BinaryIO, definition: dict[str, Any], lines: Callable[[Records], Iterator[str]]
    ) -> None:
        """In the encoding of the import; where that has not all characters, in marked UTF-8.

        An import takes what a byte order mark tells.
        """
        for encoding in (codec(definition.get("encoding", "utf-8")), "utf-8-sig"):
            text = io.TextIOWrapper(file, encoding, newline="\n")
            try:
                for line in lines(self):
                    text.write(line + "\n")
                text.detach()
                return
            except UnicodeEncodeError:
                text.detach()
                file.seek(0)
                file.truncate()

    def __iter__(self) -> Iterator[list[str | None]]:
        self.number = 0
        with self.conn.cursor() as cursor:
            cursor.execute("select fields, line, reasons from batch.rejected_rows(%s)", (self.run,))
            for fields, line, reasons in cursor:
                self.number += 1
                yield [*fields, None if line is None else str(line), reasons]


def _csv_lines(
    definition: dict[str, Any], headers: list[str]
) -> Callable[[Records], Iterator[str]]:
    separator = definition.get("separator", ",")
    separator = "\t" if separator == "tab" else separator
    quote = definition.get("quote", '"')

    def lines(records: Records) -> Iterator[str]:
        first = [headers] if definition.get("header", True) else []
        for record in chain(first, records):
            yield separator.join(_quoted(value, separator, quote) for value in record)

    return lines


def _quoted(value: str | None, separator: str, quote: str) -> str:
    if value is None:
        return ""
    if value == "" or any(char in value for char in (separator, quote, "\n", "\r")):
        return quote + value.replace(quote, quote * 2) + quote
    return value


def _json_lines(headers: list[str]) -> Callable[[Records], Iterator[str]]:
    def lines(records: Records) -> Iterator[str]:
        for record in records:
            yield json.dumps(dict(zip(headers, record, strict=True)), ensure_ascii=False)

    return lines


def _xml_lines(item: str, headers: list[str]) -> Callable[[Records], Iterator[str]]:
    """Elements and attributes where the paths of the import look for them."""
    *outer, inner = item.strip("/").split("/")

    def lines(records: Records) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield from (f"<{name}>" for name in outer)
        for record in records:
            top = _Element()
            for source, value in zip(headers, record, strict=True):
                if value is not None:
                    top.put(source, UNPRINTABLE.sub("\ufffd", value))
            yield top.text(inner)
        yield from (f"</{name}>" for name in reversed(outer))

    return lines


class _Element:
    def __init__(self) -> None:
        self.attributes: list[str] = []
        self.content = ""
        self.below: dict[str, _Element] = {}

    def put(self, source: str, value: str) -> None:
        path, _, attribute = source.partition("@")
        element = self
        for name in path.strip("/").split("/"):
            if name not in ("", "."):
                element = element.below.setdefault(name, _Element())
        if attribute:
            element.attributes.append(f" {attribute}={quoteattr(value)}")
        else:
            element.content = escape(value, CARRIAGE_RETURN)

    def text(self, name: str) -> str:
        below = "".join(element.text(name) for name, element in self.below.items())
        if not NAME.fullmatch(name):  # a step of a path that names no element
            name, self.attributes = "value", [f" name={quoteattr(name)}"]
        return f"<{name}{''.join(self.attributes)}>{self.content}{below}</{name}>"
