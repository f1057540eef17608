"""Files far larger than what their readers and writers hold of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 90
"""Megabytes of a process that has its libraries loaded and works."""

READ = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from runner.batch.load import open_reader
from runner.batch.files import measure, open_source
from runner.batch.delimited import Dialect, Direct
from runner.batch.writers import write_book, write_xml
from runner.batch.rows import checked
path, kind = Path({path!r}), {kind!r}
definition = {{"format": kind, "sources": ["name", "note"], "item": "/a/p", "columns": {{}}}}
count = 0
if kind == "direct":
    measure(path)
    source, stream = open_source(path)
    with source, stream:
        for chunk in Direct(stream, Dialect({{}})).chunks():
            count += chunk.count(b"\\n")
elif kind in ("write-xlsx", "write-xml"):
    def rows():
        for n in range({rows}):
            yield [f"P{{n}}", "x" * 100]
    with path.open("wb") as file:
        (write_book if kind == "write-xlsx" else write_xml)(file, ["name", "note"], rows(), {{}})
    count = {rows}
else:
    with open_reader(path, definition) as (_, reader):
        for row in reader:
            assert checked(row, reader.fields).problem is None
            count += 1
status = Path("/proc/self/status").read_text()  # its own peak, not that of who started it
print(count, int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


def measured(path: Path, kind: str, rows: int = 0) -> tuple[int, int]:
    """Rows and megabytes of a process that reads a file, or writes one."""
    text = READ.format(root=str(ROOT), path=str(path), kind=kind, rows=rows)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, megabytes = done.stdout.split()
    return int(count), int(megabytes)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [("direct", 2_000_000), ("csv", 300_000), ("jsonl", 200_000), ("xml", 150_000)],
)
def test_reading(tmp_path: Path, kind: str, rows: int) -> None:
    """Tens to hundreds of megabytes of rows."""
    path = tmp_path / "file"
    note = "x" * 120
    with path.open("w") as file:
        if kind in ("direct", "csv"):
            file.write("name,note\n")
            file.writelines(f"P{n},{note}\n" for n in range(rows))
        elif kind == "jsonl":
            file.writelines(f'{{"name": "P{n}", "note": "{note}"}}\n' for n in range(rows))
        else:
            file.write("<a>")
            file.writelines(f"<p><name>P{n}</name><note>{note}</note></p>\n" for n in range(rows))
            file.write("</a>")
    count, megabytes = measured(path, kind)
    assert count == rows
    assert megabytes < MOST


@pytest.mark.parametrize(("kind", "rows"), [("write-xlsx", 60_000), ("write-xml", 200_000)])
def test_writing(tmp_path: Path, kind: str, rows: int) -> None:
    """Rows leave as they come; a workbook that was written so is read so."""
    path = tmp_path / "file"
    _, megabytes = measured(path, kind, rows)
    assert megabytes < MOST
    if kind == "write-xlsx":
        count, megabytes = measured(path, "xlsx")
        assert count == rows
        assert megabytes < MOST
