# ruff: noqa: E501 - definitions and files in one line
"""Exports: which rows and columns, formats, formula guard, folders, mail, rights of the starter."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import openpyxl
import pytest
from psycopg.types.json import Jsonb

from runner import errors
from runner.batch.exporter import request_export

from .parts import Shop


def fill(shop: Shop) -> None:
    """Three people, one of them deleted."""
    shop.person.insert(name="Ann", email="a@x", points=5, price=1234.5, born="1990-02-01", city=1)
    shop.person.insert(name='B "q", b\nx', email="b@x", active=False, cities=[2, 1], note="")
    shop.person.delete(shop.person.insert(name="Gone", email="g@x"))


def test_columns_order_headers(shop: Shop) -> None:
    """Chosen columns in their order under their headers, system columns too."""
    fill(shop)
    shop.define_export(
        columns=["email", "name", "cities", "version"],
        headers={"name": "Name, full"},
        order=["-email"],
    )
    assert shop.text() == (
        'email,"Name, full",cities,version\nb@x,"B ""q"", b\nx",BRN|PRG,1\na@x,Ann,,1\n'
    )


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({}, ["Ann", "B"]),
        ({"rows": "all"}, ["Ann", "B", "Gone"]),
        ({"rows": "deleted"}, ["Gone"]),
        ({"filter": "{{column.points}} > 3"}, ["Ann"]),
        (
            {"rows": "all", "filter": "{{column.email}} <> 'a@x' and {{column.version}} > 1"},
            ["Gone"],
        ),
    ],
)
def test_which_rows(shop: Shop, keys: dict[str, Any], names: list[str]) -> None:
    """Active, all, deleted; with a filter its rows only."""
    fill(shop)
    shop.define_export(columns=["name"], format="jsonl", order=["name"], **keys)
    found = [json.loads(line)["name"][:4].split(" ")[0] for line in shop.text().splitlines()]
    assert found == names


def test_query(shop: Shop) -> None:
    """A query with its columns."""
    fill(shop)
    shop.conn.execute(
        "select meta.set_query((select id from meta.model), 'rich', %s)",
        (Jsonb({"sql": "select p.name, p.points * 2 as double from {{class.person}} as p where p.points > 1"}),),
    )  # fmt: skip
    from runner.model.views import update_views

    update_views(shop.conn)
    shop.set("export", "people", {"query": "rich", "filter": "{{column.double}} > 5"})
    assert shop.text() == "name,double\nAnn,10\n"


def test_forms_of_csv(shop: Shop) -> None:
    """Separator, decimal comma, dates, encoding, no header, packed."""
    fill(shop)
    shop.person.insert(name="Žofie", email="z@x", price=0.5, seen="2026-01-01 00:00+00")
    shop.define_export(
        columns=["name", "price", "born", "seen"], separator=";", decimal=",", date="DD.MM.YYYY",
        timestamp="DD.MM.YYYY HH24:MI", time_zone="Europe/Prague", encoding="windows-1250", header=False,
        gzip=True, filter="{{column.price}} is not null", order=["name"],
    )  # fmt: skip
    done = shop.export(shop.folder / "out.csv.gz")
    assert done.rows == 2
    assert gzip.decompress((shop.folder / "out.csv.gz").read_bytes()).decode("windows-1250") == (
        "Ann;1234,5;01.02.1990;\nŽofie;0,5;;01.01.2026 01:00\n"
    )
    shop.define_export(columns=["name"], encoding="utf-8-sig", filter="{{column.name}} = 'Žofie'")
    shop.export(shop.folder / "out")
    assert (shop.folder / "out").read_bytes() == b"\xef\xbb\xbfname\n\xc5\xbdofie\n"
    shop.define_export(columns=["name"], encoding="cp852", filter="{{column.name}} = 'Žofie'")
    assert shop.export(shop.folder / "out").state == "done"
    assert (shop.folder / "out").read_bytes() == "name\nŽofie\n".encode("cp852")
    shop.define_export(columns=["name"], encoding="cp437")
    failed = shop.export(shop.folder / "other")
    assert failed.state == "failed"
    assert "does not exist in cp437" in (failed.error or "")
    assert sorted(path.name for path in shop.folder.iterdir()) == ["out", "out.csv.gz"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be"])
@pytest.mark.parametrize("header", [True, False])
def test_one_byte_order_mark(shop: Shop, encoding: str, header: bool) -> None:
    """It stands before all, once, however many pieces the file is written in."""
    shop.person.insert(name="Žofie", note="x" * 2_000_000)
    shop.define_export(columns=["name", "note"], encoding=encoding, header=header)
    assert shop.export(shop.folder / "out").state == "done"
    text = ("name,note\n" if header else "") + f"Žofie,{'x' * 2_000_000}\n"
    assert (shop.folder / "out").read_bytes() == text.encode(encoding)


def test_workbook_and_formula_guard(shop: Shop) -> None:
    """Numbers and dates stay what they are; texts that begin a formula get a quote by default."""
    for n, name in enumerate(["=1+1", "+x", "-x", "@x", "\tx", "x=1"]):
        shop.person.insert(name=name, email=f"{n}@x", points=-n, price=0.1, born="1990-02-01")
    shop.define_export(format="xlsx", columns=["name", "points", "price", "born"], order=["email"])
    shop.export(shop.folder / "out.xlsx")
    rows = list(openpyxl.load_workbook(shop.folder / "out.xlsx").active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[0] for row in rows] == ["name", "'=1+1", "'+x", "'-x", "'@x", "'\tx", "x=1"]
    assert rows[6][1:3] == (-5, 0.1)
    assert str(rows[1][3]) == "1990-02-01 00:00:00"
    shop.define_export(format="xlsx", columns=["name"], order=["email"], guard_formulas=False)
    shop.export(shop.folder / "out.xlsx")
    cell = openpyxl.load_workbook(shop.folder / "out.xlsx").active["A2"]  # type: ignore[index]
    assert (cell.value, cell.data_type) == ("=1+1", "s")  # a text even so, never a formula


def test_guard_of_csv(shop: Shop) -> None:
    """Machine formats are exact unless told otherwise; numbers are never touched."""
    shop.person.insert(name="=1+1", email="a@x", points=-5)
    shop.define_export(columns=["name", "points"])
    assert shop.text() == "name,points\n=1+1,-5\n"
    shop.define_export(columns=["name", "points"], guard_formulas=True)
    assert shop.text() == "name,points\n'=1+1,-5\n"
    cities = [shop.city.insert(code=code, name="x") for code in ("=2", "b")]
    shop.person.insert(name="Ann", points=-1, cities=cities)
    shop.define_export(columns=["cities"], guard_formulas=True, filter="{{column.points}} = -1")
    assert shop.text() == "cities\n'=2|b\n"
    shop.define_export(columns=["name", "points"], format="jsonl", filter="{{column.points}} = -5")
    assert json.loads(shop.text()) == {"name": "=1+1", "points": -5}


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xml", "xlsx"])
def test_dates_that_few_programs_have(shop: Shop, kind: str) -> None:
    """Before 1900, before Christ and without end: as texts where they are no dates."""
    for number, day in enumerate(("1850-01-31", "0044-03-15 BC", "20000-01-01", "infinity")):
        shop.person.insert(name=str(number), born=day, seen=day)
    shop.define_export(columns=["born", "seen"], format=kind, order=["name"])
    done = shop.export(shop.folder / "out")
    assert (done.state, done.rows) == ("done", 4), done
    if kind == "xlsx":
        with (shop.folder / "out").open("rb") as file:
            rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))
        assert rows[1:] == [
            ("1850-01-31", "1850-01-31T00:00:00"),
            ("0044-03-15 BC", "0044-03-15 00:00:00+00 BC"),
            ("20000-01-01", "20000-01-01 00:00:00+00"),
            ("infinity", "infinity"),
        ]
    else:
        text = (shop.folder / "out").read_text()
        assert text.count("1850-01-31") == text.count("infinity") == 2


def test_xml(shop: Shop) -> None:
    """Elements by headers; what is no name of an element is an attribute; empty values are left out."""
    fill(shop)
    shop.define_export(format="xml", item="/people/person", columns=["name", "points", "cities"],
                       headers={"points": "How many"}, order=["name"])  # fmt: skip
    root = fromstring(shop.text())
    assert [[(e.tag, e.attrib, e.text) for e in person] for person in root.iter("person")] == [
        [("name", {}, "Ann"), ("value", {"name": "How many"}, "5")],
        [("name", {}, 'B "q", b\nx'), ("cities", {}, "BRN|PRG")],
    ]


def test_folder(shop: Shop) -> None:
    """The file has its name when it is whole; a failed run leaves none, nor a temporary one."""
    fill(shop)
    folder = shop.folder / "deep" / "out"
    shop.define_export(folder=str(folder), file="people-{{today}}-{{run}}.csv", columns=["name"])
    done = shop.export()
    today = shop.one("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD')")
    assert done.path == folder / f"people-{today}-{done.run}.csv"
    shop.define_export(folder=str(folder), filter="1 / ({{column.points}} - 5) > 0")
    failed = shop.export()
    assert failed.state == "failed"
    assert "division by zero" in (failed.error or "")
    assert list(folder.iterdir()) == [done.path]
    runs = shop.all("select state, rows, path from batch.export_run_status order by run")
    assert [run["state"] for run in runs] == ["done", "failed"]
    assert (runs[0]["rows"], runs[0]["path"]) == (2, str(done.path))


def test_database_and_mail(shop: Shop) -> None:
    """Without a folder the file is kept in the database; a notification carries it."""
    fill(shop)
    shop.conn.execute(
        "select mail.set_account('out', %s)",
        (Jsonb({"host": "h", "from_address": "s@example.com"}),),
    )
    shop.set("notification", "report", {
        "to": "boss@example.com", "subject": "{{var.rows}} rows", "body": "see {{var.export}}", "variables": ["rows", "export"],
    })  # fmt: skip
    shop.define_export(columns=["name"], notify="report", filter="{{column.points}} = 5")
    done = shop.export()
    assert done.path is None
    assert shop.one("select core.read_file(%s)", done.file) == b"name\nAnn\n"
    assert shop.one("select subject from mail.message_status") == "1 rows"
    assert shop.one("select name from core.file where id = %s", done.file) == "people.csv"
    assert shop.one("select count(*) from mail.attachment") == 1


def test_names_that_lead_elsewhere(shop: Shop) -> None:
    """A name of a file is no path."""
    for name in ("../x.csv", "a/b.csv", ".hidden", "a\\b"):
        with pytest.raises(errors.BadExport):
            shop.define_export(file=name)


@pytest.mark.parametrize(
    "definition",
    [
        {"query": "x"},
        {"columns": ["nothing"]},
        {"order": ["-nothing"]},
        {"references": {"name": "id"}},
        {"filter": "{{column.nothing}} = 1"},
        {"separator": "::"},
        {"sheet": "a/b"},
        {"item": "rows"},
        {"time_zone": "Mars/Base"},
        {"notify": "nothing"},
        {"format": "pdf"},
    ],
)
def test_definitions_that_cannot_work(shop: Shop, definition: dict[str, Any]) -> None:
    """Refused when they are made."""
    with pytest.raises(errors.PgearsError):
        shop.define_export(**definition)


def test_unknown_and_switched_off(shop: Shop) -> None:
    """Named errors."""
    with pytest.raises(errors.NoSuchExport):
        request_export(shop.conn, "nothing")
    shop.define_export(enabled=False)
    with pytest.raises(errors.BatchSwitchedOff):
        request_export(shop.conn, "people")


def test_cell_too_long_for_a_workbook(shop: Shop) -> None:
    """Refused by row and column rather than cut; nothing is left behind."""
    shop.person.insert(name="Ann", email="a@x", note="x" * 40_000)
    shop.define_export(format="xlsx", columns=["note"])
    failed = shop.export(shop.folder / "out.xlsx")
    assert failed.error == 'row 2: "note" is longer than 32,767 characters'
    assert list(Path(shop.folder).iterdir()) == []
