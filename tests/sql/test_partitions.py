"""Classes in partitions: the same promises, and what is different about them.

tests/sql/test_class_table.py runs for both layouts; here stands what partitions add.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import (
    BadValue,
    Contradiction,
    ForeignTrigger,
    ForgedSystemColumn,
    LimitsBroken,
    PartitionsStay,
    Refused,
    RowLost,
)
from tests.fix_database import Database
from tests.fix_meta import PARTITIONS, ClassTable, Definitions
from tests.fix_rights import Company
from tests.fix_views import ApiView, renew, view_of

TAKEN = psycopg.errors.UniqueViolation


@pytest.fixture
def reading(definitions: Definitions) -> ClassTable:
    """A class in three partitions, with all that keeps values unique."""
    made = definitions.create_class(
        "plant.reading",
        {
            "number": {"type": "text", "sequence": "R{#:0000}"},
            "sensor": {"type": "text", "mandatory": True},
            "hour": {"type": "integer"},
            "value": {"type": "integer", "max": 100},
        },
        description="{{column.number}}",
        keys=[["sensor", "hour"]],
        archive=True,
        partition_by=PARTITIONS,
    )
    renew(definitions)
    return made


@pytest.fixture
def view(definitions: Definitions, reading: ClassTable) -> ApiView:
    return view_of(definitions, "plant.reading")


def partitions(table: ClassTable) -> list[str]:
    """Tables in which the rows are."""
    rows = table.conn.execute(
        "select inhrelid::regclass::text from pg_inherits"
        " where inhparent = %s::regclass order by 1",
        (f"data.datarow_{table.id}",),
    )
    return [name for (name,) in rows]


def stores(table: ClassTable) -> dict[str, int]:
    """Rows of the tables of unique values, by what they hold."""
    found = table.conn.execute(
        "select relname from pg_class where relnamespace = 'data'::regnamespace"
        " and relkind = 'r' and starts_with(relname, %s)",
        (f"unique_{table.id}_",),
    ).fetchall()
    return {
        name.removeprefix(f"unique_{table.id}_"): count
        for (name,) in found
        for (count,) in table.conn.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier("data", name))
        )
    }


def fill(table: ClassTable, number: int) -> None:
    """Rows by one statement."""
    table.conn.execute(
        sql.SQL("insert into {} ({}, {}) select 'a', g from generate_series(1, {}) as g").format(
            table.table, table.column("sensor"), table.column("hour"), sql.Literal(number)
        )
    )


def test_rows_spread_over_the_partitions(reading: ClassTable) -> None:
    fill(reading, 100)
    names = partitions(reading)
    assert names == [f"data.datarow_{reading.id}_p{part}" for part in range(3)]
    counts = {part: reading.conn.execute(f"select from {part}".encode()).rowcount for part in names}
    assert sum(counts.values()) == 100
    assert min(counts.values()) > 10
    options = reading.conn.execute(
        "select distinct reloptions from pg_class where oid = any (%s::regclass[])", (names,)
    ).fetchall()
    assert options == [(["fillfactor=85"],)]


def test_a_row_by_its_id_is_looked_up_in_one_partition(reading: ClassTable, view: ApiView) -> None:
    fill(reading, 100)
    statements = [
        "select * from api.plant_reading where id = 5",
        "update api.plant_reading set value = 1 where id = 5",
        "delete from api.plant_reading where id = 5",
    ]
    for statement in statements:
        plan = "\n".join(r for (r,) in view.conn.execute(f"explain {statement}".encode()))
        touched = [name for name in partitions(reading) if name.removeprefix("data.") + " " in plan]
        assert len(touched) == 1, plan
    everywhere = "\n".join(
        r for (r,) in view.conn.execute("explain select * from api.plant_reading where hour = 5")
    )
    assert all(name.removeprefix("data.") in everywhere for name in partitions(reading))


def test_no_two_rows_share_a_uid(reading: ClassTable) -> None:
    first = reading.insert(sensor="a")
    uid = reading.row(first)["uid"]
    with pytest.raises(TAKEN) as refused, reading.conn.transaction():
        reading.insert(sensor="b", uid=uid)
    assert refused.value.diag.constraint_name == f"datarow_{reading.id}_uid_key"
    assert refused.value.diag.table_name == f"datarow_{reading.id}"
    assert str(uid) not in str(refused.value)
    # One that is deleted keeps its uid; two in one statement are two as well.
    reading.delete(first)
    with pytest.raises(TAKEN), reading.conn.transaction():
        reading.insert(sensor="b", uid=uid)
    with pytest.raises(TAKEN), reading.conn.transaction():
        reading.conn.execute(
            sql.SQL(
                "insert into {} (uid, {}) select gen_random_uuid(), 'x' union all"
                " (with one as materialized (select gen_random_uuid() as uid)"
                " select uid, 'y' from one, generate_series(1, 2))"
            ).format(reading.table, reading.column("sensor"))
        )
    with pytest.raises(ForgedSystemColumn), reading.conn.transaction():
        reading.update(reading.insert(sensor="c"), uid=uid)


def test_natural_keys_hold_among_live_rows(reading: ClassTable) -> None:
    one = reading.insert(sensor="a", hour=1)
    two = reading.insert(sensor="a", hour=2)
    reading.insert(sensor="a", hour=None)
    reading.insert(sensor="a", hour=None)
    for attempt in (
        lambda: reading.insert(sensor="a", hour=1),
        lambda: reading.update(two, hour=1),
        lambda: fill(reading, 1),
    ):
        with pytest.raises(TAKEN) as refused, reading.conn.transaction():
            attempt()
        assert (refused.value.diag.constraint_name or "").startswith(f"datarow_{reading.id}_key_")
    # What rows of one statement exchange, and what a deletion gives up, is free.
    reading.conn.execute(
        sql.SQL("update {} set {hour} = 3 - {hour} where {hour} in (1, 2)").format(
            reading.table, hour=reading.column("hour")
        )
    )
    assert reading.row(one)[reading.physical("hour")] == 2
    reading.delete(one)
    reading.insert(sensor="a", hour=2)
    reading.update(two, hour=7)
    reading.insert(sensor="a", hour=1)


def test_numbers_of_a_sequence_are_kept_by_deleted_rows(reading: ClassTable) -> None:
    first = reading.insert(sensor="a")
    reading.insert(sensor="b")
    with pytest.raises(TAKEN), reading.conn.transaction():
        reading.insert(sensor="c", number="R0001")
    reading.delete(first)
    with pytest.raises(TAKEN) as refused, reading.conn.transaction():
        reading.insert(sensor="c", number="R0001")
    expected = f"datarow_{reading.id}_{reading.physical('number')}_key"
    assert refused.value.diag.constraint_name == expected


def test_keys_come_and_go(definitions: Definitions, reading: ClassTable) -> None:
    fill(reading, 10)
    key = next(name for name in stores(reading) if name.startswith("key_"))
    assert stores(reading) == {"uid": 10, reading.physical("number"): 10, key: 10}
    definitions.scalar("select meta.set_keys(%s, '[]')", reading.id)
    assert key not in stores(reading)
    reading.insert(sensor="a", hour=1)
    with pytest.raises(Contradiction), reading.conn.transaction():
        definitions.scalar("select meta.set_keys(%s, %s)", reading.id, Jsonb([["sensor", "hour"]]))
    definitions.scalar("select meta.set_keys(%s, %s)", reading.id, Jsonb([["number"]]))
    assert sorted(stores(reading).values()) == [11, 11, 11]
    definitions.scalar("select meta.set_keys(%s, '[]')", reading.id)
    definitions.scalar("select meta.drop_column(%s)", reading.column_id("hour"))
    reading.insert(sensor="a")
    definitions.scalar("select meta.drop_class(%s)", reading.id)
    assert stores(reading) == {}
    assert partitions_left(reading) == 0


def partitions_left(table: ClassTable) -> int:
    """Tables, indexes and sequences that bear the number of the class."""
    row = table.conn.execute(
        "select count(*) from pg_class where relnamespace = 'data'::regnamespace and relname ~ %s",
        (f"^(datarow|unique|archive)_{table.id}(_|$)",),
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_physical_deletion_frees_uid_and_number(definitions: Definitions) -> None:
    scratch = definitions.create_class(
        "plant.scratch",
        {"number": {"type": "text", "sequence": "S{#}"}, "note": {"type": "text"}},
        deletion="physical",
        partition_by=PARTITIONS,
    )
    first = scratch.insert(note="a")
    uid = scratch.row(first)["uid"]
    scratch.delete(first)
    assert set(stores(scratch).values()) == {0}
    again = scratch.insert(uid=uid, number="S1")
    assert scratch.row(again)["uid"] == uid


def test_deletion_keeps_rows_that_others_refer_to(
    definitions: Definitions, reading: ClassTable, view: ApiView
) -> None:
    alarm = definitions.create_class(
        "plant.alarm",
        {
            "reading": {"type": "reference", "class": "reading"},
            "others": {"type": "reference", "class": "reading", "multiple": True},
        },
        deletion="physical",
        partition_by=PARTITIONS,
    )
    fill(reading, 6)
    ids = [i for (i,) in reading.conn.execute("select id from api.plant_reading order by id")]
    alarm.insert(reading=ids[0], others=ids[1:3])
    with pytest.raises(psycopg.errors.ForeignKeyViolation), reading.conn.transaction():
        alarm.insert(reading=10**6)

    deleted = view.conn.execute("delete from api.plant_reading where hour < 6 returning id")
    assert sorted(i for (i,) in deleted) == ids[:5]
    assert [row["id"] for row in view.rows()] == ids[5:]
    kept = reading.row(ids[0])
    assert (kept["version"], kept["deleter"]) == (2, reading.conn.info.user)
    assert (kept["deleted_source"], kept[reading.physical("hour")]) == ("sql", 1)
    assert reading.conn.execute(
        sql.SQL("select operation, count(*) from {} group by 1").format(reading.archive)
    ).fetchall() == [("D", 5)]
    changes = reading.conn.execute(
        "select operation, cardinality(row_ids) from feed.change"
        " where class_id = %s order by position",
        (reading.id,),
    ).fetchall()
    assert changes == [("I", 6), ("D", 5)]


def test_deletion_lends_no_rights_to_triggers(reading: ClassTable, view: ApiView) -> None:
    """Row triggers on partitions are the owner's to make; a function may be somebody else's."""
    conn = reading.conn
    conn.execute("create role sly; create schema sly authorization sly; set local role sly")
    conn.execute(
        "create function sly.take() returns trigger language plpgsql as $$begin return new; end$$"
    )
    conn.execute("reset role")
    conn.execute(
        f"create trigger zz after insert on data.datarow_{reading.id} for each row"
        " when (new.deleted is not null) execute function sly.take()"
    )
    reading.insert(sensor="a")
    with pytest.raises(ForeignTrigger) as refused, conn.transaction():
        conn.execute("delete from api.plant_reading")
    assert "sly.take()" in (refused.value.diag.message_detail or "")


@pytest.mark.parametrize(
    "body", ["return null;", "new.creator := 'x'; return new;", "new.deleted := null; return new;"]
)
def test_a_trigger_cannot_lose_a_deleted_row(reading: ClassTable, view: ApiView, body: str) -> None:
    reading.insert(sensor="a")
    reading.conn.execute(
        "create function pg_temp.aa() returns trigger language plpgsql"
        f" as $$begin {body} end$$".encode()
    )
    reading.conn.execute(
        f"create trigger aa before insert on data.datarow_{reading.id}"
        " for each row execute function pg_temp.aa()"
    )
    with pytest.raises((RowLost, ForgedSystemColumn)), reading.conn.transaction():
        reading.conn.execute("delete from api.plant_reading")
    assert [row["sensor"] for row in view.rows()] == ["a"]


def test_limits_of_every_column_are_named(reading: ClassTable) -> None:
    with pytest.raises(LimitsBroken, match=r"sensor is missing; value is above 100") as refused:
        reading.insert(sensor="", value=101)
    assert refused.value.diag.constraint_name == f"datarow_{reading.id}_limits_check"


def test_limits_of_values_that_are_no_texts(definitions: Definitions) -> None:
    """The values reach the refusal as JSON and come back as what they were."""
    table = definitions.create_class(
        "plant.mixed",
        {
            "names": {"type": "text", "localized": True, "mandatory": True},
            "price": {"type": "decimal", "max": 0.30000000000000000001},
            "day": {"type": "date", "min": "2024-01-01"},
            "moment": {"type": "timestamp", "max": "2024-01-01"},
            "many": {"type": "reference", "class": "mixed", "multiple": True, "mandatory": True},
        },
        partition_by=PARTITIONS,
    )
    with pytest.raises(LimitsBroken) as refused:
        table.insert(
            names=Jsonb({"en": "x"}), price="0.30000000000000000002", day="2023-12-31",
            moment="2024-01-01 00:00:01", many=[],
        )  # fmt: skip
    message = refused.value.diag.message_primary or ""
    for words in ("price is above", "day is below", "moment is above", "many is missing"):
        assert words in message
    assert "names" not in message


def test_partitions_are_nobodys(company: Company) -> None:
    """Rights go by the whole table: its triggers and policies cannot be passed by."""
    definitions = company.definitions
    diary = definitions.create_class(
        "firm.diary",
        {"text": {"type": "text"}, "unit": {"type": "reference", "class": "unit"}},
        partition_by=PARTITIONS,
    )
    renew(definitions)
    company.units()
    company.account("ann")
    company.account("bob")
    own = {"scope": "units", "column": "unit"}
    company.role(
        "clerk",
        {"class": "diary", "allow": ["read", "insert", "change", "delete"], **own},
        tables=True,
    )
    company.grant("ann", "clerk")
    company.grant("bob", "clerk")
    _, left, right = company.tree(None, 0, 0)
    company.join("ann", left)
    company.join("bob", right)
    mine = diary.insert(text="mine", unit=left)
    other = diary.insert(text="other", unit=right)

    assert company.ids("ann", "firm_diary") == [mine]
    assert company.ids("bob", "firm_diary") == [other]
    with company.acting("ann"):
        conn = company.conn
        assert conn.execute("update api.firm_diary set text = 'x'").rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute("insert into api.firm_diary (text, unit) values ('x', %s)", (right,))
        for name in partitions(diary):
            for statement in ("select from {}", "delete from {}", "truncate {}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                    conn.execute(statement.format(name).encode())
        assert conn.execute("delete from api.firm_diary").rowcount == 1
    assert diary.row(mine)["deleter"] == "ann"
    assert diary.row(other)["deleted"] is None


def test_a_family_may_have_partitions(definitions: Definitions, reading: ClassTable) -> None:
    child = definitions.create_class(
        "plant.hot", {"degrees": {"type": "integer"}}, parent="reading", partition_by=PARTITIONS
    )
    plain = definitions.create_class("plant.cold", {}, parent="reading")
    made = [t.insert(sensor="a", hour=1) for t in (reading, child, plain)]
    assert len(set(made)) == 3
    for table in (reading, child, plain):
        with pytest.raises(TAKEN), table.conn.transaction():
            table.insert(sensor="a", hour=1)
    family = definitions.conn.execute(
        sql.SQL("select id, class_id from {} order by id").format(
            sql.Identifier("data", f"family_{reading.id}")
        )
    ).fetchall()
    assert family == [(made[0], reading.id), (made[1], child.id), (made[2], plain.id)]


def test_what_was_changed_by_hand_is_found(definitions: Definitions, reading: ClassTable) -> None:
    def differences() -> list[str]:
        rows = definitions.conn.execute(
            "select difference from meta.table_differences('plant.reading')"
        )
        return [text for (text,) in rows]

    assert differences() == []
    definitions.conn.execute(
        f"drop table data.unique_{reading.id}_uid; drop table data.datarow_{reading.id}_p1;"
        f" drop trigger t00_lend on data.datarow_{reading.id}".encode()
    )
    assert differences() == [
        "1 of 3 partitions are missing",
        f"table unique_{reading.id}_uid is missing: its unique values are not enforced",
        "trigger t00_lend is missing",
    ]


@pytest.mark.parametrize("wanted", [None, {"hash": "id", "parts": 4}])
def test_partitions_stay_as_they_were_made(
    definitions: Definitions, reading: ClassTable, wanted: dict[str, Any] | None
) -> None:
    definition = {} if wanted is None else {"partition_by": wanted}
    with pytest.raises(PartitionsStay, match="it has 3"):
        definitions.scalar("select meta.alter_class(%s, %s)", reading.id, Jsonb(definition))


def test_a_class_without_partitions_gets_none(definitions: Definitions) -> None:
    plain = definitions.create_class("plant.plain", {})
    with pytest.raises(PartitionsStay, match="it has none"):
        definitions.scalar(
            "select meta.alter_class(%s, %s)", plain.id, Jsonb({"partition_by": PARTITIONS})
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"hash": "created", "parts": 4},
        {"hash": "id"},
        {"hash": "id", "parts": 1},
        {"hash": "id", "parts": 257},
        {"hash": "id", "parts": 2.5},
        {"hash": "id", "parts": 4, "range": "created"},
        "id",
    ],
)
def test_other_partitions_are_refused(definitions: Definitions, wrong: Any) -> None:
    with pytest.raises(BadValue):
        definitions.create_class("plant.wrong", {}, partition_by=wrong)


def test_writers_of_one_value_wait_for_each_other(database: Database) -> None:
    """The second is refused where the first commits, and goes on where he gives up."""
    with database.connect() as conn:
        table = Definitions(conn).create_class(
            "plant.reading", {"code": {"type": "text"}}, keys=[["code"]], partition_by=PARTITIONS
        )
    for ends, expected in (("commit", 1), ("rollback", 2)):
        with database.connect(autocommit=False) as one, database.connect() as two:
            first = ClassTable(one, table.id)
            second = two.pgconn
            uid = "018f0000-0000-7000-8000-00000000000" + str(expected)
            first.insert(code=ends, uid=uid)
            statement = (
                f"insert into data.datarow_{table.id} (uid, {first.physical('code')})"
                f" values ('{uid}', 'other {ends}')"
            )
            second.send_query(statement.encode())
            with database.connect() as watch:
                while watch.execute(
                    "select count(*) from pg_stat_activity"
                    " where pid = %s and wait_event_type = 'Lock'",
                    (two.info.backend_pid,),
                ).fetchone() != (1,):
                    assert second.socket
            getattr(one, ends)()
            result = second.get_result()
            assert result is not None
            state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE)
            assert state == (b"23505" if ends == "commit" else None)
            while second.get_result():
                pass
            count = one.execute(f"select count(*) from data.datarow_{table.id}".encode()).fetchone()
            assert count == (expected,)


def test_upsert_is_refused(definitions: Definitions, reading: ClassTable, view: ApiView) -> None:
    """No index says what is taken, so ON CONFLICT finds none, and the web service offers none."""
    upsert = (
        "insert into api.plant_reading (sensor, hour) values ('a', 1)"
        " on conflict (sensor, hour) where deleted is null do update set value = 1"
    )
    with pytest.raises(psycopg.errors.InvalidColumnReference), view.conn.transaction():
        view.conn.execute(upsert)
    keys = definitions.scalar(
        "select keys from web.relations(array['api']) where name = 'plant_reading'"
    )
    assert [(key["columns"], key["primary"]) for key in keys] == [(["id"], True)]


def test_merge_in_the_place_of_an_upsert(reading: ClassTable, view: ApiView) -> None:
    """MERGE on views is there from PostgreSQL 17 on."""
    if view.conn.info.server_version < 170000:
        pytest.skip("PostgreSQL 17")
    reading.insert(sensor="a", hour=1)
    view.conn.execute(
        "merge into api.plant_reading as r"
        " using (values ('a', 1, 5), ('a', 2, 6)) as n (sensor, hour, value)"
        " on r.sensor = n.sensor and r.hour = n.hour"
        " when matched then update set value = n.value"
        " when not matched then insert (sensor, hour, value) values (n.sensor, n.hour, n.value)"
    )
    assert sorted((row["hour"], row["value"], row["version"]) for row in view.rows()) == [
        (1, 5, 2), (2, 6, 1),
    ]  # fmt: skip


def test_tables_of_unique_values_are_made_again(
    definitions: Definitions, reading: ClassTable
) -> None:
    """What was written past the triggers is known again after that."""
    fill(reading, 3)
    reading.delete(1)
    before = stores(reading)
    for name in before:
        definitions.conn.execute(f"drop table data.unique_{reading.id}_{name}".encode())
    definitions.scalar("select meta.rebuild()")
    assert stores(reading) == before
    with pytest.raises(TAKEN), reading.conn.transaction():
        reading.insert(sensor="a", hour=2)


def test_rows_of_a_former_class_keep_their_uid(definitions: Definitions, view: ApiView) -> None:
    """docs/scale.md: how rows move into a partitioned class."""
    definitions.create_class("plant.former", {"sensor": {"type": "text"}})
    renew(definitions)
    conn = view.conn
    conn.execute("insert into api.plant_former (sensor) values ('a'), ('b')")
    conn.execute("delete from api.plant_former where sensor = 'b'")
    move = (
        "insert into api.plant_reading (uid, sensor)"
        " select uid, sensor from api.plant_former where id between 1 and 10"
    )
    conn.execute(move)
    both = conn.execute("select r.uid = f.uid from api.plant_reading r, api.plant_former f")
    assert both.fetchall() == [(True,)]
    with pytest.raises(TAKEN), conn.transaction():
        conn.execute(move)


def test_rules_before_and_after(definitions: Definitions, reading: ClassTable) -> None:
    """Row triggers see rows of a partition, statement triggers those of all."""
    model = definitions.scalar("select id from meta.model where code = 'plant'")

    def rule(code: str, **definition: Any) -> None:
        definitions.scalar(
            "select flow.set_rule(%s, %s, %s)",
            model,
            code,
            Jsonb({"class": "reading"} | definition),
        )

    for event in ("insert", "update"):
        rule(f"x-{event}", event=f"before_{event}", set={"value": "{{column.hour}} * 2"})
    mail = {"class": "reading", "to": "a@example.com", "subject": "x", "body": "x"}
    definitions.scalar("select flow.set_notification(%s, 'high', %s)", model, Jsonb(mail))
    rule("tell", event="after_insert", notify="high", when="{{column.value}} > 14")
    rule("kept", event="before_delete", refuse="too high", when="{{column.value}} > 40")

    fill(reading, 10)
    rows = reading.conn.execute(
        sql.SQL("select {hour}, {value} from {} order by 1").format(
            reading.table, hour=reading.column("hour"), value=reading.column("value")
        )
    ).fetchall()
    assert rows == [(hour, hour * 2) for hour in range(1, 11)]
    told = definitions.scalar("select payload -> 'ids' from queue.task where kind = 'rule'")
    assert sorted(told) == [8, 9, 10]
    reading.update(1, hour=30)
    assert reading.row(1)[reading.physical("value")] == 60
    with pytest.raises(Refused, match="too high"), reading.conn.transaction():
        reading.conn.execute(sql.SQL("delete from {}").format(reading.table))
    assert reading.delete(2) == 1
