# ruff: noqa: E501 - files and what is expected of them in one line
"""Imports through real files: formats, typing, matching, deletion, errors, what comes after."""

from __future__ import annotations

import gzip
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from psycopg.types.json import Jsonb

from runner import errors
from runner.batch.importer import request_import, run_import
from runner.batch.preview import preview_import

from . import hostile
from .parts import Shop

MATCH: dict[str, Any] = {"match": ["email"]}


def test_csv_with_all_that_csv_may_have(shop: Shop) -> None:
    """Separator, line ends and doubled quotes inside a field arrive intact."""
    shop.define(separator=";", columns={"name": "Name", "note": "Remark", "email": 3})
    state = shop.load('Name;Remark;x\n"Low; ""the"" Ann";"two\r\nlines";a@x\nBob;;b@x\n')
    assert (state["state"], state["inserted"], state["errors"]) == ("done", 2, 0)
    assert shop.people("name, note, email") == [
        ("Bob", None, "b@x"),
        ('Low; "the" Ann', "two\r\nlines", "a@x"),
    ]
    shop.define(separator="tab", quote="'", header=False, columns={"name": 2, "email": 1})
    state = shop.load("c@x\t'Cyr''il'\nd@x\tDan\n")
    assert state["inserted"] == 2
    assert ("Cyr'il", "c@x") in shop.people("name, email")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Žofie 中"),
        ("utf-8-sig", "Žofie 中"),
        ("utf-16", "Žofie 中"),
        ("utf-32", "Žofie 中"),
        ("windows-1250", "Žofie"),
        ("iso-8859-2", "Žofie"),
        ("koi8-r", "Жанна"),
        ("cp852", "Žofie"),
        ("shift_jis", "表示"),
        ("gb18030", "名字"),
    ],
)
def test_encodings(shop: Shop, encoding: str, text: str) -> None:
    """As defined; a byte order mark tells better."""
    marked = encoding in ("utf-8-sig", "utf-16", "utf-32")
    shop.define(**({} if marked else {"encoding": encoding}))
    assert shop.load(f"name,email\n{text},a@x\n".encode(encoding))["state"] == "done"
    assert shop.people() == [(text,)]


def test_column_count(shop: Shop) -> None:
    """A file of another width is refused, a row of another width is in error."""
    shop.define(column_count=2)
    state = shop.load("name,email,x\nAnn,a@x,1\n")
    assert state["state"] == "failed"
    assert "the file has 3 columns, not 2" in state["error"]
    state = shop.load("name,email\nAnn,a@x\nBob,b@x,1\nCyr\nDan,d@x\n")
    assert (state["inserted"], state["errors"]) == (2, 2), state
    assert shop.errors() == [
        (3, None, None, "has 3 columns, not 2"),
        (4, None, None, "has 1 columns, not 2"),
    ]


def test_types(shop: Shop) -> None:
    """Forms as defined, ISO always; what people do not mean is refused."""
    shop.define(decimal=",", grouping=" ", date="DD.MM.YYYY", timestamp="DD.MM.YYYY HH24:MI",
                time_zone="Europe/Prague", separator=";")  # fmt: skip
    state = shop.load(
        "name;born;seen;points;price;active;token;kind\n"
        "Ann;1.2.1990;31.12.2025 23:59; 7 ;1 234,50;yes;00000000-0000-0000-0000-000000000001;shop.city\n"
        "Bob;1991-03-02;2026-01-01T10:00+00;;\u00a0-5;f;;\n"
    )
    assert (state["inserted"], state["errors"]) == (2, 0), shop.errors()
    found = shop.people("born::text, seen at time zone 'UTC', points, price, active, token, kind")
    assert [str(value) for value in found[0]] == [
        "1990-02-01",
        "2025-12-31 22:59:00",
        "7",
        "1234.50",
        "True",
        "00000000-0000-0000-0000-000000000001",
        str(shop.city.id),
    ]
    assert found[1][3] == Decimal(-5)
    assert str(found[1][1]) == "2026-01-01 10:00:00"


