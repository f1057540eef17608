"""Classes in partitions in model files, backups and replication."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from runner.errors import UserError
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.file import load
from runner.paths import PACKAGE
from tests.fix_database import Database, new_database
from tests.fix_meta import PARTITIONS
from tests.fix_replica import Instance
from tests.fix_server import TestServer

MODEL = """\
model: plant
classes:
  sensor:
    columns:
      name: {type: text}
  reading:
    archive: true
    partition_by: {hash: id, parts: 4}
    columns:
      number: {type: text, sequence: 'R{#:0000}'}
      sensor: {type: reference, class: sensor}
      hour: {type: integer, min: 0}
    keys: [[sensor, hour]]
"""

GROWN = """\
      clock: {type: integer, min: 5, renamed_from: hour}
      value: {type: decimal, default: 2.5, mandatory: true}
      code: {type: text, sequence: 'C{#}'}
      twice: {type: calculated, result: decimal, sql: '{{column.value}} * 2'}
"""


@pytest.fixture
def built(database: Database, tmp_path: Path) -> Database:
    """An instance with the model."""
    path = tmp_path / "model.yaml"
    path.write_text(MODEL)
    with database.connect() as conn:
        apply(conn, load(path))
    return database


def test_model_file(built: Database, tmp_path: Path) -> None:
    """What is applied is dumped, and applied again it changes nothing."""
    path = tmp_path / "again.yaml"
    with built.connect() as conn:
        path.write_text(text := dump(conn, "plant"))
        assert "partition_by:" in text
        assert plan(conn, load(path)) == []
        conn.execute("insert into api.plant_reading (hour) select g from generate_series(1, 40) g")
        table = conn.execute("select meta.table_of('plant.reading')::regclass::text").fetchone()
        assert table is not None
        parts = conn.execute(f"select count(distinct tableoid) from {table[0]}".encode())
        assert parts.fetchone() == (4,)


def test_plan_says_it(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(MODEL)
    with database.connect() as conn:
        details = {
            step.object: step.detail for step in plan(conn, load(path)) if step.kind == "class"
        }
    assert '{"hash": "id", "parts": 4}' in details["plant.reading"]
    assert "partition_by" not in details["plant.sensor"]


@pytest.mark.parametrize(
    ("former", "text", "line"),
    [
        ("    partition_by: {hash: id, parts: 4}\n", "", 6),
        ("parts: 4", "parts: 8", 8),
        (
            "  sensor:\n    columns",
            "  sensor:\n    partition_by: {hash: id, parts: 4}\n    columns",
            4,
        ),
    ],
    ids=["lost", "changed", "new"],
)
def test_partitions_are_fixed(
    built: Database, tmp_path: Path, former: str, text: str, line: int
) -> None:
    assert former in MODEL
    path = tmp_path / "next.yaml"
    path.write_text(MODEL.replace(former, text))
    with built.connect() as conn, pytest.raises(UserError) as refused:
        plan(conn, load(path))
    assert str(refused.value).startswith(f"{path}:{line}: "), refused.value
    assert "cannot change; it has" in str(refused.value)
    assert "new class" in (refused.value.hint or "")


def test_a_model_that_grows(built: Database, tmp_path: Path) -> None:
    """Columns come, change and go in all partitions; keys too."""
    path = tmp_path / "next.yaml"
    with built.connect() as conn:
        conn.execute("insert into api.plant_reading (hour) select g from generate_series(1, 9) g")
        path.write_text(
            MODEL.replace("      hour: {type: integer, min: 0}\n", GROWN).replace(
                "keys: [[sensor, hour]]", "keys: [[clock]]"
            )
        )
        apply(conn, load(path))
        assert plan(conn, load(path)) == []
        rows = conn.execute(
            "select clock, value, twice from api.plant_reading order by clock limit 1"
        ).fetchall()
        assert [tuple(map(float, row)) for row in rows] == [(1, 2.5, 5)]
        codes = conn.execute("select count(distinct code) from api.plant_reading").fetchone()
        assert codes == (9,)
        for values, error in (("(9)", psycopg.errors.UniqueViolation), ("(4)", psycopg.Error)):
            with pytest.raises(error):
                conn.execute(f"insert into api.plant_reading (clock) values {values}".encode())
        path.write_text(MODEL.split("      sensor: {type: reference")[0])
        apply(conn, load(path), allow_destructive=True)
        conn.execute("insert into api.plant_reading default values")
        assert conn.execute("select max(number) from api.plant_reading").fetchone() == ("R0012",)
        left = conn.execute(
            "select count(*) from pg_class where relnamespace = 'data'::regnamespace"
            " and relname ~ '^unique_' and relkind = 'r'"
        ).fetchone()
        assert left == (2,)


def test_schema_of_model_files() -> None:
    schema = json.loads((PACKAGE.parent / "docs" / "model-file.schema.json").read_text())
    rule = schema["$defs"]["class"]["properties"]["partition_by"]
    assert rule["properties"] == {
        "hash": {"const": "id"},
        "parts": {"type": "integer", "minimum": 2, "maximum": 256},
    }
    assert (rule["required"], rule["additionalProperties"]) == (["hash", "parts"], False)


def test_a_dump_is_restored(built: Database, server: TestServer) -> None:
    """pg_dump writes partitions as tables of their own: limits, numbers and keys come back."""
    with built.connect() as conn:
        conn.execute("insert into api.plant_sensor (name) values ('a')")
        conn.execute(
            "insert into api.plant_reading (sensor, hour)"
            " select s.id, g from api.plant_sensor as s, generate_series(1, 40) as g"
        )
        conn.execute("delete from api.plant_reading where hour > 35")
    text = subprocess.run(
        [server.bin / "pg_dump", built.url], capture_output=True, text=True, check=True
    ).stdout
    with new_database(server) as other:
        subprocess.run(
            [server.bin / "psql", "-qX", "-v", "ON_ERROR_STOP=1", other.url],
            input=text, capture_output=True, text=True, check=True,
        )  # fmt: skip
        with other.connect() as conn:
            conn.execute("select core.set_environment(core.environment())")
            assert conn.execute("select * from meta.table_differences()").fetchall() == []
            assert conn.execute("select count(*) from api.plant_reading").fetchone() == (35,)
            fresh = (
                "insert into api.plant_reading (sensor, hour) select id, {} from api.plant_sensor"
            )
            with pytest.raises(psycopg.errors.UniqueViolation):
                conn.execute(fresh.format(7).encode())
            with pytest.raises(psycopg.Error) as refused:
                conn.execute(fresh.format(-1).encode())
            assert "hour is below 0" in str(refused.value)
            conn.execute(fresh.format(36).encode())
            assert conn.execute(
                "select number from api.plant_reading where hour = 36"
            ).fetchone() == ("R0043",)


def test_replication(instances: Callable[[int], list[Instance]]) -> None:
    """Rows by uid, both ways, between a class in one table and the same in partitions."""
    plain, parted = instances(2)
    plain.make_shop()
    parted.make_shop(layout={"partition_by": PARTITIONS})
    plain.subscribe(parted)
    parted.subscribe(plain)

    def settle() -> None:
        for _ in range(10):
            if not plain.read().rows + parted.read().rows:
                return
        raise AssertionError("the instances hand rows to and fro")

    ours = [plain.insert("customer", name=f"p{n}") for n in range(20)]
    theirs = [parted.insert("customer", name=f"q{n}") for n in range(20)]
    ticket = parted.insert(
        "ticket", subject="late", customer=parted.id("customer", theirs[0]),
        others=[parted.id("customer", u) for u in theirs[1:3]],
    )  # fmt: skip
    settle()
    plain.update("customer", theirs[0], city="Ghent")
    parted.update("customer", ours[0], city="Brno")
    parted.update("customer", ours[1], city="Praha")
    plain.update("customer", ours[1], city="Wien")
    plain.delete("customer", ours[2])
    parted.delete("customer", theirs[3])
    parted.delete("customer", ours[4])
    plain.update("ticket", ticket, customer=plain.id("customer", ours[5]))
    settle()

    for of in ("customer", "ticket"):
        assert plain.rows(of) == parted.rows(of)
    assert len(parted.rows("customer")) == 40
    assert not parted.has("customer", ours[2])
    assert parted.conn.execute(
        sql.SQL("select count(*) from {}").format(
            sql.Identifier("data", f"unique_{parted.classes['customer'].id}_uid")
        )
    ).fetchone() == (40,)
