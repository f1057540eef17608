"""Synchronisation that must not go wrong: plans, limits, late commits, references, bad rows."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from runner import errors
from tests.fix_meta import Definitions
from tests.fix_sync import MAPPING, Other, Place, other


def codes(shop: Place) -> str:
    """Keys in the class, in order."""
    return "".join(row[0] for row in shop.goods("number"))


def put(sqlite: Other, keys: str, **values: Any) -> None:
    """Rows with keys of one letter."""
    sqlite.put(*({"id": key, **values} for key in keys))


def test_plan_shows_and_writes_nothing(shop: Place, sqlite: Other) -> None:
    """S07: numbers and samples of inserts, updates, deletes."""
    put(sqlite, "abc", name="x")
    shop.define("goods", sqlite, missing="delete", delete_limit=100)
    assert shop.numbers("goods") == ("done", 3, 0, 0)
    sqlite.do("delete from goods where id = 'a'")
    sqlite.do("update goods set name = 'y' where id = 'b'")
    put(sqlite, "d")
    plan = shop.run("goods", plan=True)
    assert (plan["inserted"], plan["updated"], plan["deleted"]) == (1, 1, 1)
    samples = {sample["op"]: sample for sample in plan["samples"]}
    assert samples["update"]["before"]["name"] == "x"
    assert samples["update"]["after"]["name"] == "y"
    assert samples["insert"]["after"]["number"] == "d"
    assert samples["delete"]["before"]["number"] == "a"
    assert codes(shop) == "abc"
    assert (
        shop.one(
            "select count(*) from pg_class where relnamespace = 'sync'::regnamespace and relname ~ '_[0-9]+'"
        )
        == 0
    )
    assert shop.numbers("goods") == ("done", 1, 1, 1)


def test_empty_source_is_stopped(shop: Place, sqlite: Other) -> None:
    """S07: more deletions than the limit write nothing and say so; they can be allowed."""
    put(sqlite, "abcdefghijklmnopqrst")
    shop.define("goods", sqlite, missing="delete")
    assert shop.numbers("goods")[0] == "done"
    sqlite.do("delete from goods where id in ('a', 'b')")
    assert shop.numbers("goods") == ("done", 0, 0, 2)
    sqlite.do("delete from goods")
    put(sqlite, "z")
    stopped = shop.run("goods")
    assert stopped["state"] == "refused"
    assert "it would delete 18 of 18 rows, more than 10 %" in stopped["error"]
    assert stopped["samples"]
    assert codes(shop) == "cdefghijklmnopqrst"
    assert shop.numbers("goods", force=True) == ("done", 1, 0, 18)


def test_limit_holds_outwards(shop: Place, sqlite: Other) -> None:
    """S07: an empty class does not empty the table."""
    put(sqlite, "abc")
    for compare in ("values", "snapshot"):
        shop.define("push", sqlite, direction="out", missing="delete", compare=compare)
        assert shop.numbers("push") == ("refused", 0, 0, 3)
    assert len(sqlite.do("select * from goods")) == 3


def test_missing_rows_are_kept_by_default(shop: Place, sqlite: Other) -> None:
    """S01: removal is a setting."""
    put(sqlite, "ab")
    shop.define("goods", sqlite)
    shop.run("goods")
    sqlite.do("delete from goods")
    assert shop.numbers("goods") == ("done", 0, 0, 0)
    assert codes(shop) == "ab"


def test_late_commit_is_found_in_the_overlap(shop: Place, goods: Other) -> None:
    """S07: a row whose time is before the watermark, committed after the run, comes with the next."""
    at = "2024-05-01 12:{:02}:00"
    goods.put(
        {"id": "a", "seen_at": moment(goods, at.format(0))},
        {"id": "b", "seen_at": moment(goods, at.format(10))},
        {"id": "n"},
    )
    columns = {"number": "id", "name": "name", "seen": "seen_at"}
    definition: dict[str, Any] = {
        "columns": columns,
        "compare": "watermark",
        "watermark": "seen_at",
        "overlap": "5 minutes",
    }
    shop.define("goods", goods, **definition)
    if goods.name == "sqlite":
        assert shop.numbers("goods") == ("done", 3, 0, 0)
        goods.put({"id": "c", "seen_at": at.format(7)})
    else:
        with goods.engine.connect() as late:
            late.execute(
                text("insert into goods (id, seen_at) values ('c', :at)"),
                {"at": moment(goods, at.format(7))},
            )
            assert shop.numbers("goods") == ("done", 3, 0, 0)
            late.commit()
    position = shop.one("select position ->> 'value' from sync.definition")
    assert position.replace("T", " ").startswith("2024-05-01 12:10:00")
    goods.do("update goods set name = 'old' where id = 'a'")
    second = shop.run("goods")
    assert (second["read"], second["inserted"], second["updated"]) == (3, 1, 0)
    goods.put({"id": "d", "seen_at": moment(goods, at.format(20))})
    third = shop.run("goods")
    assert (third["read"], third["inserted"]) == (4, 1)
    fourth = shop.run("goods")
    assert (fourth["read"], fourth["inserted"], fourth["updated"]) == (2, 0, 0)
    assert codes(shop) == "abcdn"


def moment(goods: Other, value: str) -> Any:
    """A time as the driver takes it."""
    return (
        value
        if goods.name == "sqlite"
        else datetime.fromisoformat(value + "+00:00" if goods.name == "postgresql" else value)
    )


def test_numeric_watermark(shop: Place, goods: Other) -> None:
    """S07: a counter with a numeric overlap; a failed run does not move it."""
    goods.put({"id": "a", "amount": 10}, {"id": "b", "amount": 20})
    shop.define("goods", goods, compare="watermark", watermark="amount", overlap="5")
    assert shop.numbers("goods")[0] == "done"
    goods.put({"id": "c", "amount": 16}, {"id": "d", "amount": 14})
    assert shop.run("goods")["read"] == 2
    assert codes(shop) == "abc"
    shop.conn.execute(
        f"alter table {shop.good.table.as_string()} add constraint no_e check ({shop.good.physical('number')} <> 'e')".encode()
    )
    goods.put({"id": "e", "amount": 99})
    assert shop.run("goods")["state"] == "failed"
    shop.conn.execute(f"alter table {shop.good.table.as_string()} drop constraint no_e".encode())
    assert shop.numbers("goods") == ("done", 1, 0, 0)


def test_snapshot_inwards_leaves_local_changes(shop: Place, sqlite: Other) -> None:
    """S01: compared with the source as it was, only what changed there is written here."""
    put(sqlite, "abc", name="x")
    shop.define("goods", sqlite, compare="snapshot", missing="delete", delete_limit=100)
    assert shop.numbers("goods") == ("done", 3, 0, 0)
    local = shop.good.insert(number="own", name="own")
    shop.conn.execute(
        f"update {shop.good.table.as_string()} set {shop.good.physical('name')} = 'here'".encode()
    )
    assert shop.numbers("goods") == ("done", 0, 0, 0)
    sqlite.do("update goods set name = 'there' where id = 'a'")
    sqlite.do("delete from goods where id = 'b'")
    assert shop.numbers("goods") == ("done", 0, 1, 1)
    assert shop.goods("number", "name") == [("a", "there"), ("c", "here"), ("own", "here")]
    assert shop.good.row(local)["deleted"] is None


def test_filter_and_rows_limit_both_sides(shop: Place, sqlite: Other) -> None:
    """S01, S02: rows outside are neither read, changed nor deleted."""
    put(sqlite, "ab", amount=1)
    put(sqlite, "xy", amount=2)
    shop.good.insert(number="z", amount=9)
    shop.define(
        "pull",
        sqlite,
        filter="amount = 1",
        rows="{{column.amount}} = 1",
        missing="delete",
        delete_limit=100,
    )
    assert shop.numbers("pull") == ("done", 2, 0, 0)
    assert codes(shop) == "abz"
    sqlite.do("delete from goods where id = 'a'")
    assert shop.numbers("pull") == ("done", 0, 0, 1)
    shop.define(
        "push",
        sqlite,
        direction="out",
        filter="amount = 9",
        rows="{{column.amount}} = 9",
        missing="delete",
    )
    assert shop.numbers("push") == ("done", 1, 0, 0)
    assert {row[0] for row in sqlite.do("select id from goods")} == set("bxyz")


def test_select_of_the_other_database(shop: Place, goods: Other) -> None:
    """S01: rows of a SELECT in its own language."""
    goods.put({"id": "a", "amount": 3}, {"id": "b", "amount": 4})
    shop.define(
        "goods",
        goods,
        select="select id, amount * 2 as twice from goods where amount > 3",
        columns={"number": "id", "amount": "twice"},
    )
    assert shop.numbers("goods") == ("done", 1, 0, 0)
    assert shop.goods("number", "amount") == [("b", 8)]


def test_bad_rows_are_named_and_stop_the_run(shop: Place, sqlite: Other) -> None:
    """S05: cells that do not fit, double and empty keys; nothing is written."""
    sqlite.do("create table loose (id, amount, since_day, note)")
    shop.define(
        "goods",
        sqlite,
        table="loose",
        columns={"number": "id", "amount": "amount", "since": "since_day"},
    )
    sqlite.do(
        "insert into loose (id, amount, since_day) values ('good', 1, null), ('bad', 'many', '2024-02-30'), (3, 2.5, '')"
    )
    failed = shop.run("goods")
    assert failed["state"] == "failed"
    assert {(p["key"], p["column"], p["value"]) for p in failed["problems"]} == {
        ("bad", "amount", "many"), ("bad", "since", "2024-02-30"), ("3", "amount", "2.5"), ("3", "since", ""),
    }  # fmt: skip
    assert "bad" in failed["error"]
    sqlite.do("delete from loose where id in ('bad', 3)")
    sqlite.do("insert into loose (id) values ('good'), (null)")
    failed = shop.run("goods")
    assert [p["reason"] for p in failed["problems"]] == [
        "a key column is empty",
        "2 rows have this key",
    ]
    assert codes(shop) == ""
    sqlite.do("delete from loose")
    sqlite.do("insert into loose (id, note) values ('nul', 'a' || char(0) || 'b')")
    shop.define("goods", sqlite, table="loose", columns={"number": "id", "note": "note"})
    failed = shop.run("goods")
    assert failed["error"].startswith("key nul: note: a text with a NUL character")


def test_limits_of_the_class_stop_the_run(shop: Place, sqlite: Other) -> None:
    """S05: what the class refuses is the error of the run; no row of it is there."""
    Definitions(shop.conn).add_column(shop.good, "stock", type="integer", max=10)
    put(sqlite, "a", amount=1)
    put(sqlite, "b", amount=11)
    shop.define("goods", sqlite, columns={"number": "id", "stock": "amount"})
    failed = shop.run("goods")
    assert failed["state"] == "failed"
    assert failed["error"].startswith("PG210")
    assert codes(shop) == ""
    assert shop.one("select lease_token from sync.definition") is None


def test_references_by_key_in_both_directions(shop: Place, sqlite: Other) -> None:
    """S01, S02: by a natural key or by id; unresolved ones stop the run; parents of the same run are found."""
    definitions = Definitions(shop.conn)
    country = definitions.create_class(
        "shop.country", {"code": {"type": "text"}, "rank": {"type": "integer"}}, keys=[["code"]]
    )
    definitions.add_column(shop.good, "country", type="reference", **{"class": "country"})
    definitions.add_column(shop.good, "rival", type="reference", **{"class": "country"})
    definitions.add_column(shop.good, "parent", type="reference", **{"class": "good"})
    cz, at = country.insert(code="CZ", rank=1), country.insert(code="AT", rank=2)
    sqlite.do("create table tree (id text, parent text, country text, rival integer)")
    sqlite.do(
        f"insert into tree values ('leaf', 'twig', 'CZ', {at}), ('twig', 'root', 'AT', null), ('root', null, null, {cz})"
    )
    mapping = {
        "number": "id",
        "parent": "parent -> good.number",
        "country": "country -> country.code",
        "rival": "rival",
    }
    shop.define("tree", sqlite, table="tree", columns=mapping)
    assert shop.numbers("tree") == ("done", 3, 0, 0)
    assert shop.numbers("tree") == ("done", 0, 0, 0)
    ids = dict(shop.goods("number", "id"))
    assert shop.goods("number", "parent", "country", "rival") == [
        ("leaf", ids["twig"], cz, at), ("root", None, None, cz), ("twig", ids["root"], at, None)
    ]  # fmt: skip
    sqlite.do("update tree set country = 'XX' where id = 'twig'")
    sqlite.do("update tree set parent = 'lost' where id = 'leaf'")
    failed = shop.run("tree")
    assert [(p["key"], p["column"], p["value"]) for p in failed["problems"]] == [
        ("twig", "country", "XX")
    ]
    sqlite.do("update tree set country = 'CZ' where id = 'twig'")
    failed = shop.run("tree")
    assert [(p["key"], p["column"], p["value"]) for p in failed["problems"]] == [
        ("leaf", "parent", "lost")
    ]
    assert dict(shop.goods("number", "country"))["twig"] == at
    sqlite.do("update tree set parent = 'new' where id = 'leaf'")
    sqlite.do("insert into tree values ('new', 'root', null, null)")
    assert shop.numbers("tree") == ("done", 1, 2, 0)
    sqlite.do("create table copy (id text, parent text, country text, rival integer)")
    shop.define("copy", sqlite, table="copy", columns=mapping, direction="out")
    assert shop.numbers("copy") == ("done", 4, 0, 0)
    assert shop.numbers("copy") == ("done", 0, 0, 0)
    assert sorted(sqlite.do("select * from copy"), key=str) == sorted(
        sqlite.do("select * from tree"), key=str
    )


def test_time_zone_of_the_other_side(shop: Place, goods: Other) -> None:
    """S01, S02: times without a zone are of the zone named, over the change of the clock as well."""
    goods.put(
        {"id": "a", "seen_at": moment(goods, "2024-07-01 12:00:00")},
        {"id": "b", "seen_at": moment(goods, "2024-01-01 12:00:00")},
    )
    mapping = {"number": "id", "seen": "seen_at"}
    shop.define("pull", goods, columns=mapping, time_zone="Europe/Prague")
    shop.run("pull")
    hours = [12, 12] if goods.name == "postgresql" else [10, 11]
    assert [row[0].astimezone().utctimetuple().tm_hour for row in shop.goods("seen")] == hours
    shop.define("push", goods, columns=mapping, time_zone="Europe/Prague", direction="out")
    assert shop.numbers("push") == ("done", 0, 0, 0)
    shop.good.insert(number="c", seen=datetime.fromisoformat("2024-07-01T12:00:00+02:00"))
    assert shop.numbers("push") == ("done", 1, 0, 0)
    assert shop.numbers("push") == ("done", 0, 0, 0)
    there = goods.do("select seen_at from goods where id = 'c'")[0][0]
    assert str(there).startswith(
        "2024-07-01 10:00" if goods.name == "postgresql" else "2024-07-01 12:00"
    )


def test_system_columns_go_out(shop: Place, sqlite: Other) -> None:
    """S02: the record's identity can be the key of the table."""
    sqlite.do("create table feed (uid text, number text, changed text)")
    shop.define(
        "push",
        sqlite,
        direction="out",
        table="feed",
        columns={"uid": "uid", "number": "number", "modified": "changed"},
        keys=["uid"],
    )
    a = shop.good.insert(number="a")
    assert shop.numbers("push") == ("done", 1, 0, 0)
    shop.good.update(a, number="b")
    assert shop.numbers("push") == ("done", 0, 1, 0)
    assert shop.numbers("push") == ("done", 0, 0, 0)
    uid = str(shop.good.row(a)["uid"])
    assert [tuple(row)[:2] for row in sqlite.do("select * from feed")] == [(uid, "b")]


