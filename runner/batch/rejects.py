"""The file of rows in error: in the format of its import, to be mended and imported again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from .delimited import codec
from .exporter import whole_file
from .files import BadFile
from .writers import write_book, write_xml

LINE = "_line"
REASONS = "_reasons"


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
                encoding = codec(definition.get("encoding", "utf-8"))
                separator = definition.get("separator", ",")
                separator = "\t" if separator == "tab" else separator
                quote = definition.get("quote", '"')
                if definition.get("header", True):
                    line = separator.join(_quoted(name, separator, quote) for name in headers)
                    file.write(f"{line}\n".encode(encoding, "replace"))
                for row in rows:
                    line = separator.join(_quoted(value, separator, quote) for value in row)
                    file.write(f"{line}\n".encode(encoding, "replace"))
            case "jsonl":
                for row in rows:
                    record = dict(zip(headers, row, strict=True))
                    file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            case "xml":
                outer, _, inner = definition["item"].rpartition("/")
                item = f"{outer.rpartition('/')[2] or 'rows'}/{inner}"
                write_xml(file, headers, rows, {"item": item})
            case _:
                write_book(file, headers, rows, {**definition, "guard_formulas": False})
    return rows.number


class Rejected:
    """Records in error as they stood in the file, with line and reasons."""

    def __init__(self, conn: psycopg.Connection[Any], run: int) -> None:
        self.conn = conn
        self.run = run
        self.number = 0

    def __iter__(self) -> Iterator[list[str | None]]:
        with self.conn.cursor() as cursor:
            cursor.execute("select fields, line, reasons from batch.rejected_rows(%s)", (self.run,))
            for fields, line, reasons in cursor:
                self.number += 1
                yield [*fields, None if line is None else str(line), reasons]


def _quoted(value: str | None, separator: str, quote: str) -> str:
    if value is None:
        return ""
    if value == "" or any(char in value for char in (separator, quote, "\n", "\r")):
        return quote + value.replace(quote, quote * 2) + quote
    return value
