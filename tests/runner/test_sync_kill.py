"""Synchronisation that is killed or cut off: nothing by halves, and the next run converges."""

# ruff: noqa: E501
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from runner.sync.work import do_run
from tests.fix_database import new_database
from tests.fix_server import TestServer
from tests.fix_sync import Other, Place, other, sorted_rows

ROOT = Path(__file__).parents[2]


def killed(shop: Place, code: str, point: str) -> None:
    """Do a run in a process that kills itself at a point."""
    run = shop.one("select sync.new_run(sync.definition_id(%s), 'manual')", code)
    done = subprocess.run(
        [sys.executable, "-m", "tests.runner.die_syncing", shop.database.url, str(run), point],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert shop.one("select state from sync.run where id = %s", run) in ("reading", "writing")
    shop.conn.execute("select core.set_clock(core.now() + interval '3 minutes')")


@pytest.mark.parametrize("point", ["reading", "before comparing"])
def test_killed_inwards(shop: Place, goods: Other, point: str) -> None:
    """S05: the class is as it was, the next run takes everything, no table of the run stays."""
    goods.put(*({"id": f"{n:02}"} for n in range(30)))
    shop.define("goods", goods, batch_size=10)
    killed(shop, "goods", point)
    assert shop.goods("number") == []
    assert shop.numbers("goods") == ("done", 30, 0, 0)
    assert (
        shop.one(
            "select count(*) from pg_class where relnamespace = 'sync'::regnamespace and relname ~ '_[0-9]+'"
        )
        == 0
    )
    assert [row["state"] for row in shop.rows("select state from sync.run_status order by id")] == [
        "failed",
        "done",
    ]


@pytest.mark.parametrize(
    ("point", "there", "compare"),
    [
        ("in the statements there", 0, "values"),
        ("before the commit there", 0, "snapshot"),
        ("before finishing", 20, "values"),
        ("before finishing", 20, "snapshot"),
    ],
)
def test_killed_outwards(shop: Place, goods: Other, point: str, there: int, compare: str) -> None:
    """S05: all of a run is in the table or nothing, and the next run makes it equal."""
    for n in range(20):
        shop.good.insert(number=f"{n:02}")
    shop.define(
        "push",
        goods,
        direction="out",
        batch_size=5,
        compare=compare,
        missing="delete",
        delete_limit=100,
    )
    goods.put({"id": "old"})
    killed(shop, "push", point)
    expected = [f"{n:02}" for n in range(20)]
    assert sorted(row[0] for row in goods.do("select id from goods")) == (
        expected if there else ["old"]
    )
    assert shop.numbers("push") == ("done", 20 - there, 0, 0 if there else 1)
    assert sorted(row[0] for row in goods.do("select id from goods")) == expected
    assert shop.numbers("push") == ("done", 0, 0, 0)


def test_connection_cut_while_sending(shop: Place, server: TestServer) -> None:
    """S05: the table is unchanged, the error is in the log, the next run converges."""
    for n in range(20):
        shop.good.insert(number=f"{n:02}", name="x" if n < 10 else "y")
    with new_database(server) as database:
        goods = other(database.url.replace("postgresql://", "postgresql+psycopg://"))
        goods.do("create table goods (id text primary key, name text)")
        goods.do("insert into goods values ('15', 'held')")
        columns = {"number": "id", "name": "name"}
        shop.define("push", goods, direction="out", columns=columns, batch_size=5)
        outcome: list[dict[str, Any]] = []
        with goods.engine.connect() as holder:
            # The run waits for a lock in the middle of its transaction; then its connection goes.
            holder.execute(text("select from goods where id = '15' for update"))
            thread = threading.Thread(target=lambda: outcome.append(shop_run(shop)))
            thread.start()
            with psycopg.connect(database.url, autocommit=True) as admin:
                while not admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                ).fetchall():
                    pass
            thread.join()
        assert outcome[0]["state"] == "failed"
        assert "terminating connection" in outcome[0]["error"]
        assert sorted_rows(goods.do("select * from goods")) == [("15", "held")]
        assert shop.numbers("push") == ("done", 19, 1, 0)
        assert sorted_rows(goods.do("select * from goods")) == [
            tuple(row) for row in shop.goods("number", "name")
        ]


def shop_run(shop: Place) -> dict[str, Any]:
    """A run with connections of its own, for a thread."""
    with shop.database.connect() as conn:
        (run,) = conn.execute(
            "select sync.new_run(sync.definition_id('push'), 'manual')"
        ).fetchone() or (0,)
    return do_run(shop.database.url, int(run))


def test_table_gone_while_reading(shop: Place, goods: Other) -> None:
    """S05: an error of the other database is the error of the run; the class stays."""
    goods.put({"id": "a"})
    shop.define("goods", goods)
    assert shop.numbers("goods") == ("done", 1, 0, 0)
    goods.do("drop table goods")
    failed = shop.run("goods")
    assert failed["state"] == "failed"
    assert "goods" in failed["error"]
    assert [row[0] for row in shop.goods("number")] == ["a"]
    shop.define("push", goods, direction="out")
    assert shop.run("push")["state"] == "failed"


def test_refusal_there_undoes_everything(shop: Place, goods: Other) -> None:
    """S05: one row that the table refuses, and nothing of the run is there."""
    for number in ("a", "b", "c"):
        shop.good.insert(number=number, name="x" * (250 if number == "c" else 1))
    goods.do(
        "create table strict_goods (id varchar(40) primary key, name varchar(200), check (length(name) < 200))"
    )
    try:
        shop.define(
            "push",
            goods,
            direction="out",
            table="strict_goods",
            columns={"number": "id", "name": "name"},
            batch_size=1,
        )
        failed = shop.run("push")
        assert failed["state"] == "failed"
        assert goods.do("select * from strict_goods") == []
        assert shop.one("select unsure from sync.definition")
    finally:
        goods.do("drop table strict_goods")
