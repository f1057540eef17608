"""xlsx: the rows of one sheet, streamed."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from .files import BOMB_BYTES, BOMB_RATIO, BadFile
from .rows import Row

START = 1 << 16
MARKUP = re.compile(b"<!(DOCTYPE|ENTITY)")
MOST_SHARED = 256 << 20
"""Bytes of texts that a workbook shares between its cells: they are held in memory."""


class Sheet:
    """A sheet of a workbook; the first row names the columns unless told otherwise."""

    def __init__(self, file: BinaryIO, name: str | None, header: bool, decimal: str) -> None:
        _refuse_bombs(file)
        from openpyxl import load_workbook

        self.decimal = decimal
        try:
            # By its content, whatever it is called.
            self.book = load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # the library raises whatever a broken part leads to
            raise BadFile(f"the file is no workbook: {type(error).__name__}: {error}") from error
        if name is not None and name not in self.book.sheetnames:
            raise BadFile(f'the workbook has no sheet "{name}": {", ".join(self.book.sheetnames)}')
        sheet = self.book[name] if name is not None else self.book.worksheets[0]
        sheet.reset_dimensions()
        self.fields: list[str] = []
        self.rows = self._rows(sheet)
        first = next(self.rows, None)
        if first is None:
            raise BadFile("the sheet is empty")
        self.first = None if header else first
        width = max((n for n, value in enumerate(first.values, 1) if value is not None), default=0)
        names = first.values[:width] if header else [str(n + 1) for n in range(width)]
        self.fields = [value or "" for value in names]

    def __iter__(self) -> Iterator[Row]:
        """The rows; empty cells behind the last column do not count."""
        if self.first is not None:
            yield self._fit(self.first)
        for row in self.rows:
            yield self._fit(row)

    def _fit(self, row: Row) -> Row:
        width = len(self.fields)
        values = row.values + [None] * (width - len(row.values))
        if len(values) > width and not any(value is not None for value in values[width:]):
            values = values[:width]
        return Row(row.line, values, row.problem)

    def _rows(self, sheet: Any) -> Iterator[Row]:
        try:
            for line, cells in enumerate(sheet.iter_rows(), 1):
                values = [self._text(cell.value) for cell in cells]
                if any(value is not None for value in values):
                    yield Row(line, values, self._error(cells))
        except BadFile:
            raise
        except Exception as error:
            raise BadFile(f"the sheet cannot be read: {type(error).__name__}: {error}") from error

    def _error(self, cells: Sequence[Any]) -> str | None:
        for place, cell in enumerate(cells):
            if cell.data_type == "e":
                name = self.fields[place] if place < len(self.fields) else str(place + 1)
                return f'"{name}" holds the error {cell.value}'
        return None

    def _text(self, value: Any) -> str | None:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            if value.time() == time():
                return value.date().isoformat()
            return value.isoformat()
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, float):
            # As many digits as a spreadsheet has; what is behind them comes of its arithmetic.
            value = format(Decimal(f"{value:.15g}"), "f")
        return str(value).replace(".", self.decimal)


def _refuse_bombs(file: BinaryIO) -> None:
    packed = file.seek(0, io.SEEK_END)
    try:
        archive = zipfile.ZipFile(file)
        parts = archive.infolist()
        starts = [
            archive.open(part).read(START)
            for part in parts
            if part.filename.endswith((".xml", ".rels"))
        ]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError) as error:
        raise BadFile(f"the file is no workbook: {error}") from error
    if any(b"<!" in start and MARKUP.search(start) for start in starts):
        raise BadFile("the workbook declares entities or a document type")
    total = sum(part.file_size for part in parts)
    if total > max(BOMB_BYTES, BOMB_RATIO * packed):
        raise BadFile(f"the file unpacks to more than {BOMB_RATIO} times its size")
    shared = sum(part.file_size for part in parts if "sharedStrings" in part.filename)
    if shared > MOST_SHARED:
        raise BadFile(f"the workbook shares more than {MOST_SHARED >> 20} MB of texts")


def spool(stream: io.BufferedReader, path: Path) -> None:
    """Write an unpacked workbook to a file, because a ZIP archive is read from its end."""
    with path.open("wb") as file:
        while chunk := stream.read(1 << 20):
            file.write(chunk)
