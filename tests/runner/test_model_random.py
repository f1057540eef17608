"""Random model files: what is applied is what is dumped, from whatever state before.

A run takes the same few examples each time; HYPOTHESIS_PROFILE=thorough takes some hundred others.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from runner.errors import PgearsError
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.dump import write as as_yaml
from runner.model.file import load, number_columns
from runner.model.tree import read_tree

from ..fix_database import Database

Definition = dict[str, Any]

TEXT = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=20,
)
NAMES = st.dictionaries(st.sampled_from(["en", "de", "cs"]), TEXT, min_size=1)
ROOTS = ("apple", "berry", "cherry-pie")
CHILD = "apple-tart"


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, or the key left out."""
    return st.none() | strategy


@st.composite
def keys(draw: st.DrawFn, /, **strategies: st.SearchStrategy[Any]) -> Definition:
    """A definition with some of the keys given."""
    drawn = {key: draw(maybe(strategy)) for key, strategy in strategies.items()}
    return {key: value for key, value in drawn.items() if value is not None}


WRITABLE = {
    "name": NAMES,
    "mandatory": st.just(True),
    "editable_on_insert": st.just(False),
    "editable_on_update": st.just(False),
}
LENGTHS = {"min_length": st.integers(0, 5), "max_length": st.integers(5, 500)}
PATTERN: st.SearchStrategy[Definition] = st.just({}) | st.fixed_dictionaries(
    {"pattern": st.sampled_from(["^a", "[0-9]+$"])}, optional={"pattern_message": TEXT}
)
DATES = st.dates().map(str)

# What a column of a code stores never changes; the rest does.
COLUMNS: dict[str, st.SearchStrategy[Definition]] = {
    "title": keys(**WRITABLE, **LENGTHS).map(lambda k: {"type": "text", **k}),
    "select": keys(**WRITABLE, default=TEXT).map(lambda k: {"type": "middle_text", **k}),
    "body": st.builds(lambda k, p: {"type": "long_text", **k, **p}, keys(**WRITABLE), PATTERN),
    "page": keys(**WRITABLE, **LENGTHS).map(lambda k: {"type": "html", **k}),
    "words": keys(**WRITABLE).map(lambda k: {"type": "text", "localized": True, **k}),
    "number": keys(**WRITABLE, default=st.integers(-9, 9)).map(lambda k: {"type": "integer", **k}),
    "price": keys(**WRITABLE, min=st.sampled_from([0.5, 1e-9, 12345678901.25])).map(
        lambda k: {"type": "decimal", **k}
    ),
    "flag": keys(**WRITABLE, states=st.just(2), default=st.booleans()).map(
        lambda k: {"type": "boolean", **k}
    ),
    "born": keys(**WRITABLE, min=DATES, default=st.just("today")).map(
        lambda k: {"type": "date", **k}
    ),
    "seen": keys(**WRITABLE, default=st.just("now")).map(lambda k: {"type": "timestamp", **k}),
    "colour": keys(**WRITABLE, default=st.just("#00ff00")).map(lambda k: {"type": "colour", **k}),
    "kind": keys(**WRITABLE).map(lambda k: {"type": "class", **k}),
    "key": keys(**WRITABLE).map(lambda k: {"type": "guid", **k}),
    "paper": keys(**WRITABLE).map(lambda k: {"type": "file", **k}),
    "papers": keys(**WRITABLE).map(lambda k: {"type": "file", "multiple": True, **k}),
    "face": keys(**WRITABLE).map(lambda k: {"type": "picture", **k}),
    "serial": keys(name=NAMES).map(lambda k: {"type": "text", "sequence": "S{#:000}", **k}),
    "owner": keys(**WRITABLE).map(lambda k: {"type": "reference", "target": "user", **k}),
    "owners": keys(name=NAMES).map(
        lambda k: {"type": "reference", "target": "user", "multiple": True, **k}
    ),
}
DESCRIBING = ("title", "number", "select")
CALCULATED = {
    "number": ("twice", "integer", ["{} * 2", "{} * 3"]),
    "title": ("loud", "text", ["upper({})", "{} || '!'"]),
    "price": ("dear", "boolean", ["{} > 100", "coalesce({}, 0) > 5"]),
    "born": ("next", "date", ["{} + 1"]),
    "one": ("shown", "integer", ["coalesce({}, 0)"]),
}
"""By the column that is read: code, type and SQL of a calculated one."""
PARTITIONS = {"hash": "id", "parts": 2}


