"""Wrong model files: each refusal is one line with file, line and key, and a hint that mends it."""

# ruff: noqa: E501

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from runner.errors import UserError
from runner.model.apply import apply, plan
from runner.model.file import FileMistakes, load
from runner.model.tree import MAX_DEPTH, MAX_VALUES

from ..fix_database import Database

ROOT = Path(__file__).parents[2]
Refused = Callable[[str], tuple[str, str]]


def lines(*text: str) -> str:
    """A file by lines."""
    return "\n".join(text) + "\n"


LONG = "x" * 70
BAD_FILES: dict[str, tuple[str, int, str, str]] = {
    "unknown key": (
        lines("model: m", "classes:", "  a:", "    archiv: true"),
        4, 'classes.a.archiv: unknown key "archiv" of a class', 'Did you mean "archive"?',
    ),
    "unknown section": (
        lines("model: m", "klasses: {}"), 2, 'klasses: unknown key "klasses"', '"classes"',
    ),
    "wrong type": (
        lines("model: m", "classes:", "  a:", "    archive: sometimes"),
        4, 'classes.a.archive: "archive" is true or false', "Keep former rows",
    ),
    "yes is a text": (
        lines("model: m", "classes: {a: {archive: yes}}"), 2, "true or false", "Keep",
    ),
    "wrong type of a column": (
        lines("model: m", "classes:", "  a:", "    columns:", "      c:", "        type: string"),
        6, 'classes.a.columns.c.type: "type" cannot be "string"', "Choose one of",
    ),
    "class is no mapping": (
        lines("model: m", "classes:", "  a: text"),
        3, "classes.a: the definition of a class is a list", "Known keys: name",
    ),
    "missing key": (
        lines("model: m", "queries:", "  q:", "    name: Q"),
        3, 'queries.q: the key "sql" is missing', "SELECT",
    ),
    "no model": (lines("name: X"), 1, 'the key "model" is missing', "Code of the model"),
    "inherits from itself": (
        lines("model: m", "classes:", "  a: {parent: a}"),
        3, 'classes.a.parent: class "a" inherits from itself: a -> a', "Take the parent off",
    ),
    "circle of three": (
        lines("model: m", "classes:", "  a: {parent: b}", "  b: {parent: m.c}", "  c:", "    parent: a"),
        3, "a -> b -> c -> a", "Take the parent off",
    ),
    "unknown class": (
        lines("model: m", "classes:", "  customer:", "    columns:", "      c:", "        type: reference", "        class: costumer"),
        7, 'classes.customer.columns.c.class: there is no class "costumer"', 'Did you mean "customer"?',
    ),
    "unknown class of another model": (
        lines("model: m", "classes:", "  a: {parent: other.thing}"), 3, 'no class "other.thing"', "model.class",
    ),
    "unknown class of a rule": (
        lines("model: m", "rules:", "  r:", "    class: a", "    event: after_insert", "    notify: n"),
        4, 'rules.r.class: there is no class "a"', "Name a class",
    ),
    "views collide": (
        lines("model: m", "classes:", "  a: {}", "  a_all: {}"),
        4, 'class m.a and class m.a_all would both be shown as API view "m_a_all"', "Change the code",
    ),
    "query and class collide": (
        lines("model: m", "classes:", "  a: {}", "queries:", "  a: {sql: select 1}"),
        5, 'would both be shown as API view "m_a"', "Change the code",
    ),
    "class of 70 bytes": (
        lines("model: m", "classes:", f"  {LONG}: {{}}"), 3, "has 70 bytes, 63 are possible", "shorter",
    ),
    "view of 70 bytes": (
        lines("model: m", "classes:", f"  {'x' * 60}: {{}}"), 3, "would have 66 bytes", "shorter",
    ),
    "column of 70 bytes": (
        lines("model: m", "classes:", "  a:", f"    columns: {{{LONG}: {{type: text}}}}"),
        4, "has 70 bytes", "shorter",
    ),
    "system column": (
        lines("model: m", "classes:", "  a:", "    columns:", "      created: {type: text}"),
        5, 'column code "created" is reserved', "choose another code",
    ),
    "capital letter": (
        lines("model: m", "classes:", "  Ticket: {}"), 3, 'class code "Ticket" is not valid', "a-z",
    ),
    "column of the parent": (
        lines("model: m", "classes:", "  a: {columns: {x: {type: text}}}", "  b:", "    parent: a", "    columns:", "      x: {type: text}"),
        7, 'column code "x" collides with column a.x', "Choose another code",
    ),
    "text of a reference": (
        lines("model: m", "classes:", "  a:", "    columns:", "      x: {type: reference, class: a}", "      x__text: {type: text}"),
        6, 'column code "x__text" collides with column a.x', "Choose another code",
    ),
    "key over no column": (
        lines("model: m", "classes:", "  a:", "    keys: [[x]]"), 4, 'names the column "x"', "single values",
    ),
    "description of no column": (
        lines("model: m", "classes:", "  a:", '    description: "{{column.x}}"'),
        4, 'classes.a.description: the description names "x"', "Name a column",
    ),
    "calculation": (
        lines("model: m", "classes:", "  a:", "    columns:", "      n: {type: integer}", "      c:", "        type: calculated", '        sql: "{{column.n}} +"', "        result: integer"),
        6, "classes.a.columns.c: the calculation of column", "immutable SQL",
    ),
    "query that does not compile": (
        lines("model: m", "classes: {a: {}}", "queries:", "  q:", "    sql: select nothing from {{class.a}}"),
        5, "does not compile", "Name classes",
    ),
    "reverse without reference": (
        lines("model: m", "classes:", "  a:", "    columns:", "      r:", "        type: reverse", "        class: a", "        column: x"),
        8, 'class "a" has no reference "x"', "type reference",
    ),
    "language": (lines("model: m", "languages: [english]"), 2, 'languages: "english"', "en, de"),
    "parameter": (lines("model: m", "parameters: {A b: 1}"), 2, 'parameter code "A b"', "a-z"),
    "key twice": (
        lines("model: m", "classes:", "  a: {}", "  a: {}"), 4, 'the key "a" stands here twice, first in line 3', "Take one",
    ),
    "no YAML": (lines("model: m", "classes: {a: ["), 3, "not YAML", "indentation"),
    "tag": (lines("model: !!python/object:os.system m"), 1, "the tag", "Take it away"),
    "no anchor": (lines("model: *m"), 1, 'not YAML: found undefined alias|no anchor "m"', ""),
    "merge key": (lines("model: m", "classes: {a: {<<: {}}}"), 2, "merge key", "Write the keys"),
    "list": (lines("- model"), 1, "a model file is a list of keys and values", "model: code"),
    "empty": ("", 1, "the file is empty", "model: code"),
    "two documents": (lines("model: m", "---", "model: n"), 2, "second document", "---"),
    "position": (
        lines("model: m", "classes:", "  a:", "    columns:", "      x:", "        type: text", "        position: 3"),
        7, "the order of columns", "move the column",
    ),
    "deep": (lines("model: " + "[" * 300 + "]" * 300), 1, f"nested deeper than {MAX_DEPTH}", "levels"),
}  # fmt: skip


