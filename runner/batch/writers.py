"""Rows into files: one writer a format, each streams."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from .files import BadFile

SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
EXACT = 10**15
"""Numbers of a workbook are exact below this."""
FIRST_YEAR = 1900
"""Spreadsheets have no dates before it."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CARRIAGE_RETURN = {"\r": "&#13;"}
"""Readers of XML take a bare one for a line end."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_book(
    file: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[Any]], options: dict[str, Any]
) -> None:
    """xlsx: numbers, dates and times stay such; a further sheet begins when one is full."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    guard = options.get("guard_formulas", True)
    separator = options.get("list_separator", "|")
    name = options.get("sheet", options.get("code", "Sheet"))[:31]

    def cell(sheet: Any, value: Any, column: str, line: int) -> Any:
        if isinstance(value, list):
            value = separator.join("" if item is None else str(item) for item in value)
        elif isinstance(value, dict):
            value = _texts(value)
        elif isinstance(value, datetime):
            value = value.replace(tzinfo=None)
            value = value if value.year >= FIRST_YEAR else value.isoformat()
        elif isinstance(value, date):
            value = value if value.year >= FIRST_YEAR else value.isoformat()
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            exact = -EXACT < value < EXACT and len(Decimal(value).as_tuple().digits) <= 15
            value = value if exact else str(value)
        elif (
            value is not None
            and not isinstance(value, bool | float | str)
            and not hasattr(value, "year")
        ):
            value = str(value)
        if not isinstance(value, str):
            return value
        value = UNPRINTABLE.sub("\ufffd", value)
        if guard and value.startswith(FORMULA):
            value = "'" + value
        if len(value) > CELL_CHARACTERS:
            raise BadFile(f'row {line}: "{column}" is longer than {CELL_CHARACTERS:,} characters')
        made = WriteOnlyCell(sheet, value)
        made.data_type = "s"
        return made

    sheet, line, number = None, 0, 0
    try:
        for row in rows:
            if sheet is None or line >= SHEET_ROWS:
                sheet, line, number = _sheet(book, name, headers, options, number)
            line += 1
            cells = zip(headers, row, strict=True)
            sheet.append([cell(sheet, value, column, line) for column, value in cells])
    except BaseException:
        book.save(io.BytesIO())  # its half-written sheets are ended nowhere else
        raise
    if sheet is None:
        _sheet(book, name, headers, options, number)
    book.save(file)


def _sheet(
    book: Any, name: str, headers: Sequence[str], options: dict[str, Any], number: int
) -> tuple[Any, int, int]:
    sheet = book.create_sheet(name if number == 0 else f"{name[:27]} {number + 1}")
    if not options.get("header", True):
        return sheet, 0, number + 1
    sheet.append(list(headers))
    return sheet, 1, number + 1


def write_xml(
    file: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[Any]], options: dict[str, Any]
) -> None:
    """XML: an element a row, in it an element a value; what is empty is left out."""
    outer, inner = options.get("item", "/rows/row").strip("/").split("/")
    names = [_element(name) for name in headers]
    text = io.TextIOWrapper(file, "utf-8", newline="\n", write_through=True)
    text.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{outer}>\n')
    separator = options.get("list_separator", "|")
    for row in rows:
        parts = [f"<{inner}>"]
        for (name, attribute), value in zip(names, row, strict=True):
            if value is None:
                continue
            shown = escape(_text(value, separator), CARRIAGE_RETURN)
            parts.append(f"<{name}{attribute}>{shown}</{name}>")
        text.write("".join([*parts, f"</{inner}>\n"]))
    text.write(f"</{outer}>\n")
    text.flush()
    text.detach()


def _element(header: str) -> tuple[str, str]:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", header) and not header.lower().startswith("xml"):
        return header, ""
    return "value", f" name={quoteattr(header)}"


def _texts(value: dict[str, Any]) -> str:
    """A localised text, as an import reads it."""
    return json.dumps(value, ensure_ascii=False)


def _text(value: Any, separator: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return separator.join("" if item is None else str(item) for item in value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        value = _texts(value)
    return UNPRINTABLE.sub("\ufffd", str(value))
