"""Rows that COPY writes: the server makes the lines, so a file costs little more than its bytes."""

from __future__ import annotations

import codecs
import io
from typing import Any, BinaryIO, cast

import psycopg
from psycopg import sql

from .delimited import SERVER_ENCODINGS, codec
from .files import CHUNK, BadFile
from .progress import Progress


def write_csv(
    conn: psycopg.Connection[Any],
    statement: str,
    headers: list[str],
    definition: dict[str, Any],
    file: BinaryIO,
    progress: Progress,
) -> int:
    """Write CSV in the dialect and encoding of a definition; gives the number of rows.

    Raises BadFile for a character that the encoding does not have.
    """
    separator = definition.get("separator", ",")
    separator = "\t" if separator == "tab" else separator
    name = codec(definition.get("encoding", "utf-8"))
    server = SERVER_ENCODINGS.get(name.removesuffix("-sig"))
    # It writes a byte order mark once, where there is one.
    encoder = codecs.getincrementalencoder(name)()
    line = ""
    if definition.get("header", True):
        line = separator.join(_quoted(header, separator) for header in headers) + "\n"
    file.write(_encoded(line, encoder, name))
    options = [
        sql.SQL("format csv"),
        sql.SQL("delimiter {}").format(sql.Literal(separator)),
        sql.SQL("encoding {}").format(sql.Literal(server or "UTF8")),
    ]
    copy_sql = sql.SQL("copy ({}) to stdout ({})").format(
        sql.SQL(cast(Any, statement)), sql.SQL(", ").join(options)
    )
    decoder = codecs.getincrementaldecoder("utf-8")()

    def recoded(data: bytearray, *, final: bool = False) -> bytes:
        if server:
            return bytes(data)
        return _encoded(decoder.decode(bytes(data)), encoder, name, final)

    size = 0
    with conn.cursor() as cursor:
        with cursor.copy(copy_sql) as copy:
            gathered = bytearray()
            for data in copy:
                gathered += data
                if len(gathered) > CHUNK:
                    size += len(gathered)
                    file.write(recoded(gathered))
                    gathered.clear()
                    progress.set("writing", size)
            file.write(recoded(gathered, final=True))
        return cursor.rowcount


def _encoded(
    text: str, encoder: codecs.IncrementalEncoder, encoding: str, final: bool = False
) -> bytes:
    try:
        return encoder.encode(text, final)
    except UnicodeEncodeError as error:
        raise BadFile(
            f"the character {text[error.start]!r} does not exist in {encoding}",
            "Choose another encoding for the export, such as utf-8.",
        ) from error


def _quoted(text: str, separator: str) -> str:
    if any(char in text for char in (separator, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def write_lines(
    conn: psycopg.Connection[Any], statement: str, file: BinaryIO, progress: Progress
) -> int:
    """Write what a statement gives as one text a row, a line each; gives the number of rows."""
    # JSON has neither control characters nor line ends, so nothing of it is ever quoted.
    copy_sql = sql.SQL(
        "copy ({}) to stdout (format csv, delimiter {}, quote {}, encoding 'UTF8')"
    ).format(sql.SQL(cast(Any, statement)), sql.Literal("\x02"), sql.Literal("\x01"))
    size = 0
    with conn.cursor() as cursor:
        with cursor.copy(copy_sql) as copy:
            buffer = io.BufferedWriter(cast(Any, file), CHUNK)
            for data in copy:
                size += len(data)
                buffer.write(data)
                if size % 100 == 0:
                    progress.set("writing", size)
            buffer.flush()
            buffer.detach()
        return cursor.rowcount
