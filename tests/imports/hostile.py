"""Files that are wrong, odd or hostile, each with its reason and what must become of it."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

HEAD = "name,email,born,points\n"
GOOD = "Good,good@x,2026-01-31,1\n"


@dataclass(frozen=True)
class Case:
    """A file, the keys of its import beyond the usual, and the outcome."""

    name: str
    why: str
    content: bytes | Callable[[], bytes]
    state: str = "done"
    inserted: int = 0
    errors: int = 0
    reason: str = ""
    """Part of the error of the run, or of the first row in error."""
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """The bytes."""
        return self.content if isinstance(self.content, bytes) else self.content()


def csv(*rows: str, head: str = HEAD) -> bytes:
    """A CSV file in UTF-8 with a header."""
    return (head + "".join(rows)).encode()


def book(*rows: list[Any]) -> bytes:
    """A workbook with a header."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["name", "email", "born", "points"], *rows):
        sheet.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def patched(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A ZIP archive with one of its parts changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return target.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
SHEET = "xl/worksheets/sheet1.xml"
XML = {
    "format": "xml",
    "item": "/all/person",
    "columns": {c: c for c in ("name", "email", "born", "points")},
}
PERSON = b"<person><name>Good</name><email>good@x</email></person>"
JSON = {"format": "jsonl"}
XLSX = {"format": "xlsx"}

CASES = [
    # Nothing, or nothing much
    Case("empty", "no byte at all", b"", "failed", reason="the file is empty"),
    Case(
        "only-mark",
        "a byte order mark and nothing else",
        b"\xef\xbb\xbf",
        "failed",
        reason="the file is empty",
    ),
    Case("only-line-ends", "blank lines only", b"\n\r\n\n", "failed", reason="the file is empty"),
    Case("only-header", "a header without rows", csv(), "done"),
    Case("blank-lines", "blank lines between rows", csv("\n", GOOD, "\r\n", "\n"), inserted=1),
    Case("no-last-line-end", "the last row ends with the file", csv(GOOD.rstrip()), inserted=1),
    Case(
        "blank-lines-of-one-column",
        "a blank line of a file with one column is no record",
        csv("a@x\n", "\n", "b@x\n", "\n", head="email\n"),
        inserted=2,
        keys={"defaults": {"name": "x"}},
    ),
    # Encodings
    Case(
        "latin1-as-utf8",
        "a byte that is no UTF-8 in one row",
        csv(GOOD) + b"Caf\xe9,c@x,,\n",
        inserted=1,
        errors=1,
        reason='"name" is not text of the encoding: Caf\\udce9',
    ),
    Case(
        "utf8-as-cp1252",
        "a byte that the code page does not have",
        csv(GOOD) + b"\x81,c@x,,\n",
        inserted=1,
        errors=1,
        reason="is not text",
        keys={"encoding": "windows-1252"},
    ),
    Case(
        "encoding-of-no-text",
        "an encoding that no file is written in",
        csv(GOOD),
        "failed",
        reason='there is no encoding "rot13"',
        keys={"encoding": "rot13"},
    ),
    Case("utf8-mark", "a byte order mark before UTF-8", b"\xef\xbb\xbf" + csv(GOOD), inserted=1),
    Case(
        "utf16-le",
        "UTF-16 told by its mark",
        b"\xff\xfe" + csv(GOOD).decode().encode("utf-16-le"),
        inserted=1,
    ),
    Case(
        "utf16-be",
        "UTF-16 of the other order",
        b"\xfe\xff" + csv(GOOD).decode().encode("utf-16-be"),
        inserted=1,
    ),
    Case(
        "utf16-cut",
        "UTF-16 that ends in the middle of a character",
        (b"\xff\xfe" + csv(GOOD, "Bob,b@x,,").decode().encode("utf-16-le"))[:-1],
        inserted=1,
        errors=1,
        reason="has 3 columns, not 4",
    ),
    Case(
        "mark-twice",
        "a second mark is part of the first header",
        b"\xef\xbb\xbf\xef\xbb\xbf" + csv(GOOD),
        "failed",
        reason='has no column "name"',
        keys={"columns": {"name": "name"}},
    ),
    Case(
        "overlong",
        "UTF-8 written with too many bytes",
        csv(GOOD) + b"\xc0\xaf,o@x,,\n",
        inserted=1,
        errors=1,
        reason="is not text",
    ),
    Case(
        "surrogates",
        "half a character of UTF-16 in UTF-8",
        csv(GOOD) + b"\xed\xa0\x80,s@x,,\n",
        inserted=1,
        errors=1,
        reason="is not text",
    ),
    Case(
        "unknown-encoding",
        "an encoding that nobody knows",
        csv(GOOD),
        "failed",
        reason="there is no encoding",
        keys={"encoding": "utf-9"},
    ),
    Case(
        "binary",
        "a picture that calls itself a table",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20,
        "failed",
        reason="Its columns are",
    ),
    # Bytes that databases do not store
    Case(
        "nul",
        "a NUL within a field",
        csv(GOOD) + b"N\x00ul,n@x,,\n",
        inserted=1,
        errors=1,
        reason='"name" holds a NUL character',
    ),
    Case(
        "nul-in-header",
        "a NUL in the header",
        b"na\x00me,email\nBob,b@x\n",
        "failed",
        reason="has no column",
        keys={"columns": {"name": "name", "email": "email"}},
    ),
    Case("controls", "control characters are characters", csv("a\x01\x08b,good@x,,\n"), inserted=1),
    # Rows that do not fit
    Case(
        "ragged-short",
        "a row with a column less",
        csv("Bob,b@x,\n", GOOD),
        inserted=1,
        errors=1,
        reason="has 3 columns, not 4",
    ),
    Case(
        "ragged-long",
        "a row with a column more",
        csv("Bob,b@x,,,1\n", GOOD),
        inserted=1,
        errors=1,
        reason="has 5 columns, not 4",
    ),
    Case(
        "header-twice",
        "the header stands in the middle again",
        csv(GOOD, HEAD),
        inserted=1,
        errors=1,
        reason="is not a date",
    ),
    Case(
        "column-twice",
        "two columns of one name",
        csv("A,a@x,B\n", head="name,email,name\n"),
        "failed",
        reason='more than one column "name"',
    ),
    Case(
        "other-separator",
        "semicolons where commas are expected",
        csv("Bob;b@x\n", head="name;email\n"),
        "failed",
        reason="Its columns are: name;email",
    ),
    Case(
        "end-of-data",
        "backslash and dot end a COPY, not a file",
        csv("Bob,b@x,,\n", "\\.\n", GOOD),
        inserted=2,
        errors=1,
        reason="has 1 columns",
    ),
    Case(
        "old-mac",
        "lines end with a carriage return alone",
        csv(GOOD, "Bob,b@x,,\n").replace(b"\n", b"\r"),
        inserted=2,
    ),
    Case(
        "mixed-line-ends",
        "three kinds of line ends",
        b"name,email,born,points\r\n" + GOOD.encode() + b"Bob,b@x,,\rCyr,c@x,,\r\n",
        inserted=3,
    ),
    Case(
        "many-columns",
        "more columns than a table has",
        (",".join(f"c{n}" for n in range(3000)) + "\n").encode(),
        "failed",
        reason="3000 columns",
    ),
    # Quotes
    Case(
        "unclosed",
        "a quote that is never closed takes its row only",
        csv('"Bob,b@x,,\n', GOOD, "Cyr,c@x,,\n"),
        inserted=2,
        errors=1,
        reason="quote that is not closed",
    ),
    Case(
        "unclosed-at-end",
        "a quote open at the end of the file",
        csv(GOOD, 'Bob,"b@x,,\n'),
        inserted=1,
        errors=1,
        reason="quote that is not closed",
    ),
    Case(
        "behind-quote",
        "characters behind a closing quote",
        csv('"Bob"by,b@x,,\n', GOOD),
        inserted=1,
        errors=1,
        reason="behind a closing quote",
    ),
    Case(
        "lone-quotes",
        "inches within a field stay what they are",
        csv('5" x 3" plate,good@x,,\n'),
        inserted=1,
    ),
    Case(
        "inches",
        "a quote at the end of two fields joins no lines",
        csv('Screen 24",a@x,,\n', GOOD, 'Screen 27",b@x,,\n'),
        inserted=3,
    ),
    Case(
        "inches-over-pieces",
        "the same a megabyte behind, among fields with quotes of their own",
        csv('"a ""b"" c",x@x,,\n', 'S 24",a@x,,\n', f"{'x' * (1 << 20)},,,\n", 'S 27",b@x,,\n'),
        inserted=3,
        errors=1,
    ),
    Case(
        "quoted-line-ends",
        "a field over three lines",
        csv('"a\n\nb\r\nc",good@x,,\n', "Bob,b@x,x,\n"),
        inserted=1,
        errors=1,
        reason="is not a date",
    ),
    Case("only-quotes", "a row of quotes", csv('"""""",good@x,"",""\n'), inserted=1),
    # Sizes
    Case(
        "huge-field",
        "a field of 3 MB, and a row in error so that it is read slowly",
        lambda: csv(f"{'x' * 10},good@x,,\n", f"{'y' * 3_000_000},b@x,,\n", "Cyr,c@x,,,\n"),
        inserted=1,
        errors=2,
        reason="is longer than 40 characters",
    ),
    Case(
        "huge-line",
        "a line of 6 MB without end that is read slowly",
        lambda: csv(GOOD, "x" * 6_000_000 + "\n", "Cyr,c@x,,\n"),
        inserted=2,
        errors=1,
        reason="is longer than 4,000,000 characters",
    ),
    Case(
        "gzip-bomb",
        "200 MB of spaces in 200 kB",
        lambda: gzip.compress(b" " * (200 << 20), 9),
        "failed",
        reason="unpacks to more than",
    ),
    Case(
        "gzip-cut",
        "a packed file that ends early",
        lambda: gzip.compress(csv(*[f"N{n},n{n}@x,,\n" for n in range(5000)]))[:-2000],
        "failed",
        reason="the file is not whole",
    ),
    Case(
        "gzip-damaged",
        "a packed file with a bit turned over",
        lambda: (lambda d: d[:200] + bytes([d[200] ^ 0xFF]) + d[201:])(
            gzip.compress(csv(*[f"N{n},n{n}@x,,\n" for n in range(500)]))
        ),
        "failed",
        reason="the file is not whole",
    ),
    # Values
    Case(
        "dates",
        "every date that is none",
        csv(
            *[
                f"D{n},d{n}@x,{d},\n"
                for n, d in enumerate(
                    [
                        "2026-02-29",
                        "2026-13-01",
                        "0000-01-01",
                        "31.12.2026",
                        "12/31/2026",
                        "20261231",
                        "2026-1-1",
                        "epoch",
                        "-infinity",
                        "2026-12-31 10:00",
                        "44561",
                    ]
                )
            ],
            GOOD,
        ),
        inserted=1,
        errors=11,
        reason="is out of range",
    ),
    Case(
        "numbers",
        "every number that is none",
        csv(
            *[
                f"N{n},n{n}@x,,{d}\n"
                for n, d in enumerate(
                    [
                        "1.0",
                        "1e2",
                        "NaN",
                        "--1",
                        "9223372036854775808",
                        "\u0661\u0662",
                        "1 000",
                        "$5",
                    ]
                )
            ],
            GOOD,
        ),
        inserted=1,
        errors=8,
        reason="is not a whole number",
    ),
    Case(
        "keys-twice",
        "one key a thousand times",
        lambda: csv(*["Bob,good@x,,\n"] * 1000),
        inserted=1,
        errors=999,
        reason="stands in record 1 of the file already",
    ),
    Case(
        "injection",
        "SQL where values are expected",
        csv("'; drop table data.datarow_1; --,good@x,,\n"),
        inserted=1,
    ),
    Case("formula", "a formula is a text", csv("=cmd|' /C calc'!A0,good@x,,\n"), inserted=1),
    # JSON lines
    Case(
        "json-broken",
        "a line that is no JSON",
        b'{"name": "Good", "email": "good@x"}\n{"name": "Bob"\n',
        inserted=1,
        errors=1,
        reason="is no JSON",
        keys=JSON,
    ),
    Case(
        "json-array",
        "a line that is a list",
        b'[1]\n{"name": "Good", "email": "good@x"}\n',
        inserted=1,
        errors=1,
        reason="is no JSON object",
        keys=JSON,
    ),
    Case(
        "json-deep",
        "brackets a hundred thousand deep",
        lambda: b'{"name": ' + b"[" * 100_000 + b'\n{"name": "Good", "email": "good@x"}\n',
        inserted=1,
        errors=1,
        reason="is no JSON",
        keys=JSON,
    ),
    Case(
        "json-nul",
        "a NUL by escape",
        b'{"name": "N\\u0000", "email": "n@x"}\n{"name": "Good", "email": "good@x"}\n',
        inserted=1,
        errors=1,
        reason="NUL",
        keys=JSON,
    ),
    Case(
        "json-surrogate",
        "half a character by escape",
        b'{"name": "\\ud800", "email": "n@x"}\n{"name": "Good", "email": "good@x"}\n',
        inserted=1,
        errors=1,
        reason="is not text",
        keys=JSON,
    ),
    Case(
        "json-nan",
        "NaN is no JSON",
        b'{"name": "Bob", "email": "b@x", "points": NaN}\n{"name": "Good", "email": "good@x"}\n',
        inserted=1,
        errors=1,
        reason="NaN is no value",
        keys=JSON,
    ),
    Case(
        "json-csv",
        "a CSV file given as JSON lines",
        csv(GOOD),
        errors=2,
        reason="is no JSON",
        keys=JSON,
    ),
    # XML
    Case(
        "xml-entities",
        "a billion laughs",
        b"<?xml version='1.0'?>" + ENTITIES + b"<all><person><name>&j;</name></person></all>",
        "failed",
        reason="entities or a document type",
        keys=XML,
    ),
    Case(
        "xml-external",
        "an entity that reads a file of the server",
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><all><person><name>&e;</name></person></all>",
        "failed",
        reason="entities or a document type",
        keys=XML,
    ),
    Case(
        "xml-doctype",
        "a document type from elsewhere",
        b"<!DOCTYPE all SYSTEM 'http://127.0.0.1:1/x.dtd'><all>" + PERSON + b"</all>",
        "failed",
        reason="entities or a document type",
        keys=XML,
    ),
    Case(
        "xml-cut",
        "XML that ends early",
        b"<all>" + PERSON + b"<person><name>Bo",
        "failed",
        reason="no well-formed XML",
        keys=XML,
    ),
    Case(
        "xml-other-path",
        "no element at the path",
        b"<all><people>" + PERSON + b"</people></all>",
        keys=XML,
    ),
    Case(
        "xml-deep",
        "elements ten thousand deep",
        b"<all>" + b"<x>" * 10_000 + b"</x>" * 10_000 + PERSON + b"</all>",
        inserted=1,
        keys=XML,
    ),
    Case(
        "xml-record-deep",
        "a record ten thousand deep",
        b"<all><person><name>Good</name><email>good@x</email>"
        + b"<x>" * 10_000
        + b"</x>" * 10_000
        + b"</person></all>",
        inserted=1,
        keys=XML,
    ),
    Case(
        "xml-huge-record",
        "a record that never ends",
        lambda: b"<all><person><name>" + b"x" * 5_000_000 + b"</name></person></all>",
        "failed",
        reason="is longer than 4,000,000 characters",
        keys=XML,
    ),
    # Workbooks
    Case(
        "xlsx-good",
        "a workbook as it should be",
        lambda: book(["Good", "good@x", None, 1]),
        inserted=1,
        keys=XLSX,
    ),
    Case(
        "xlsx-errors",
        "a formula that gave an error, and a text that looks like one",
        lambda: patched(
            patched(
                book(["#DIV/0!", "b@x"], ["text", "good@x"]),
                "xl/sharedStrings.xml",
                lambda c: c.replace(b">text<", b">#N/A<"),
            ),
            SHEET,
            lambda c: c.replace(b"<v>#DIV/0!</v>", b"<f>1/0</f><v>#DIV/0!</v>"),
        ),
        inserted=1,
        errors=1,
        reason='"name" holds the error #DIV/0!',
        keys=XLSX,
    ),
    Case(
        "xlsx-csv",
        "a CSV file that calls itself a workbook",
        csv(GOOD),
        "failed",
        reason="is no workbook",
        keys=XLSX,
    ),
    Case(
        "xlsx-cut",
        "a workbook that ends early",
        lambda: book(["Good", "good@x", None, 1])[:-200],
        "failed",
        reason="is no workbook",
        keys=XLSX,
    ),
    Case(
        "xlsx-bomb",
        "a sheet of 300 MB in 300 kB",
        lambda: patched(
            book(),
            SHEET,
            lambda c: c.replace(b"</sheetData>", b"</sheetData>" + b" " * (300 << 20)),
        ),
        "failed",
        reason="unpacks to more than",
        keys=XLSX,
    ),
    Case(
        "xlsx-entities",
        "a billion laughs in a sheet",
        lambda: patched(
            book(["Good", "good@x"]),
            SHEET,
            lambda c: (
                ENTITIES
                + c.replace(
                    b"<sheetData>",
                    b"<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>&j;</t></is></c></row>",
                )
            ),
        ),
        "failed",
        reason="declares entities",
        keys=XLSX,
    ),
    Case(
        "xlsx-no-sheet",
        "a sheet that is not there",
        lambda: book(["Good", "good@x"]),
        "failed",
        reason='no sheet "Other"',
        keys={**XLSX, "sheet": "Other"},
    ),
    Case(
        "xlsx-formula",
        "formulas are their stored values, of which there are none here",
        lambda: book(["=1+1", "b@x", None, None], ["Good", "good@x", None, 1]),
        inserted=1,
        errors=1,
        reason="is missing",
        keys=XLSX,
    ),
    Case(
        "xlsx-wide-row",
        "a row wider than the header",
        lambda: book(["Good", "good@x", None, 1], ["Bob", "b@x", None, 1, None, "more"]),
        inserted=1,
        errors=1,
        reason="has 6 columns, not 4",
        keys=XLSX,
    ),
    Case(
        "xlsx-number",
        "a fraction where a whole number is expected",
        lambda: book(["Good", "good@x", None, 1.0], ["Bob", "b@x", None, 1.5]),
        inserted=1,
        errors=1,
        reason="is not a whole number",
        keys=XLSX,
    ),
]
