"""Files of columns: what is taken, how many, what goes when they leave; for every writer."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import psycopg
import pytest

from runner.errors import BadSuffix, Contradiction, FileKept, FileRefused, TooManyFiles
from tests.fix_meta import ClassTable, Definitions

Connection = psycopg.Connection[Any]


def file(conn: Connection, name: str, content: bytes = b"x") -> int:
    """A stored file."""
    row = conn.execute("select core.store_file(%s, null, %b)", (name, content)).fetchone()
    assert row is not None
    return int(row[0])


def papers(definitions: Definitions, *, deletion: str = "logical", **limits: Any) -> ClassTable:
    """A class with a column of files."""
    return definitions.create_class(
        "office.paper",
        {"files": {"type": "file", "multiple": True, **limits}, "scan": {"type": "file"}},
        deletion=deletion,
    )


def test_suffixes_and_size(conn: Connection, definitions: Definitions) -> None:
    table = papers(definitions, suffixes=["pdf", ".PNG"], max_size="1 kB")
    row = table.insert(files=[file(conn, "a.PDF"), file(conn, "b.png", b"x" * 1024)])
    for name, content in (
        ("a.txt", b"x"),
        ("pdf", b"x"),
        ("a.pdf.exe", b"x"),
        ("c.pdf", b"x" * 1025),
    ):
        bad = file(conn, name, content)
        with pytest.raises(FileRefused, match=r"office\.paper\.files"), conn.transaction():
            table.insert(files=[bad])
        with pytest.raises(FileRefused), conn.transaction():
            table.update(row, files=[bad])
    table.update(row, scan=file(conn, "any.txt"))


@pytest.mark.parametrize(
    ("entries", "refused"),
    [
        (["exe"], ["files", "limited", "scan"]),
        (["exe:*"], ["files", "scan"]),
        (["exe:office"], ["files", "limited", "scan"]),
        (["exe:office.paper"], ["files", "limited", "scan"]),
        (["exe:office.paper.scan"], ["scan"]),
        (["exe:other", "exe:off", "exe:office.pap", "bat"], []),
        ([], []),
    ],
    ids=lambda value: ",".join(sorted(value)),
)
def test_blocked_suffixes(
    conn: Connection, definitions: Definitions, entries: list[str], refused: list[str]
) -> None:
    table = definitions.create_class(
        "office.paper",
        {
            "files": {"type": "file", "multiple": True},
            "scan": {"type": "file"},
            "limited": {"type": "file", "suffixes": ["exe"]},
        },
    )
    conn.execute("select core.set_blocked_suffixes(%s)", (entries,))
    found = set()
    for column in ("files", "scan", "limited"):
        number = file(conn, "Setup.EXE")
        try:
            with conn.transaction():
                table.insert(**{column: [number] if column == "files" else number})
        except FileRefused:
            found.add(column)
    assert sorted(found) == refused


@pytest.mark.parametrize("entry", ["", "exe:", "a b", "exe:a.b.c.d", "exe:*.x", ".exe"])
def test_entries_that_block_nothing_are_refused(conn: Connection, entry: str) -> None:
    with pytest.raises(BadSuffix):
        conn.execute("select core.set_blocked_suffixes(%s)", ([entry],))


def test_number_of_files(conn: Connection, definitions: Definitions) -> None:
    table = papers(definitions, max_files=2)
    one, two, three = (file(conn, f"{i}.txt") for i in range(3))
    row = table.insert(files=[one, two])
    with pytest.raises(TooManyFiles), conn.transaction():
        table.update(row, files=[one, two, three])
    with pytest.raises(TooManyFiles), conn.transaction():
        table.insert(files=[one, two, three])
    table.update(row, files=[three])

    definitions.scalar(
        "select meta.alter_column(%s, %s)", table.column_id("files"),
        psycopg.types.json.Jsonb(
            {"type": "file", "multiple": True, "max_files": 2, "over_limit": "drop_oldest"}
        ),
    )  # fmt: skip
    table.update(row, files=[one, two, three])
    assert table.row(row)[table.physical("files")] == [two, three]
    other = table.insert(files=[three, two, one])
    assert table.row(other)[table.physical("files")] == [two, one]


def test_files_that_must_stay(conn: Connection, definitions: Definitions) -> None:
    table = papers(definitions, file_deletion="forbidden")
    one, two = file(conn, "1"), file(conn, "2")
    row = table.insert(files=[one])
    table.update(row, files=[two, one])
    for files in ([two], [], None):
        with pytest.raises(FileKept), conn.transaction():
            table.update(row, files=files)


@pytest.mark.parametrize(
    ("kind", "left"),
    [("logical", (True, True)), ("content", (True, False)), ("physical", (False, False))],
)
@pytest.mark.parametrize("by", ["update", "delete"])
def test_what_goes_with_a_file(
    conn: Connection, definitions: Definitions, kind: str, left: tuple[bool, bool], by: str
) -> None:
    table = papers(definitions, deletion="physical", file_deletion=kind)
    number = file(conn, "a.txt", uuid.uuid4().bytes)
    row = table.insert(files=[number])
    table.update(row, files=[]) if by == "update" else table.delete(row)
    conn.execute("select core.prune_files()")
    found = conn.execute(
        "select count(*) = 1, coalesce(bool_or(core.read_file(id) is not null), false)"
        " from core.file where id = %s",
        (number,),
    ).fetchone()
    assert found == left


def test_content_that_another_file_has_stays(conn: Connection, definitions: Definitions) -> None:
    table = papers(definitions, file_deletion="physical")
    one, two = file(conn, "1", b"same"), file(conn, "2", b"same")
    assert conn.execute("select count(*) from core.file_content").fetchone() == (1,)
    row = table.insert(files=[one], scan=two)
    table.update(row, files=[])
    conn.execute("select core.prune_files()")
    assert conn.execute("select core.read_file(%s)", (two,)).fetchone() == (b"same",)


@pytest.mark.parametrize("kind", ["content", "physical"])
def test_file_that_a_mail_carries_stays(
    conn: Connection, definitions: Definitions, kind: str
) -> None:
    table = papers(definitions, file_deletion=kind)
    number = file(conn, "1", b"in a mail")
    row = table.insert(files=[number])
    conn.execute("select mail.send('a@b.example', p_files => %s)", ([number],))
    table.update(row, files=[])
    conn.execute("select core.prune_files()")
    assert conn.execute("select core.read_file(%s)", (number,)).fetchone() == (b"in a mail",)


def test_pieces_in_and_out(conn: Connection) -> None:
    content = bytes(range(256)) * 5000
    upload = uuid.uuid4()
    for begin in range(0, len(content), 300_000):
        conn.execute("select core.append_file(%s, %b)", (upload, content[begin : begin + 300_000]))
    row = conn.execute("select core.finish_file(%s, 'a.bin', null)", (upload,)).fetchone()
    assert row is not None
    digest = hashlib.sha256()
    offset = 0
    while True:
        piece = conn.execute("select core.read_file(%s, %s, 100000)", (row[0], offset)).fetchone()
        assert piece is not None
        if not piece[0]:
            break
        digest.update(piece[0])
        offset += len(piece[0])
    assert digest.digest() == hashlib.sha256(content).digest()
    assert conn.execute("select count(*) from core.upload_piece").fetchone() == (0,)


@pytest.mark.parametrize(
    "limits",
    [
        {"max_files": 0},
        {"max_files": 2, "multiple": False},
        {"over_limit": "drop_oldest"},
        {"max_size": "large"},
        {"max_size": "-1 MB"},
    ],
    ids=str,
)
def test_limits_that_cannot_be(definitions: Definitions, limits: dict[str, Any]) -> None:
    with pytest.raises(Contradiction):
        papers(definitions, **limits)