@st.composite
def columns(draw: st.DrawFn, classes: list[str], prefix: str) -> Definition:
    """Columns of one class, in some order; a child's have a prefix of their own."""
    codes = draw(st.lists(st.sampled_from(sorted(COLUMNS)), max_size=5, unique=True))
    made = [(prefix + code, draw(COLUMNS[code])) for code in codes]
    target = st.sampled_from(classes)
    if draw(st.booleans()):
        made.append((f"{prefix}one", {"type": "reference", "class": draw(target)}))
    if draw(st.booleans()):
        many = {"type": "reference", "class": draw(target), "multiple": True}
        made.append((f"{prefix}many", many))
    if len(classes) > 1 and draw(st.booleans()):
        several = draw(st.lists(target, min_size=2, unique=True))
        made.append((f"{prefix}any", {"type": "reference", "classes": several}))
    return dict(draw(st.permutations(draw(calculated(made, prefix)))))


@st.composite
def calculated(
    draw: st.DrawFn, made: list[tuple[str, Definition]], prefix: str
) -> list[tuple[str, Definition]]:
    """Columns, and some calculated of them."""
    for read, (code, result, texts) in CALCULATED.items():
        if prefix + read in dict(made) and draw(st.booleans()):
            sql = draw(st.sampled_from(texts)).format(f"{{{{column.{prefix}{read}}}}}")
            made.append((prefix + code, {"type": "calculated", "sql": sql, "result": result}))
    return made


@st.composite
def models(draw: st.DrawFn, partitioned: frozenset[str] = frozenset()) -> Definition:
    """A model file as the database dumps it: no presets, texts by language."""
    classes = draw(st.lists(st.sampled_from(ROOTS), min_size=1, unique=True))
    if "apple" in classes and draw(st.booleans()):
        classes.append(CHILD)
    content: Definition = {"model": "m", **draw(keys(name=NAMES, languages=st.just(["en", "de"])))}
    content["classes"] = {code: {} for code in classes}
    for code, definition in content["classes"].items():
        if code == CHILD:
            definition["parent"] = "apple"
        if code in partitioned:
            definition["partition_by"] = PARTITIONS
        definition |= draw(
            keys(
                name=NAMES,
                archive=st.just(True),
                deletion=st.just("physical"),
                web_service=st.just(True),
            )
        )
        if own := draw(columns(classes, "x_" if code == CHILD else "")):
            definition["columns"] = own
    return draw(finish(content))


@st.composite
def altered(draw: st.DrawFn, content: Definition) -> Definition:
    """The same classes with columns more, columns fewer, and all of them in another order."""
    changed: Definition = {"model": "m", "classes": {}}
    classes = list(content["classes"])
    for code, former in content["classes"].items():
        prefix = "x_" if code == CHILD else ""
        kept = {
            name: column
            for name, column in former.get("columns", {}).items()
            if column["type"] not in ("reverse", "calculated") and draw(st.integers(0, 3))
        }
        own = {**draw(columns(classes, prefix)), **kept}
        made = [item for item in own.items() if item[1]["type"] != "calculated"]
        own = dict(draw(st.permutations(draw(calculated(made, prefix)))))
        changed["classes"][code] = {
            key: value for key, value in former.items() if key in ("parent", "partition_by")
        } | ({"columns": own} if own else {})
    return draw(finish(changed))


NUMBER = {"type": "integer"}
TWICE = {"type": "calculated", "sql": "{{column.number}} * 2", "result": "integer"}


def pie(**columns: Definition) -> Definition:
    """A model of one class."""
    return {"model": "m", "classes": {"apple": {"columns": columns}}}


def tart(**columns: Definition) -> Definition:
    """A model of a class that inherits."""
    model = pie(**columns)
    model["classes"][CHILD] = {"parent": "apple"}
    return model