def test_writes_carry_their_source_and_are_archived(shop: Place, sqlite: Other) -> None:
    """S01: through the triggers of the class, marked as synchronisation."""
    put(sqlite, "a", name="x")
    shop.define("goods", sqlite)
    shop.run("goods")
    sqlite.do("update goods set name = 'y'")
    shop.run("goods")
    row = shop.rows(
        f"select created_source, modified_source, version from {shop.good.table.as_string()}"
    )[0]
    assert row == {"created_source": "sync", "modified_source": "sync", "version": 2}
    assert shop.one(f"select count(*) from {shop.good.archive.as_string()}") == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (None, "the environment variable"),
        ("nonsense", "holds no SQLAlchemy URL"),
        ("oracledb://x/y", "there is no driver"),
        ("sqlite:////nowhere/at/all.db", "unable to open database file"),
        ("postgresql://u:secret@127.0.0.1:1/x", "connection failed"),
    ],
)
def test_other_side_that_is_not_there(
    shop: Place, sqlite: Other, url: str | None, says: str
) -> None:
    """S05: an error in the log, with no password in it; the class stays as it is."""
    put(sqlite, "a")
    shop.define("goods", sqlite)
    shop.run("goods")
    name = shop.one("select substr(definition ->> 'url', 5) from sync.definition")
    if url is None:
        shop.environment.delenv(name)
    else:
        shop.environment.setenv(name, url)
    failed = shop.run("goods")
    assert failed["state"] == "failed"
    assert says in failed["error"]
    assert "secret" not in failed["error"]
    assert codes(shop) == "a"
    assert shop.one("select lease_until from sync.definition") is None


