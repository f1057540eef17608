"""CSV: the bytes go to COPY as they are; only what it refuses is read row by row here.

COPY is lenient where people mean something else: a lone quote within a field opens a quotation,
a line of backslash and dot ends the data. Bytes that hold such things do not go that way,
so both ways read a file alike.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Any

from .files import CHUNK, BadFile
from .rows import MOST_CHARACTERS, Row

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SERVER_ENCODINGS = {
    "utf-8": "UTF8",
    "ascii": "UTF8",
    "iso8859-1": "LATIN1",
    "iso8859-2": "LATIN2",
    "iso8859-15": "LATIN9",
    "koi8-r": "KOI8R",
    "koi8-u": "KOI8U",
    **{f"cp{number}": f"WIN{number}" for number in range(1250, 1259)},
}
"""Those in which a byte below 128 is always that character."""
NO_TEXT = frozenset(
    (
        *("", "base64", "bz2", "hex", "idna", "mbcs", "oem", "punycode", "quopri", "rot13"),
        *("raw-unicode-escape", "undefined", "unicode-escape", "uu", "zlib"),
    )
)
"""Codecs of Python that no file of text is written in."""
MOST_UNCLOSED = 100


class NotDirect(Exception):
    """COPY would read these bytes otherwise than they are meant."""


class Dialect:
    """Separator, quote and encoding of a definition."""

    def __init__(self, definition: dict[str, Any]) -> None:
        separator = definition.get("separator", ",")
        self.separator = "\t" if separator == "tab" else separator
        self.quote = definition.get("quote", '"')
        self.header = definition.get("header", True)
        self.encoding = codec(definition.get("encoding", "utf-8"))


def codec(name: str) -> str:
    """Python's name of an encoding; one that it does not know is a BadFile."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)  # raises for what is none of texts
    except (LookupError, UnicodeError):
        found = ""
    if found in NO_TEXT:
        raise BadFile(f'there is no encoding "{name}"')
    return found


def without_mark(stream: io.BufferedReader, encoding: str) -> str:
    """Step over a byte order mark and give the encoding that it tells, else the one given."""
    start = stream.peek(4)[:4]
    for mark, name in BOMS:
        if start.startswith(mark):
            stream.read(len(mark))
            return name
    if start and encoding in ("utf-16", "utf-32"):
        raise BadFile(f"the file has no byte order mark: name {encoding}-le or {encoding}-be")
    return encoding.removesuffix("-sig") if encoding == "utf-8-sig" else encoding


class Direct:
    """The bytes of a file for COPY, with its header read off."""

    def __init__(self, stream: io.BufferedReader, dialect: Dialect) -> None:
        """Raises NotDirect where the file is to be read row by row."""
        encoding = without_mark(stream, dialect.encoding)
        server = SERVER_ENCODINGS.get(encoding)
        if server is None or not (dialect.separator + dialect.quote).isascii():
            raise NotDirect
        self.encoding = server
        self.stream = stream
        self.quote = dialect.quote.encode()
        inside = b"[^\r\n" + re.escape(dialect.separator.encode() + self.quote) + b"]"
        quote = re.escape(self.quote)
        self.stray = re.compile(quote + inside + b"|" + inside + quote)
        first = self._record()
        text = first.decode(encoding, "surrogateescape")
        rows = list(RowReader(io.StringIO(text, newline=""), dialect, header=False))
        if len(rows) != 1 or rows[0].problem is not None:
            raise NotDirect
        values = [value or "" for value in rows[0].values]
        if any("\ud800" <= char <= "\udfff" or char == "\0" for char in "".join(values)):
            raise NotDirect
        if len(values) == 1:  # an empty line would be a record
            raise NotDirect
        self.start = b"" if dialect.header else first
        self.fields = values if dialect.header else [str(n + 1) for n in range(len(values))]

    def _record(self) -> bytes:
        record = b""
        while True:
            line = self.stream.readline(CHUNK)
            record += line
            if not line or len(record) > CHUNK:
                raise NotDirect
            if record.count(self.quote) % 2 == 0:
                if b"\r" in record.rstrip(b"\r\n") or not record.strip():
                    raise NotDirect
                return record

    def chunks(self) -> Iterator[bytes]:
        """The data; raises NotDirect as soon as COPY would misread it."""
        before = b"\n"
        quoted = False
        chunk = self.start
        while True:
            if chunk:
                window = before + chunk
                if b"\n\\." in window or b"\r\\." in window:
                    raise NotDirect
                quoted = self._check(before[-1:], chunk, quoted)
                before = window[-3:]
                yield chunk
            chunk = self.stream.read(CHUNK)
            if not chunk:
                return

    def _check(self, before: bytes, chunk: bytes, quoted: bool) -> bool:
        """Whether a quotation is open behind the chunk; each has to fill a field of its own.

        What stands outside of quotations is looked at in one piece, each quotation in it
        being a quote: beside that there may only be separators, line ends and quotes.
        """
        if self.quote not in chunk and (quoted or before != self.quote):
            return quoted
        parts = chunk.split(self.quote)
        outside = self.quote.join(parts[1::2] if quoted else parts[0::2])
        open_behind = quoted ^ (len(parts) % 2 == 0)
        start = self.quote if quoted else before
        if self.stray.search(start + outside + (self.quote if open_behind else b"")):
            raise NotDirect
        return open_behind