PARTITIONED = st.frozensets(st.sampled_from((*ROOTS, CHILD)))
TWO = PARTITIONED.flatmap(lambda some: st.tuples(models(some), models(some)))
ALTERED = PARTITIONED.flatmap(models).flatmap(lambda one: st.tuples(st.just(one), altered(one)))


@st.composite
def finish(draw: st.DrawFn, content: Definition) -> Definition:
    """What names columns: descriptions, keys, reverses, queries, notifications, rules."""
    classes: dict[str, Definition] = content["classes"]
    for definition in classes.values():
        own = definition.get("columns", {})
        named = [c for c, k in own.items() if c in DESCRIBING and not k.get("localized")]
        if draw(st.booleans()) and named:
            code = draw(st.sampled_from(named))
            definition["description"] = f"No {{{{column.{code}}}}}"
            definition["keys"] = [[code]]
    for code, definition in classes.items():
        for other, users in classes.items():
            referring = [
                c for c, k in users.get("columns", {}).items() if k.get("class") == code
                and k["type"] == "reference"
            ]  # fmt: skip
            if draw(st.booleans()) and referring:
                reverse = {"type": "reverse", "class": other, "column": referring[0]}
                prefix = "x_from_" if code == CHILD else "from_"
                definition.setdefault("columns", {})[prefix + other] = reverse
    code = draw(st.sampled_from(sorted(classes)))
    shown = ", ".join(["id", *[f'"{c}"' for c, k in classes[code].get("columns", {}).items()][:2]])
    if draw(st.booleans()):
        content["queries"] = {
            "all-of-it": {"sql": f"select {shown} from {{{{class.{code}}}}}", "name": {"en": "A"}}
        }
        if draw(st.booleans()):
            content["queries"]["above"] = {"sql": "select id from {{class.all-of-it}}\n"}
    if draw(st.booleans()):
        content["notifications"] = {
            "news": {
                "class": code,
                "to": "a@example.org",
                "subject": {"en": draw(TEXT.filter(lambda t: "{" not in t))},
                "body": {"en": "Row {{column.title}}\n" if '"title"' in shown else "A row\n"},
            }
        }
        if draw(st.booleans()):
            rule: Definition = {"class": code, "event": "after_insert", "notify": "news"}
            content["rules"] = {"tell": rule | draw(keys(position=st.just(3)))}
    return content


def as_dumped(content: Definition) -> Any:
    """With the positions of columns, as JSON."""
    copy = json.loads(json.dumps(content))
    number_columns(copy)
    return copy


def write(path: Path, content: Definition) -> Path:
    """As JSON, which is YAML."""
    path.write_text(json.dumps(content, indent=1), "utf-8")
    return path


def dumped(conn: psycopg.Connection[Any]) -> Any:
    """The model as JSON."""
    row = conn.execute("select meta.dump_model('m')").fetchone()
    assert row is not None
    return row[0]


THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
EXAMPLES = settings(
    max_examples=300 if THOROUGH else 12,
    phases=(Phase.explicit, Phase.generate),
    derandomize=not THOROUGH,
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def conn(database: Database) -> Any:
    """A connection whose work each example rolls back."""
    with database.connect(autocommit=False) as connection:
        yield connection
        connection.rollback()


@EXAMPLES
@given(content=PARTITIONED.flatmap(models))
def test_what_is_applied_is_dumped(
    conn: psycopg.Connection[Any], tmp_path: Path, content: Definition
) -> None:
    """apply -> dump is the file; the dump plans nothing, and makes the same model elsewhere."""
    with conn.transaction(force_rollback=True):
        file = load(write(tmp_path / "a.yaml", content))
        apply(conn, file)
        assert dumped(conn) == as_dumped(content)
        assert plan(conn, file) == []
        text = dump(conn, "m")
    copy = tmp_path / "dump.yaml"
    copy.write_text(text, "utf-8")
    with conn.transaction(force_rollback=True):
        apply(conn, load(copy))
        assert dumped(conn) == as_dumped(content)
        assert dump(conn, "m") == text


def becomes(
    conn: psycopg.Connection[Any], tmp_path: Path, former: Definition, content: Definition
) -> None:
    """apply A, apply B: the instance is B, nothing of A is left to plan, no view is stale."""
    with conn.transaction(force_rollback=True):
        apply(conn, load(write(tmp_path / "a.yaml", former)))
        file = load(write(tmp_path / "b.yaml", content))
        apply(conn, file, allow_destructive=True)
        assert plan(conn, file) == []
        assert dumped(conn) == as_dumped(content)
        left = conn.execute("select name, state from meta.api_view_status where state <> 'current'")
        assert left.fetchall() == []


@EXAMPLES
@example(two=(pie(twice=TWICE, number=NUMBER), tart(twice=TWICE, number=NUMBER)))
@given(two=TWO)
def test_any_model_becomes_any_other(
    conn: psycopg.Connection[Any], tmp_path: Path, two: tuple[Definition, Definition]
) -> None:
    """Whatever classes come and go."""
    becomes(conn, tmp_path, *two)


@EXAMPLES
@example(two=(pie(z=NUMBER), pie(twice=TWICE, number=NUMBER, z=NUMBER)))
@example(two=(pie(z=NUMBER), pie(z=NUMBER, twice=TWICE, number=NUMBER)))
@example(two=(pie(number=NUMBER), pie(twice=TWICE, z=NUMBER, a=NUMBER, number=NUMBER, b=NUMBER)))
@given(two=ALTERED)
def test_any_alteration_is_done_at_once(
    conn: psycopg.Connection[Any], tmp_path: Path, two: tuple[Definition, Definition]
) -> None:
    """Columns come, go and change places, calculated ones before those that they read."""
    becomes(conn, tmp_path, *two)


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 3, -1, 0.5, "", "x", "a.b", "Ä", "x" * 70, [], ["x"], [3], [[]], {}, {"x": {}}]
)
ANY_KEY = st.sampled_from(
    ["x", "type", "class", "parent", "keys", "columns", "classes", "sql", "B"]
)


@st.composite
def broken(draw: st.DrawFn, value: Any, depth: int = 0) -> Any:
    """The same with something else in some places, with keys more and keys fewer."""
    if depth and not draw(st.integers(0, 9)):
        return draw(ODD)
    if not isinstance(value, dict):
        return value
    inner = {k: draw(broken(v, depth + 1)) for k, v in value.items() if draw(st.integers(0, 19))}
    if not draw(st.integers(0, 5)):
        inner[draw(ANY_KEY)] = draw(ODD)
    return inner


@settings(EXAMPLES, max_examples=3000 if THOROUGH else 100)
@given(content=PARTITIONED.flatmap(models).flatmap(broken))
def test_a_broken_file_is_told_mistakes(conn: psycopg.Connection[Any], content: Any) -> None:
    """Whatever is wrong with it: each mistake has its place and a mend, and none is told twice."""
    with conn.transaction(force_rollback=True):
        told = conn.execute(
            "select code, message, path, hint from meta.model_mistakes(%s)", (json.dumps(content),)
        ).fetchall()
        assert all(
            code[:2] == "PG" and message and path and hint for code, message, path, hint in told
        )
        assert len(told) == len(set(told))
        if told:
            with pytest.raises(PgearsError), conn.transaction():
                conn.execute("select * from meta.plan_model(%s)", (json.dumps(content),))
        else:
            conn.execute("select * from meta.plan_model(%s)", (json.dumps(content),))


ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
WORDS = st.sampled_from(["yes", "null", "~", "1e5", "008", "-.5", "2026-01-01", "a: b", "# c", "|"])
NUMBERS = st.integers() | st.integers().map(lambda n: Decimal(n) / 1000)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.recursive(
        ANY_TEXT | WORDS | st.booleans() | NUMBERS,
        lambda inner: st.lists(inner) | st.dictionaries(WORDS | ANY_TEXT, inner),
    )
)
def test_what_is_written_is_read(tmp_path: Path, value: Any) -> None:
    """Any text, number and nesting comes back from YAML as it was."""
    path = tmp_path / "any.yaml"
    path.write_text(as_yaml({"value": value}), "utf-8", newline="")
    assert read_tree(path).plain() == {"value": value}