def refusal(path: Path, conn: psycopg.Connection) -> UserError:
    """What applying a file is refused with."""
    with pytest.raises(UserError) as refused:
        apply(conn, load(path))
    return refused.value


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_wrong_file_is_refused(name: str, database: Database, tmp_path: Path) -> None:
    """File, line and key; a hint; and nothing changes."""
    text, line, message, hint = BAD_FILES[name]
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with database.connect() as conn:
        error = refusal(path, conn)
        assert str(error).startswith(f"{path}:{line}: "), error
        assert "\n" not in str(error)
        assert any(part in str(error) for part in message.split("|")), error
        assert hint in (error.hint or ""), error.hint
        assert conn.execute("select count(*) from meta.model").fetchone() == (0,)


SEVERAL = """\
model: m
naem: Shop
languages: [english]
classes:
  order:
    archive: sometimes
    columns:
      total: {type: integer, min: 5, max: 3, defualt: 4}
      price: {type: decimal, min: 5, max: 3, min_length: -1}
      buyer: {type: reference, class: custmer}
  customer:
    parent: persn
    description: "{{column.nmae}}"
    columns:
      id: {type: text}
      email: {type: text, pattern: "[", default: 3}
  Bad: text
queries:
  q: {sql: 3}
rules:
  r: {class: ordr, event: often}
jobs: [one]
"""