class RowReader:
    """The records of a CSV text, one by one, whatever is wrong with them."""

    def __init__(self, text: io.TextIOBase, dialect: Dialect, *, header: bool) -> None:
        self.text = text
        self.separator = dialect.separator
        self.quote = dialect.quote
        self.line = 0
        self.pending: list[tuple[int, str]] = []
        self.unclosed = 0
        self.records = self._records()
        first = next(self.records, None)
        if first is None:
            raise BadFile("the file is empty")
        self.first = None if header else first
        if header:
            if first.problem is not None:
                raise BadFile(f"line {first.line}: {first.problem}")
            self.fields = [value or "" for value in first.values]
        else:
            self.fields = [str(number + 1) for number in range(len(first.values))]

    def __iter__(self) -> Iterator[Row]:
        """The records, from the first after the header."""
        if self.first is not None:
            yield self.first
        yield from self.records

    def _next(self) -> tuple[int, str] | None:
        if self.pending:
            return self.pending.pop(0)
        text = self.text.readline(MOST_CHARACTERS)
        if not text:
            return None
        self.line += 1
        if len(text) == MOST_CHARACTERS and not text.endswith(("\n", "\r")):
            while (rest := self.text.readline(MOST_CHARACTERS)) and not rest.endswith(("\n", "\r")):
                pass
        return self.line, text

    def _records(self) -> Iterator[Row]:
        while (found := self._next()) is not None:
            line, text = found
            if not text.rstrip("\r\n"):
                continue
            if len(text) == MOST_CHARACTERS:
                yield Row(line, [], f"is longer than {MOST_CHARACTERS:,} characters")
            elif self.quote not in text:
                yield Row(
                    line, [cell or None for cell in text.rstrip("\r\n").split(self.separator)]
                )
            else:
                yield self._quoted(line, text)

    def _quoted(self, line: int, text: str) -> Row:
        values: list[str | None] = []
        further: list[tuple[int, str]] = []
        at = 0
        while True:
            if text.startswith(self.quote, at):
                at += 1
                value = ""
                while True:
                    end = text.find(self.quote, at)
                    while end < 0:
                        found = self._next() if len(text) < MOST_CHARACTERS else None
                        if found is None:
                            return self._not_closed(line, text, further)
                        further.append(found)
                        searched = len(text)
                        text += found[1]
                        end = text.find(self.quote, searched)
                    value += text[at:end]
                    at = end + 1
                    if not text.startswith(self.quote, at):
                        break
                    value += self.quote
                    at += 1
                values.append(value)
                if text.startswith(self.separator, at):
                    at += 1
                    continue
                if text[at:].rstrip("\r\n"):
                    return Row(line, self._rough(text), "has characters behind a closing quote")
                return Row(line, values)
            end = text.find(self.separator, at)
            stop = min((p for n in "\r\n" if (p := text.find(n, at)) >= 0), default=len(text))
            if 0 <= end < stop:
                values.append(text[at:end] or None)
                at = end + 1
            else:
                values.append(text[at:stop] or None)
                return Row(line, values)

    def _rough(self, text: str) -> list[str | None]:
        return [cell or None for cell in text.rstrip("\r\n").split(self.separator)]

    def _not_closed(self, line: int, text: str, further: list[tuple[int, str]]) -> Row:
        self.unclosed += 1
        if self.unclosed > MOST_UNCLOSED:
            raise BadFile(f"line {line}: more than {MOST_UNCLOSED} quotes are not closed")
        self.pending = further + self.pending
        first = text[: len(text) - sum(len(rest) for _, rest in further)]
        return Row(line, self._rough(first), "has a quote that is not closed")


def read_text(stream: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    """Text of a file; bytes that are none of the encoding become visible to rows.checked()."""
    encoding = without_mark(stream, encoding)
    wide = encoding.startswith(("utf-16", "utf-32")) or encoding in ("utf-7",)
    return io.TextIOWrapper(
        stream, encoding, errors="replace" if wide else "surrogateescape", newline=""
    )


def read_rows(stream: io.BufferedReader, dialect: Dialect) -> RowReader:
    """A CSV file, row by row."""
    return RowReader(read_text(stream, dialect.encoding), dialect, header=dialect.header)