def test_bad_cells_are_named(shop: Shop) -> None:
    """Line, column, value and reason of each; the good rows go in."""
    shop.define(**MATCH)
    state = shop.load(
        "name,email,born,points,price,active,token,city,cities\n"
        'Ann,a@x,2026-02-30,1e3,1.5,true,,PRG,"PRG|BRN"\n'
        '"Two\nlines",b@x,01/02/2026,1.5,NaN,maybe,zz,XXX,BRN|YYY\n'
        "Cyr,c@x,today,99999999999999999999,1,,,,\n"
        "Dan,d@x,infinity,1001,Infinity,,,,\n"
        f"{'x' * 41},e@x,,,,,,,\n"
        ",f@x,,,,,,,\n"
        "Good,g@x,2026-02-28,1000,1e2,t,,PRG,\n"
    )
    assert (state["rows"], state["inserted"], state["errors"]) == (7, 1, 6)
    assert shop.errors() == [
        (2, "born", "2026-02-30", "is out of range"),
        (2, "points", "1e3", "is not a whole number"),
        (3, "active", "maybe", "is neither yes nor no"),
        (3, "born", "01/02/2026", "is not a date of the form 2026-12-31"),
        (3, "cities", "YYY", "is no record"),
        (3, "city", "XXX", "is no record"),
        (3, "points", "1.5", "is not a whole number"),
        (3, "price", "NaN", "is not a number"),
        (3, "token", "zz", "is not a GUID"),
        (5, "born", "today", "is not a date of the form 2026-12-31"),
        (5, "points", "99999999999999999999", "is out of range"),
        (6, "born", "infinity", "is not a date of the form 2026-12-31"),
        (6, "points", "1001", "is above 1000"),
        (6, "price", "Infinity", "is not a number"),
        (7, "name", "x" * 41, "is longer than 40 characters"),
        (8, "name", None, "is missing"),
    ]


def test_matching(shop: Shop) -> None:
    """A known key updates, an unknown one inserts, the same file again writes nothing."""
    shop.define(**MATCH)
    shop.load("name,email,points\nAnn,a@x,1\nBob,b@x,2\n")
    before = shop.people("id, version")
    state = shop.load("name,email,points\nAnn,a@x,5\nBob,b@x,2\nCyr,c@x,3\n")
    assert (state["inserted"], state["updated"], state["unchanged"]) == (1, 1, 1)
    assert shop.people("name, points, version") == [("Ann", 5, 2), ("Bob", 2, 1), ("Cyr", 3, 1)]
    assert [row[0] for row in shop.people("id")][:2] == [row[0] for row in before]
    changes = shop.one("select count(*) from feed.change")
    again = shop.load("name,email,points\nAnn,a@x,5\nBob,b@x,2\nCyr,c@x,3\n", force=True)
    assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert shop.one("select count(*) from feed.change") == changes


def test_two_columns_match(shop: Shop) -> None:
    """Both together find the record, without a natural key too; two hits are reported."""
    shop.define(match=["name", "branch"])
    shop.person.insert(name="Ann", branch="N", points=1)
    shop.person.insert(name="Ann", branch="S", points=1)
    shop.person.insert(name="Bob", branch="N", points=1)
    shop.person.insert(name="Bob", branch="N", points=1)
    state = shop.load("name,branch,points\nAnn,S,2\nAnn,W,2\nBob,N,2\n")
    assert (state["inserted"], state["updated"], state["errors"]) == (1, 1, 1)
    assert shop.errors() == [(4, "name, branch", "Bob, N", "is 2 records")]
    assert shop.people("name, branch, points")[:3] == [
        ("Ann", "N", 1), ("Ann", "S", 2), ("Ann", "W", 2),
    ]  # fmt: skip


def test_keys_within_the_file(shop: Shop) -> None:
    """The first row of a key counts; a row without a key is in error."""
    shop.define(**MATCH)
    state = shop.load("name,email\nAnn,a@x\nAnna,a@x\nBob,\n")
    assert (state["inserted"], state["errors"]) == (1, 2)
    assert shop.errors() == [
        (3, "email", "a@x", "stands in record 1 of the file already"),
        (4, "email", None, "is empty, and no record can be found without it"),
    ]


@pytest.mark.parametrize(("action", "expected"), [("insert", (1, 0, 1)), ("update", (0, 1, 1))])
def test_actions(shop: Shop, action: str, expected: tuple[int, int, int]) -> None:
    """Insert leaves known records alone, update unknown ones."""
    shop.person.insert(name="Ann", email="a@x")
    shop.define(**MATCH, action=action)
    state = shop.load("name,email\nAnna,a@x\nBob,b@x\n")
    assert (state["inserted"], state["updated"], state["ignored"]) == expected


