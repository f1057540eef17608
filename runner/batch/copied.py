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
    marked = name == "utf-8-sig"
    encoding = "utf-8" if marked else name
    server = SERVER_ENCODINGS.get(encoding)
    if marked or encoding == "utf-16":
        file.write(codecs.BOM_UTF8 if marked else codecs.BOM_UTF16_LE)
    encoding = "utf-16-le" if encoding == "utf-16" else encoding
    if definition.get("header", True):
        line = separator.join(_quoted(header, separator) for header in headers) + "\n"
        file.write(_encoded(line, encoding))
    options = [
        sql.SQL("format csv"),
        sql.SQL("delimiter {}").format(sql.Literal(separator)),
        sql.SQL("encoding {}").format(sql.Literal(server or "UTF8")),
    ]
    copy_sql = sql.SQL("copy ({}) to stdout ({})").format(
        sql.SQL(cast(Any, statement)), sql.SQL(", ").join(options)
    )
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = 0
    with conn.cursor() as cursor:
        with cursor.copy(copy_sql) as copy:
            gathered = bytearray()
            for data in copy:
                gathered += data
                if len(gathered) > CHUNK:
                    size += len(gathered)
                    file.write(_recoded(gathered, decoder, None if server else encoding))
                    gathered.clear()
                    progress.set("writing", size)
            file.write(_recoded(gathered, decoder, None if server else encoding))
        return cursor.rowcount


def _recoded(data: bytearray, decoder: codecs.IncrementalDecoder, encoding: str | None) -> bytes:
    return bytes(data) if encoding is None else _encoded(decoder.decode(bytes(data)), encoding)


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
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