TOLD = [
    (2, "naem", 'unknown key "naem" of a file'),
    (3, "languages", '"english" is no code of a language'),
    (6, "classes.order.archive", '"archive" is true or false, not "sometimes"'),
    (8, "classes.order.columns.total.defualt", 'unknown key "defualt" of a column'),
    (9, "classes.order.columns.price.min_length", 'a column of type decimal has no "min_length"'),
    (10, "classes.order.columns.buyer.class", 'there is no class "custmer"'),
    (12, "classes.customer.parent", 'there is no class "persn"'),
    (15, "classes.customer.columns.id", 'column code "id" is reserved for a system column'),
    (16, "classes.customer.columns.email.default", '"default" of a column of type text is a text, not 3'),
    (16, "classes.customer.columns.email.pattern", 'the pattern "[" is not valid: '),
    (17, "classes.Bad", 'class code "Bad" is not valid'),
    (17, "classes.Bad", 'the definition of a class is a list of keys and values, not "text"'),
    (19, "queries.q.sql", '"sql" is a text, not 3'),
    (21, "rules.r.event", '"event" cannot be "often"'),
    (21, "rules.r.class", 'there is no class "ordr"'),
    (22, "jobs", '"jobs" is definitions by code, not ["one"]'),
]  # fmt: skip


def test_all_mistakes_are_told_at_once(database: Database, tmp_path: Path) -> None:
    """By line, each with key path and hint; what only follows from another one is not told."""
    path = tmp_path / "several.yaml"
    path.write_text(SEVERAL)
    with database.connect() as conn:
        for tell in (plan, apply):
            with pytest.raises(FileMistakes) as refused:
                tell(conn, load(path))
            mistakes = refused.value.mistakes
            assert [(m.line, m.key) for m in mistakes] == [(line, key) for line, key, _ in TOLD]
            for mistake, (_, _, message) in zip(mistakes, TOLD, strict=True):
                assert mistake.message.startswith(message)
                assert mistake.hint
        assert conn.execute("select count(*) from meta.model").fetchone() == (0,)
    shown = run(database, "apply", str(path), "--json")
    assert shown.returncode == 1
    told = json.loads(shown.stdout)["mistakes"]
    assert [(m["file"], m["line"], m["key"]) for m in told] == [
        (str(path), line, key) for line, key, _ in TOLD
    ]
    errors = [line for line in shown.stderr.splitlines() if line.startswith("error: ")]
    hints = [line for line in shown.stderr.splitlines() if line.startswith("hint: ")]
    assert errors == [f"error: {path}:{m['line']}: {m['key']}: {m['message']}" for m in told]
    assert hints == [f"hint: {m['hint']}" for m in told]
    assert len(shown.stderr.splitlines()) == 2 * len(TOLD)


def test_mistakes_between_right_definitions_are_told_at_once(
    database: Database, tmp_path: Path
) -> None:
    """Keys, descriptions, reverses, names and circles: every one of each."""
    path = tmp_path / "several.yaml"
    path.write_text(
        """\
model: m
classes:
  a:
    parent: b
    description: "{{column.x}} {{column.y}} {{"
    columns:
      n: {type: integer, min: 2, max: 1, sequence: "N"}
      p: {type: text}
    keys: [[x], [n, y]]
  b:
    parent: a
    columns: {p: {type: text}, p__text: {type: text}, c_of: {type: reverse, class: c, column: a}}
  c:
    renamed_from: d
    columns: {b: {type: reference, class: b}, x: {type: reverse, class: a, column: p}}
  d: {renamed_from: c}
  a_all: {}
"""
    )
    with database.connect() as conn, pytest.raises(FileMistakes) as refused:
        plan(conn, load(path))
    assert [(m.line, m.message) for m in refused.value.mistakes] == [
        (4, 'class "a" inherits from itself: a -> b -> a'),
        (5, 'the description has "{{", which names no column'),
        (5, 'the description names "x", and m.a has no such column, or none that it can show'),
        (5, 'the description names "y", and m.a has no such column, or none that it can show'),
        (7, 'column "n": "min" is above "max"'),
        (7, 'column "n": the sequence of an integer is "{#}"'),
        (8, 'column code "p" collides with column b.p'),
        (9, 'a natural key of "a" names the column "x"'),
        (9, 'a natural key of "a" names the column "y"'),
        (12, 'column code "p" collides with column a.p'),
        (12, 'column code "p__text" collides with column a.p'),
        (12, 'class "c" has no reference "a" of its own'),
        (14, "codes are renamed in a circle: c from d from c, which would look the same before and after"),
        (15, 'class "a" has no reference "p" of its own'),
        (17, 'class m.a and class m.a_all would both be shown as API view "m_a_all"'),
    ]  # fmt: skip