def test_defaults(shop: Shop) -> None:
    """Missing columns and empty cells; user, time, file and run are filled."""
    shop.define(
        columns={"name": "name", "points": "points"},
        defaults={
            "points": 7, "note": "{{file}} {{import}} {{run}} {{user_name}}", "seen": "{{now}}",
            "born": "{{today}}", "owner": "{{user}}", "active": True, "city": "BRN",
        },
    )  # fmt: skip
    me = shop.one("select current_user")
    shop.conn.execute("select access.adopt_account(%s)", (me,))
    run = shop.load("name,points\nAnn,\nBob,3\n")
    assert run["inserted"] == 2, (run, shop.errors())
    found = shop.people(
        "points, note, born = current_date, active, city__text, seen > now() - interval '1 hour'"
    )
    note = f"people.csv people {run['run']} {me}"
    assert found == [(7, note, True, True, "Brno", True), (3, note, True, True, "Brno", True)]


@pytest.mark.parametrize(
    ("by", "value"), [(None, "BRN"), ("text", "Brno"), ("name", "Brno"), ("id", "2")]
)
def test_references(shop: Shop, by: str | None, value: str) -> None:
    """By natural key, short description, a column, or id."""
    shop.define(**({} if by is None else {"references": {"city": by, "cities": by}}))
    state = shop.load(f"name,city,cities\nAnn,{value}, {value} |{value}\nBob,none,\n")
    assert state["inserted"] == 1, shop.errors()
    assert shop.people("city__text, cities") == [("Brno", [2])]
    assert shop.errors() == [(3, "city", "none", "is no record")]


def test_ambiguous_reference_and_user(shop: Shop, login: str) -> None:
    """Two records of one description are an error; users go by login or full name."""
    shop.city.insert(code="BR2", name="Brno")
    shop.define(references={"city": "text"})
    shop.load(f"name,city,owner\nAnn,Brno,\nBob,,{login}\nCyr,,Gina Low\nDan,,nobody-known\n")
    assert shop.errors() == [
        (2, "city", "Brno", "is 2 records"),
        (5, "owner", "nobody-known", "is no account"),
    ]
    assert shop.people("owner__text") == [("Gina Low",), ("Gina Low",)]


def test_delete_before_and_missing(shop: Shop) -> None:
    """Counters show each; only records in scope go."""
    for name, branch in (("Ann", "N"), ("Bob", "N"), ("Cyr", "S")):
        shop.person.insert(name=name, email=f"{name}@x", branch=branch)
    shop.define(**MATCH, delete_missing=True, scope="{{column.branch}} = 'N'")
    state = shop.load("name,email,branch\nAnn,Ann@x,N\nDan,Dan@x,N\n")
    assert (state["deleted_missing"], state["inserted"], state["unchanged"]) == (1, 1, 1)
    assert shop.people() == [("Ann",), ("Cyr",), ("Dan",)]
    shop.define(**MATCH, delete_before=True, scope="{{column.branch}} = 'N'")
    state = shop.load("name,email,branch\nEve,Eve@x,N\n")
    assert (state["deleted_before"], state["inserted"]) == (2, 1)
    assert shop.people() == [("Cyr",), ("Eve",)]


def test_deletion_keeps_what_errors_hide(shop: Shop) -> None:
    """Records of rows in error stay; a row without a readable key stops the deletion; so does an empty file."""
    for name in ("Ann", "Bob", "Cyr"):
        shop.person.insert(name=name, email=f"{name}@x")
    shop.define(**MATCH, delete_missing=True)
    state = shop.load("name,email,points\nAnn,Ann@x,zz\nBob,Bob@x,1\n")
    assert (state["deleted_missing"], state["errors"]) == (1, 1), state["error"]
    assert shop.people() == [("Ann",), ("Bob",)]
    state = shop.load("name,email,points\nAnn,Ann@x,1\nBob,,1\n")
    assert state["deleted_missing"] == 0
    assert state["notes"] == [
        "delete_missing: some rows in error cannot be matched, so nothing was deleted"
    ]
    state = shop.load("name,email\n")
    assert (state["deleted_missing"], shop.people()) == (0, [("Ann",), ("Bob",)])
    assert state["notes"] == ["delete_missing: the file has no rows, so nothing was deleted"]
    shop.define(**MATCH, delete_missing=True, allow_empty=True)
    assert shop.load("name,email\n", force=True)["deleted_missing"] == 2


