"""From a file to its staging table: by COPY, streamed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from .delimited import Dialect, Direct, NotDirect, read_rows, read_text
from .files import Source, open_source
from .progress import Progress
from .rows import Reader, checked
from .sheet import Sheet, spool
from .structured import JsonLines, XmlRecords

BATCH = 1000


@contextmanager
def open_reader(path: Path, definition: dict[str, Any]) -> Iterator[tuple[Source, Reader]]:
    """A reader for the format of an import; raises BadFile for a file that is none."""
    source, stream = open_source(path)
    sources = list(definition["sources"])
    separator = definition.get("list_separator", "|")
    with source, stream:
        match definition.get("format", "csv"):
            case "csv":
                yield source, read_rows(stream, Dialect(definition))
            case "jsonl":
                text = read_text(stream, Dialect(definition).encoding)
                yield source, JsonLines(text, sources, separator)
            case "xml":
                yield source, XmlRecords(stream, definition["item"], sources)
            case _:
                header, decimal = definition.get("header", True), definition.get("decimal", ".")
                with ExitStack() as stack:
                    book: Path = path
                    if source.packed:
                        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pgears-"))
                        book = Path(folder) / "book.xlsx"
                        spool(stream, book)
                    file = stack.enter_context(book.open("rb"))
                    yield source, Sheet(file, definition.get("sheet"), header, decimal)


def load(
    conn: psycopg.Connection[Any],
    run: int,
    token: UUID,
    path: Path,
    definition: dict[str, Any],
    progress: Progress,
    most: int | None = None,
) -> None:
    """Fill the staging table of a run, with the first rows only where `most` says so.

    A CSV file goes to COPY as it is; when COPY refuses it, or would misread it, it is read again,
    row by row. Raises BadFile, and what begin_load raises.
    """
    if definition.get("format", "csv") == "csv":
        try:
            with conn.transaction():
                _load_direct(conn, run, token, path, definition, progress, most)
            return
        except (NotDirect, psycopg.DataError, psycopg.errors.ProgramLimitExceeded):
            pass
        except psycopg.errors.OutOfMemory:
            pass
    with open_reader(path, definition) as (source, reader):
        statement = _begin(conn, run, token, reader.fields, None)
        with conn.cursor() as cursor, cursor.copy(statement) as copy:
            for record, row in enumerate(islice(iter(reader), most), 1):
                row = checked(row, reader.fields)
                copy.write_row((record, row.line, row.problem, *row.values))
                if record % BATCH == 0:
                    progress.set("loading", source.consumed, progress.state[2])


def _load_direct(
    conn: psycopg.Connection[Any],
    run: int,
    token: UUID,
    path: Path,
    definition: dict[str, Any],
    progress: Progress,
    most: int | None,
) -> None:
    source, stream = open_source(path)
    with source, stream:
        direct = Direct(stream, Dialect(definition))
        if most is not None:
            raise NotDirect
        statement = _begin(conn, run, token, direct.fields, direct.encoding)
        with conn.cursor() as cursor, cursor.copy(statement) as copy:
            for chunk in direct.chunks():
                copy.write(chunk)
                progress.set("loading", source.consumed, progress.state[2])


def _begin(
    conn: psycopg.Connection[Any], run: int, token: UUID, fields: list[str], encoding: str | None
) -> bytes:
    row = conn.execute(
        "select batch.begin_load(%s, %s, %s, %s)",
        (run, token, [_storable(name) for name in fields], encoding),
    ).fetchone()
    assert row is not None
    return str(row[0]).encode()


def _storable(name: str) -> str:
    """The name of a column as the database can keep it."""
    return name.replace("\0", "\u2400").encode("utf-8", "backslashreplace").decode()
