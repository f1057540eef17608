"""One run of an export: rows by the rights of its account, into a file that is whole or not there.

The file has a temporary name in its folder until it is complete and on the disk; then it is
renamed, which nobody can see half of.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.abc import Buffer
from psycopg.rows import tuple_row
from psycopg.types.datetime import DateLoader, TimestamptzLoader

from .copied import write_csv, write_lines
from .faults import message, passing
from .files import CHUNK, BadFile
from .folders import located
from .progress import Progress, Watch
from .writers import write_book, write_xml

FETCH = 2000
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
    "xml": "application/xml",
}


@dataclass(frozen=True)
class Exported:
    """How a run ended, and where its file is."""

    run: int
    state: str
    rows: int = 0
    path: Path | None = None
    file: int | None = None
    error: str | None = None


def request_export(conn: psycopg.Connection[Any], code: str, account: str | None = None) -> int:
    """Make a run; account is whose rights it has, the session's when left out."""
    row = conn.execute(
        "select batch.request_export(%s, coalesce(%s, access.current_account()))", (code, account)
    ).fetchone()
    assert row is not None
    return int(row[0])


def run_export(
    url: str,
    run: int,
    *,
    to: Path | None = None,
    stream: BinaryIO | None = None,
    watch: Watch | None = None,
    progress: Progress | None = None,
    home: Path | None = None,
) -> Exported:
    """Do a run that was requested.

    The file goes to the stream, to the path `to` (a folder or a file), or where the definition
    says: to its folder (in `home` unless absolute), else into the database, where a notification
    takes it from.
    """
    with psycopg.connect(url, autocommit=True, application_name="pgears export") as conn:
        row = conn.execute(
            "select token, state, account, definition from batch.start_export(%s)", (run,)
        ).fetchone()
        assert row is not None
        token, state, account, definition = row
        if state != "running":
            return Exported(run, state)
        with progress or Progress(url, "export", run, watch) as told:
            told.set("writing", 0)
            try:
                return _export(conn, run, token, account, definition, told, to, stream, home)
            except (BadFile, OSError, psycopg.Error) as error:
                if conn.closed or passing(error):
                    raise
                conn.execute(
                    "select batch.end_export(%s, %s, 'failed', p_error => %s)",
                    (run, token, message(error)),
                )
                return Exported(run, "failed", error=message(error))


def _export(
    conn: psycopg.Connection[Any],
    run: int,
    token: UUID,
    account: str,
    definition: dict[str, Any],
    progress: Progress,
    to: Path | None,
    stream: BinaryIO | None,
    home: Path | None,
) -> Exported:
    if stream is not None:
        rows = write(conn, run, token, account, definition, stream, progress)
        _end(conn, run, token, rows, None, None, None)
        return Exported(run, "done", rows)
    folder = to
    if folder is None and "folder" in definition:
        folder = located(definition["folder"], home or Path())
    if folder is not None:
        path = folder / definition["name"] if folder.is_dir() or to is None else folder
        if to is None:
            folder.mkdir(parents=True, exist_ok=True)
        with whole_file(path, run) as file:
            rows = write(conn, run, token, account, definition, file, progress)
            size = file.tell()
        number = None
        if "notify" in definition:
            with path.open("rb") as written:
                number = _store(conn, definition, written)
        _end(conn, run, token, rows, size, path, number)
        return Exported(run, "done", rows, path, number)
    with tempfile.TemporaryFile() as file:
        rows = write(conn, run, token, account, definition, file, progress)
        size = file.tell()
        file.seek(0)
        number = _store(conn, definition, file)
        _end(conn, run, token, rows, size, None, number)
        return Exported(run, "done", rows, None, number)


def _end(
    conn: psycopg.Connection[Any],
    run: int,
    token: UUID,
    rows: int,
    size: int | None,
    path: Path | None,
    file: int | None,
) -> None:
    conn.execute(
        "select batch.end_export(%s, %s, 'done', %s, %s, %s, %s)",
        (run, token, rows, size, None if path is None else str(path), file),
    )


@contextmanager
def whole_file(path: Path, run: int) -> Iterator[BinaryIO]:
    """A file that appears under its name when the block has ended well, and on the disk."""
    temporary = path.with_name(f".{path.name}.{run}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write(
    conn: psycopg.Connection[Any],
    run: int,
    token: UUID,
    account: str,
    definition: dict[str, Any],
    file: BinaryIO,
    progress: Progress,
) -> int:
    """Write the rows of a run as its definition says; gives their number."""
    if definition.get("gzip"):
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
            return write(
                conn,
                run,
                token,
                account,
                {**definition, "gzip": False},
                cast(BinaryIO, packed),
                progress,
            )
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read")
        row = conn.execute(
            "select statement, headers from batch.export_statement(%s, %s)", (run, token)
        ).fetchone()
        assert row is not None
        statement, headers = row
        conn.execute(
            "select set_config('timezone', %s, true), set_config('datestyle', 'ISO, YMD', true)",
            (definition.get("time_zone", "UTC"),),
        )
        conn.execute(sql.SQL("set local role {}").format(sql.Identifier(account)))
        match definition.get("format", "csv"):
            case "csv":
                return write_csv(conn, statement, headers, definition, file, progress)
            case "jsonl":
                return write_lines(conn, statement, file, progress)
            case kind:
                rows = Counted(conn, statement, progress)
                (write_xml if kind == "xml" else write_book)(file, headers, rows, definition)
                return rows.number


class _DayLoader(DateLoader):
    """Days; those that Python has not, infinity among them, are their texts."""

    def load(self, data: Buffer) -> Any:
        try:
            return super().load(data)
        except psycopg.DataError:
            return bytes(data).decode()


class _MomentLoader(TimestamptzLoader):
    """Times, likewise."""

    def load(self, data: Buffer) -> Any:
        try:
            return super().load(data)
        except psycopg.DataError:
            return bytes(data).decode()


LOADERS: dict[str, Any] = {"date": _DayLoader, "timestamptz": _MomentLoader}


class Counted:
    """The rows of a statement, fetched some at a time and counted."""

    def __init__(self, conn: psycopg.Connection[Any], statement: str, progress: Progress) -> None:
        self.conn = conn
        self.statement = statement
        self.progress = progress
        self.number = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        name = f"export_{uuid.uuid4().hex}"
        for type_, loader in LOADERS.items():
            self.conn.adapters.register_loader(type_, loader)
        with self.conn.cursor(name, row_factory=tuple_row) as cursor:
            cursor.itersize = FETCH
            cursor.execute(self.statement.encode())
            for row in cursor:
                yield row
                self.number += 1
                if self.number % FETCH == 0:
                    self.progress.set("writing", self.number)


def _store(conn: psycopg.Connection[Any], definition: dict[str, Any], file: BinaryIO) -> int:
    upload = uuid.uuid4()
    while data := file.read(CHUNK):
        conn.execute("select core.append_file(%s, %s)", (upload, data))
    kind = (
        "application/gzip"
        if definition.get("gzip")
        else MEDIA_TYPES[definition.get("format", "csv")]
    )
    row = conn.execute(
        "select core.finish_file(%s, %s, %s)", (upload, definition["name"], kind)
    ).fetchone()
    assert row is not None
    return int(row[0])