def test_all_or_nothing(shop: Shop) -> None:
    """One row in error refuses all, found while converting or while writing; all errors are kept."""
    shop.define(**MATCH, on_error="all")
    state = shop.load("name,email,points\nAnn,a@x,1\nBob,b@x,no\nCyr,c@x,1001\n")
    assert (state["state"], state["inserted"], state["errors"]) == ("refused", 0, 2)
    assert [error[1] for error in shop.errors()] == ["points", "points"]
    state = shop.load("name,email,points\nAnn,a@x,1\nCyr,c@x,1001\n")
    assert (state["state"], state["inserted"]) == ("refused", 0)
    assert shop.errors() == [(3, "points", "1001", "is above 1000")]
    assert shop.people() == []
    assert shop.load("name,email,points\nAnn,a@x,1\n")["state"] == "done"


def test_too_many_errors(shop: Shop) -> None:
    """More than max_errors refuse the file."""
    shop.define(max_errors=2)
    state = shop.load("name,points\n" + "Ann,x\n" * 3 + "Bob,1\n")
    assert (state["state"], shop.people()) == ("refused", [])
    shop.set("rule", "nobody", {"class": "person", "event": "before_insert", "refuse": "nobody"})
    state = shop.load("name\n" + "Ann\n" * 9)
    assert (state["state"], shop.people()) == ("refused", [])


def test_rules_refuse_single_rows(shop: Shop) -> None:
    """What only the class knows is found by halving: the row is named, the others go in."""
    shop.set("rule", "no_bob", {"class": "person", "event": "before_insert", "refuse": "not Bob",
                                "when": "{{column.name}} = 'Bob'"})  # fmt: skip
    shop.define(**MATCH)
    rows = "".join(f"P{n},p{n}@x\n" for n in range(300))
    state = shop.load(f"name,email\n{rows}Bob,bob@x\n{rows.replace('P', 'Q').replace('p', 'q')}")
    assert (state["inserted"], state["errors"]) == (600, 1), shop.errors()
    [(line, _, _, reason)] = shop.errors()
    assert line == 302
    assert "not Bob" in reason


def test_a_key_of_another_record_is_named_by_codes(shop: Shop) -> None:
    """A row whose values a natural key refuses: people know the column, not the index."""
    shop.define(**MATCH)
    shop.load("name,email\nAnn,a@x\n")
    shop.define(match=["name"])
    state = shop.load("name,email\nBob,b@x\nCyr,a@x\n")
    assert (state["inserted"], state["errors"]) == (1, 1)
    [(line, _, _, reason)] = shop.errors()
    assert (line, reason) == (3, "shop.person: there is a row with this email already")


def test_same_file_twice(shop: Shop) -> None:
    """Skipped by its checksum, unless forced; one that failed may come again."""
    shop.define(**MATCH)
    path = shop.file("name,email\nAnn,a@x\n")
    first = shop.load(path)
    second = shop.load(path)
    told = f"the same file went in as run {first['run']}; --force imports it again"
    assert (second["state"], second["error"]) == ("skipped", told)
    assert shop.load(path, force=True)["state"] == "done"
    shop.define(column_count=9)
    path = shop.file("name,email\nBob,b@x\n")
    assert shop.load(path)["state"] == "failed"
    shop.define(column_count=2)
    assert shop.load(path)["state"] == "done"


@pytest.mark.parametrize("replaced", [True, False])
def test_file_changed_while_it_is_read(shop: Shop, replaced: bool) -> None:
    """Nothing goes in, and neither content counts as imported."""
    shop.define(**MATCH)
    first, second = "name,email\nAnn,a@x\n", "name,email\nBob,b@x\n"
    path = shop.file(first)

    def change(phase: str, done: int, total: int | None) -> None:
        if (phase, done) == ("loading", 0):
            if replaced:
                path.unlink()
            path.write_text(second)

    run = request_import(shop.conn, "people", path)
    run_import(shop.url, run, path, watch=change)
    state = shop.state(run)
    assert state["state"] == "failed"
    assert "the file was changed while it was read" in state["error"]
    assert shop.people() == []
    assert [shop.load(content)["inserted"] for content in (first, second)] == [1, 1]