BAD_SQL = """\
model: m
classes:
  order:
    columns:
      number: {type: integer}
      twice: {type: calculated, sql: "{{column.number}} * ", result: integer}
      thrice: {type: calculated, sql: "{{column.numbr}} * 3", result: integer}
      fine: {type: calculated, sql: "{{column.number}} * 4", result: integer}
      late: {type: calculated, sql: "now()", result: timestamp}
    keys: [[number], [twice]]
queries:
  good: {sql: "select id from {{class.order}}"}
notifications:
  news: {class: order, to: a@b.example, subject: "{{column.nmber}}", body: x}
scripts:
  tidy: {sql: "selct 1;"}
rules:
  odd: {class: order, event: before_insert, when: "{{column.number}} >", set: {number: "1"}}
  even: {class: order, event: after_insert, notify: nws}
  told: {class: order, event: after_insert, notify: news}
  doubled: {class: order, event: before_insert, set: {number: "{{column.twice}} + 1"}}
workflows:
  w: {steps: {start: {kind: start, next: nowhere}}}
jobs:
  j: {cron: "61 * * * *", steps: [{command: [/bin/true]}]}
  k: {cron: "61 * * * *", steps: [{script: tidy}]}
roles:
  clerk: {rights: [{class: order, allow: [reed]}]}
"""

BAD_QUERIES = """\
model: m
classes:
  order: {columns: {number: {type: integer}}}
queries:
  a: {sql: "selct id from {{class.order}}"}
  b: {sql: "select id from {{class.a}}"}
  c: {sql: "select nmber from {{class.order}}"}
  d: {sql: "select id from {{class.c}}"}
  e: {sql: "select id from {{class.order}}"}
"""


def test_bad_sql_is_told_at_once(database: Database, tmp_path: Path) -> None:
    """By the apply; what builds on a mistake is not judged, and nothing has changed."""
    path = tmp_path / "sql.yaml"
    path.write_text(BAD_SQL)
    with database.connect() as conn:
        assert plan(conn, load(path))
        with pytest.raises(FileMistakes) as refused:
            apply(conn, load(path))
        assert [(m.line, m.key) for m in refused.value.mistakes] == [
            (6, "classes.order.columns.twice"),
            (7, "classes.order.columns.thrice"),
            (9, "classes.order.columns.late"),
            (14, "notifications.news"),
            (16, "scripts.tidy.sql"),
            (18, "rules.odd"),
            (19, "rules.even"),
            (23, "workflows.w.steps.start"),
            (25, "jobs.j"),
            (28, "roles.clerk.rights[0].allow"),
        ], refused.value
        assert all(mistake.hint for mistake in refused.value.mistakes)
        assert conn.execute("select count(*) from meta.model").fetchone() == (0,)
        path.write_text(BAD_QUERIES)
        with pytest.raises(FileMistakes) as refused:
            apply(conn, load(path))
        assert [(m.line, m.key) for m in refused.value.mistakes] == [
            (5, "queries.a.sql"),
            (7, "queries.c.sql"),
        ]
        assert conn.execute("select count(*) from meta.model").fetchone() == (0,)


def test_bombs_are_refused(tmp_path: Path) -> None:
    """Aliases of aliases, and blocks in blocks, cost neither memory nor the process."""
    path = tmp_path / "bomb.yaml"
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    path.write_text("\n".join(rows), "utf-8")
    with pytest.raises(UserError, match=f"more than {MAX_VALUES} values"):
        load(path)
    path.write_text("- " * 200_000 + "x", "utf-8")
    with pytest.raises(UserError, match="nested deeper"):
        load(path)
    path.write_bytes(b"model: \xff")
    with pytest.raises(UserError, match=r":1: not UTF-8"):
        load(path)
    path.write_bytes(b"model: m\nname: \x01")
    with pytest.raises(UserError, match=r":2: "):
        load(path)