def test_url_in_a_file(shop: Place, sqlite: Other, tmp_path: Path) -> None:
    """The reference file:PATH; a driver need not be named."""
    secret = tmp_path / "url"
    secret.write_text(sqlite.url + "\n")
    put(sqlite, "a", price="1.50")
    shop.define("goods", other("sqlite://"))
    shop.conn.execute(
        "update sync.definition set definition = definition || jsonb_build_object('url', 'file:' || %s::text)",
        (str(secret),),
    )
    assert shop.numbers("goods") == ("done", 1, 0, 0)
    assert shop.goods("price") == [(Decimal("1.50"),)]


def test_whatever_a_driver_raises_is_in_the_log(shop: Place, sqlite: Other) -> None:
    """S05: an error that is none of SQLAlchemy's; the lease is free at once."""
    sqlite.do("create table big (id text, amount integer)")
    shop.define(
        "push", sqlite, direction="out", table="big", columns={"number": "id", "price": "amount"}
    )
    shop.good.insert(number="a", price=Decimal(10) ** 30)
    failed = shop.run("push")
    assert (failed["state"], failed["error"].split(":")[0]) == ("failed", "OverflowError")
    assert shop.one("select lease_token from sync.definition") is None


def test_one_at_a_time(shop: Place, sqlite: Other) -> None:
    """A second process is told so; a lease that ran out is taken over, and its holder notices."""
    put(sqlite, "a")
    definition = shop.define("goods", sqlite)
    first, second = (shop.one("select sync.new_run(%s, 'manual')", definition) for _ in range(2))
    token = "00000000-0000-0000-0000-000000000001"
    shop.one("select sync.begin_run(%s, %s)", first, token)
    with pytest.raises(errors.SyncBusy, match="by another process"):
        shop.one("select sync.begin_run(%s, gen_random_uuid())", second)
    assert shop.one("select sync.beat(%s, %s)", first, token)
    shop.conn.execute("select core.set_clock(core.now() + interval '3 minutes')")
    assert shop.numbers("goods") == ("done", 1, 0, 0)
    with pytest.raises(errors.SyncLeaseLost):
        shop.one("select sync.compare_run(%s, %s)", first, token)
    assert not shop.one("select sync.beat(%s, %s)", first, token)
    assert shop.rows("select state, error from sync.run_status where id = %s", first) == [
        {"state": "failed", "error": "the process that did it was lost"}
    ]
    assert (
        shop.one(
            "select count(*) from pg_class where relnamespace = 'sync'::regnamespace and relname ~ '_[0-9]+'"
        )
        == 0
    )


def test_batches_are_small(shop: Place, goods: Other) -> None:
    """S06: batches of rows, whole chunks and rests, in both directions."""
    goods.put(*({"id": f"{n:03}", "amount": n} for n in range(25)))
    shop.define("pull", goods, batch_size=10)
    assert shop.numbers("pull") == ("done", 25, 0, 0)
    goods.do("delete from goods")
    shop.define("push", goods, batch_size=5, direction="out", columns=MAPPING)
    assert shop.numbers("push") == ("done", 25, 0, 0)
    shop.conn.execute(
        f"update {shop.good.table.as_string()} set {shop.good.physical('amount')} = 0".encode()
    )
    assert shop.numbers("push") == ("done", 0, 24, 0)