def test_archive_and_marks(shop: Shop) -> None:
    """Updated records are archived; importer and source are in the row."""
    shop.define(**MATCH)
    shop.load("name,email\nAnn,a@x\n")
    shop.load("name,email\nAnna,a@x\n")
    me = shop.one("select current_user")
    assert shop.people("name, created_source, modified_source, creator, modifier") == [
        ("Anna", "import", "import", me, me)
    ]
    archived = shop.one(f"select {shop.person.physical('name')} from data.archive_{shop.person.id}")
    assert archived == "Ann"


def test_formats(shop: Shop) -> None:
    """xlsx, JSON lines and XML give what CSV gives; each may be packed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "email", "points", "price", "born", "active"])
    import datetime

    sheet.append(["Ann", "a@x", 5, 1.5, datetime.date(1990, 2, 1), True])
    sheet.append([None, None, None])
    sheet.append(["Bob", "b@x", 5.0, "x", None, None, None])
    xlsx = shop.folder / "people.xlsx"
    book.save(xlsx)
    contents = {
        "xlsx": xlsx.read_bytes(),
        "jsonl": b'{"name": "Ann", "email": "a@x", "points": 5, "price": 1.50, "born": "1990-02-01",'
        b' "active": true, "more": [1]}\n\n{"name": "Bob", "email": "b@x", "points": 5, "price": "x"}\n',
        "xml": b"<?xml version='1.0'?><all xmlns='urn:x'><people><person email='a@x'><name>Ann</name><points>5"
        b"</points><price>1.50</price><born>1990-02-01</born><active>true</active></person>"
        b"<other/><person email='b@x'><name>B<b>o</b>b</name><points>5</points><price>x</price></person></people></all>",
    }
    for kind, content in contents.items():
        for packed in (False, True):
            columns = {
                name: name for name in ("name", "email", "points", "price", "born", "active")
            }
            if kind == "xml":
                columns["email"] = "@email"
            shop.define(**MATCH, format=kind, columns=columns,
                        **({"item": "/all/people/person"} if kind == "xml" else {}))  # fmt: skip
            data = gzip.compress(content) if packed else content
            state = shop.load(data, force=True, name=f"people.{kind}")
            assert (state["state"], state["rows"], state["errors"]) == ("done", 2, 1), (kind, state)
            [(line, column, value, reason)] = shop.errors()
            assert (column, value, reason) == ("price", "x", "is not a number"), kind
            assert line == {"xlsx": 4, "jsonl": 3, "xml": 2}[kind]
            assert shop.people("name, email, points, price, born::text, active") == [
                ("Ann", "a@x", 5, Decimal("1.5"), "1990-02-01", True)
            ], kind


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("0.30000000000000004", "0.3"),
        ("3.3000000000000003", "3.3"),
        ("16.399999999999999", "16.4"),
        ("1E-7", "0.0000001"),
        ("1.23456789012345678E+17", "123456789012346000"),
        ("-1234.5", "-1234.5"),
    ],
)
def test_numbers_of_a_workbook(shop: Shop, stored: str, meant: str) -> None:
    """As a spreadsheet has them: binary fractions do not show, in texts neither."""
    book = hostile.patched(
        hostile.book(["Ann", "a@x", None, 4711]),
        hostile.SHEET,
        lambda sheet: sheet.replace(b"4711", stored.encode()),
    )
    shop.define(format="xlsx", columns={"name": "name", "price": "points", "note": "points"})
    assert shop.load(book, name="x.xlsx")["inserted"] == 1
    assert shop.people("price, note") == [(Decimal(meant), meant)]


def test_objects_of_json_keep_their_numbers(shop: Shop) -> None:
    """An object that becomes a text is written as it stood there."""
    shop.define(format="jsonl", columns={"name": "name", "note": "more", "branch": "list"})
    more = '{"a": 1.10, "b": [1, "1", true, null, {}], "č": "\\""}'
    state = shop.load('{"name": "Ann", "list": [1.50, "x"], "more": ' + more + "}")
    assert (state["state"], state["inserted"]) == ("done", 1), shop.errors()
    assert shop.people("note, branch") == [(more, "1.50|x")]


@pytest.mark.parametrize("path", ["a[", "a[b", "name[0]", "/"])
def test_paths_that_cannot_be_followed(shop: Shop, path: str) -> None:
    """The run says so."""
    shop.define(format="xml", item="/all/one", columns={"name": "name", "note": path})
    state = shop.load("<all><one><name>Ann</name></one></all>")
    assert path == "/" or (state["state"], state["inserted"]) == ("failed", 0), state
    assert path == "/" or f'the path "{path}" cannot be followed' in state["error"]


def test_preview(shop: Shop) -> None:
    """The first rows as a run would take them, with errors; nothing is written."""
    shop.define(**MATCH, separator=";", decimal=",")
    shop.person.insert(name="Bob", email="b@x")
    path = shop.file(
        "name;email;price;points\nAnn;a@x;1,5;\nBob;b@x;2;\nCyr;c@x;2.5;5\nDan;d@x;;2000\n"
    )
    found = preview_import(shop.url, "people", path, most=4)
    assert found.columns == ["becomes", "name", "email", "points", "price"]
    assert [row[0] for row in found.rows] == ["new record", "record 1", "error", "error"]
    assert found.rows[0] == ["new record", "Ann", "a@x", None, 1.5]
    assert [(e["line"], e["column"], e["value"]) for e in found.errors] == [
        (4, "price", "2.5"),
        (5, "points", "2000"),
    ]
    assert shop.one("select count(*) from batch.import_run_status") == 0
    assert shop.people() == [("Bob",)]
    assert len(preview_import(shop.url, "people", path, most=1).rows) == 1


def test_hooks(shop: Shop) -> None:
    """Scripts at the four moments change values, ignore rows, and name rows in error."""
    shop.define(hooks={})
    for moment, text in {
        "typed": "execute format('update %s set name = upper(name)', context ->> 'table');",
        "before_match": "execute format('update %s set is_ignored = true where email = ''b@x''', context ->> 'table');",
        "before_merge": """
            result := jsonb_build_object('errors', jsonb_build_array(
              jsonb_build_object('record', 3, 'column', 'name', 'value', 'Cyr', 'reason', 'is on the list')));
        """,
        "after": "insert into public.seen select context ->> 'moment', context ->> 'file', (context ->> 'run')::bigint;",
    }.items():
        shop.set("script", moment, {"sql": text})
    shop.conn.execute("create table public.seen (moment text, file text, run bigint)")
    shop.define(
        **MATCH,
        hooks={m: m for m in ("typed", "before_match", "before_merge", "after")},
        keep_table=True,
    )
    state = shop.load("name,email\nAnn,a@x\nBob,b@x\nCyr,c@x\n")
    assert (state["inserted"], state["ignored"], state["errors"]) == (1, 1, 1), state
    assert shop.people() == [("ANN",)]
    assert shop.errors() == [(4, "name", "Cyr", "is on the list")]
    assert shop.all("select * from public.seen") == [
        {"moment": "after", "file": "people.csv", "run": state["run"]}
    ]
    kept = shop.all(
        f"select record, name, is_error from batch.import_{state['run']} order by record"
    )
    assert [tuple(row.values()) for row in kept] == [
        (1, "ANN", False),
        (2, "BOB", False),
        (3, "CYR", True),
    ]
    shop.define(**MATCH)
    state = shop.load("name,email\nDan,d@x\n")
    assert shop.one(f"select to_regclass('batch.import_{state['run']}')") is None


def test_script_that_fails(shop: Shop) -> None:
    """Nothing goes in, and the run says why."""
    shop.set("script", "broken", {"sql": "raise exception 'no paper';"})
    shop.define(hooks={"after": "broken"})
    state = shop.load("name\nAnn\n")
    assert (state["state"], shop.people()) == ("failed", [])
    assert "no paper" in state["error"]


def test_workflow_notification_and_kept_file(shop: Shop) -> None:
    """After a run: a workflow that knows it, a mail with the counters, the file itself."""
    shop.set(
        "workflow",
        "follow",
        {"steps": {"start": {"kind": "start", "next": "end"}, "end": {"kind": "end"}}},
    )
    shop.conn.execute(
        "select mail.set_account('out', %s)",
        (Jsonb({"host": "h", "from_address": "shop@example.com"}),),
    )
    shop.set("notification", "loaded", {
        "to": "boss@example.com", "subject": "{{var.file}}: {{var.state}}",
        "body": "{{var.inserted}} new, {{var.updated}} changed, {{var.deleted}} deleted, {{var.errors}} wrong",
        "variables": ["file", "state", "inserted", "updated", "deleted", "errors"],
    })  # fmt: skip
    shop.define(**MATCH, workflow="follow", notify="loaded", keep_file=True)
    content = b"name,email,points\nAnn,a@x,1\nBob,b@x,x\n"
    state = shop.load(content)
    mail = shop.all("select subject from mail.message_status")
    assert mail == [{"subject": "people.csv: done"}]
    assert shop.one("select body from mail.content") == "1 new, 0 changed, 0 deleted, 1 wrong"
    run = shop.one("select variables -> 'import' ->> 'run' from flow.instance")
    assert run == str(state["run"])
    assert shop.one("select core.read_file(%s)", state["file_id"]) == content


def test_file_without_the_columns(shop: Shop) -> None:
    """What is missing, or there twice, is named; nothing goes in."""
    shop.define(columns={"name": "Name", "email": "E-mail"}, match=["email"])
    for content, text in (
        ("Name,Mail\nAnn,a@x\n", 'the file has no column "E-mail"'),
        ("Name,E-mail,Name\nAnn,a@x,b\n", 'the file has more than one column "Name"'),
        ("", "the file is empty"),
    ):
        state = shop.load(content)
        assert state["state"] == "failed"
        assert text in state["error"]
    shop.define()
    assert "no column of the file belongs to the class" in shop.load("a,b\n1,2\n")["error"]
    shop.define(**MATCH)
    assert "finds the records: email" in shop.load("name\nAnn\n")["error"]


def test_switched_off(shop: Shop) -> None:
    """By itself, or by the integration switch."""
    for definition in ({"enabled": False}, {"integration": True}):
        shop.conn.execute("select core.set_integration(false)")
        shop.define(**definition)
        with pytest.raises(errors.BatchSwitchedOff):
            request_import(shop.conn, "people", shop.file("name\nAnn\n"))
    shop.conn.execute("select core.set_integration(true)")
    assert shop.load("name\nAnn\n")["state"] == "done"
    with pytest.raises(errors.NoSuchImport):
        request_import(shop.conn, "shop.nothing", shop.file("name\nAnn\n"))


@pytest.mark.parametrize(
    "definition",
    [
        {"columns": {"nothing": "x"}},
        {"match": ["nothing"]},
        {"references": {"name": "id"}},
        {"match": ["cities"]},
        {"separator": ",,"},
        {"separator": '"'},
        {"decimal": ",", "grouping": ","},
        {"format": "xml"},
        {"format": "xml", "item": "a//b", "columns": {"name": "x"}},
        {"header": False},
        {"header": False, "columns": {"name": "Name"}},
        {"delete_missing": True},
        {"action": "update"},
        {"time_zone": "Mars/Base"},
        {"hooks": {"never": "x"}},
        {"hooks": {"after": "nothing"}},
        {"workflow": "nothing"},
        {"notify": "nothing"},
        {"scope": "{{column.nothing}} = 1"},
        {"format": "pdf"},
        {"seperator": ";"},
    ],
)
def test_definitions_that_cannot_work(shop: Shop, definition: dict[str, Any]) -> None:
    """Refused when they are made."""
    with pytest.raises(errors.PgearsError):
        shop.define(**definition)


def test_many_fields_and_a_bad_row(shop: Shop) -> None:
    """A file with more fields than a function of PostgreSQL takes arguments: the line is found."""
    names = ["name", "points", *(f"other{n}" for n in range(120))]
    shop.define()
    rows = [["Ann", "1", *["x"] * 120], ["Bob", "many", *["x"] * 120]]
    content = "".join(",".join(row) + "\n" for row in (names, *rows))
    state = shop.load(content)
    assert (state["inserted"], state["errors"]) == (1, 1), state["error"]
    assert shop.errors()[0][:3] == (3, "points", "many")