@pytest.fixture
def built(database: Database, tmp_path: Path) -> Database:
    """An instance with a small model."""
    path = tmp_path / "built.yaml"
    path.write_text(
        "model: m\nclasses:\n  a: {columns: {x: {type: text}, y: {type: text}}}\n  b: {parent: a}\n"
    )
    with database.connect() as conn:
        apply(conn, load(path))
    return database


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("model: m\nclasses:\n  a:\n    columns:\n      x:\n        type: integer\n  b: {parent: a}", 6,
         'the type of column "x" cannot change'),
        ("model: m\nclasses:\n  a: {}\n  b: {}", 4, 'the parent of class "b" cannot change'),
        ("model: m\nclasses:\n  a: {}\n  c: {renamed_from: a}", 4, 'cannot be renamed from "a"'),
        ("model: m\nclasses:\n  a:\n    columns:\n      z: {type: text, renamed_from: x}\n"
         "      w: {type: text, renamed_from: x}\n  b: {parent: a}", 5, 'cannot be renamed from "x"'),
    ],
)  # fmt: skip
def test_what_cannot_change_is_refused_by_the_plan(
    built: Database, tmp_path: Path, text: str, line: int, message: str
) -> None:
    path = tmp_path / "next.yaml"
    path.write_text(text)
    with built.connect() as conn, pytest.raises(UserError) as refused:
        plan(conn, load(path))
    assert str(refused.value).startswith(f"{path}:{line}: "), refused.value
    assert message in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("column", "named"),
    [
        ("{type: reference, class: a}", "x"),
        ("{type: text, localized: true}", "x"),
        ('{type: calculated, sql: "1", result: integer}', "x"),
        ("{type: text}", "y"),
    ],
)
def test_the_plan_finds_descriptions_that_cannot_be(
    database: Database, tmp_path: Path, column: str, named: str
) -> None:
    """Told by the plan, not by the apply after it: a reference, a text by language, no column."""
    path = tmp_path / "m.yaml"
    path.write_text(
        lines(
            "model: m",
            "classes:",
            "  a:",
            f'    description: "{{{{column.{named}}}}}"',
            f"    columns: {{x: {column}}}",
        )
    )
    with database.connect() as conn:
        with pytest.raises(UserError, match=f'm.yaml:4: .* the description names "{named}"'):
            plan(conn, load(path))
        path.write_text(
            lines(
                "model: m",
                "classes:",
                "  b:",
                "    parent: a",
                '    description: "{{column.x}}: {{column.y}}"',
                "    columns: {y: {type: date}}",
                "  a:",
                "    columns: {x: {type: text}}",
            )
        )
        assert plan(conn, load(path))


def test_codes_that_need_quotes(database: Database, tmp_path: Path) -> None:
    """Reserved words and hyphens name views and columns that work."""
    path = tmp_path / "odd.yaml"
    path.write_text(
        lines(
            "model: select",
            "classes:",
            "  table:",
            '    description: "{{column.order-by}}"',
            "    columns:",
            "      order-by: {type: text, default: null-ish}",
            "      on: {type: boolean, default: true}",
            "      from: {type: reference, class: table}",
            "    keys: [[order-by]]",
            "queries:",
            '  group-by: {sql: "select \\"order-by\\", \\"on\\" from {{class.table}}"}',
        )
    )
    with database.connect() as conn:
        apply(conn, load(path))
        conn.execute("insert into api.select_table default values")
        assert conn.execute('select * from api."select_group-by"').fetchall() == [
            ("null-ish", True)
        ]
        assert plan(conn, load(path)) == []


def run(database: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    return subprocess.run(
        [sys.executable, "-m", "runner", "model", *arguments],
        env={**clean, "PGEARS_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands(database: Database, tmp_path: Path) -> None:
    """plan, apply, dump and list as people and programs call them."""
    helpdesk = str(ROOT / "examples" / "helpdesk" / "model.yaml")
    assert "no models yet" in run(database, "list").stdout
    planned = run(database, "plan", helpdesk)
    assert planned.returncode == 0, planned.stderr
    assert "class helpdesk.ticket" in planned.stdout
    assert "view api.helpdesk_ticket_all" in planned.stdout
    applied = run(database, "apply", helpdesk)
    assert applied.stdout == planned.stdout
    assert run(database, "plan", helpdesk).stdout == "nothing to change\n"
    assert run(database, "plan", helpdesk, "--json").stdout == "[]\n"
    target = tmp_path / "out.yaml"
    assert run(database, "dump", "helpdesk", str(target)).returncode == 0
    assert run(database, "dump", "helpdesk").stdout == target.read_text("utf-8")
    assert run(database, "plan", str(target)).stdout == "nothing to change\n"
    listed = run(database, "list")
    assert "helpdesk" in listed.stdout
    target.write_text("model: helpdesk\nclasses: {}\n")
    losses = run(database, "plan", str(target))
    assert losses.returncode == 0
    assert "DESTRUCTIVE" in losses.stdout
    assert "apply needs --allow-destructive" in losses.stdout
    refused = run(database, "apply", str(target))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: {target}: applying the file would lose something")
    assert refused.stderr.splitlines()[1].startswith("hint: ")
    assert run(database, "plan", helpdesk).stdout == "nothing to change\n"
    missing = run(database, "plan", "nothing.yaml")
    assert missing.returncode == 1
    assert missing.stderr.startswith("error: nothing.yaml: No such file")
    unknown = run(database, "dump", "nothing")
    assert unknown.returncode == 1
    assert 'there is no model "nothing"' in unknown.stderr
    assert run(database, "apply").returncode == 2
