"""postgres_fdw in pure SQL: a table of another PostgreSQL database as a relation of this one."""

# ruff: noqa: E501
from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.fix_database import new_database
from tests.fix_server import TestServer
from tests.fix_sync import TABLES, Other, Place, other, sorted_rows


@pytest.fixture
def foreign(shop: Place, server: TestServer) -> Iterator[Other]:
    """Another database whose goods are the foreign table partner.goods here."""
    if shop.one("select count(*) from pg_available_extensions where name = 'postgres_fdw'") == 0:
        pytest.skip("this server comes without postgres_fdw")
    with new_database(server) as database:
        made = other(database.url.replace("postgresql://", "postgresql+psycopg://"))
        made.do(TABLES["postgresql"])
        given = conninfo_to_dict(database.url)
        shop.conn.execute("create extension postgres_fdw; create schema partner")
        shop.conn.execute(
            sql.SQL(
                "create server partner foreign data wrapper postgres_fdw options (host {}, port {}, dbname {})"
            ).format(
                sql.Literal(given["host"]),
                sql.Literal(str(given["port"])),
                sql.Literal(database.name),
            )
        )
        shop.conn.execute(
            sql.SQL(
                "create user mapping for current_user server partner options (user {}, password {})"
            ).format(sql.Literal(given["user"]), sql.Literal(given["password"]))
        )
        shop.conn.execute(
            "import foreign schema public limit to (goods) from server partner into partner"
        )
        yield made


def test_foreign_table_in_both_directions(shop: Place, foreign: Other) -> None:
    """S01, S02, S03, S06: without Python between the databases."""
    foreign.put(
        {"id": "a", "name": "✓", "price": "1.25", "active": True},
        {"id": "b", "since_day": "2024-02-29"},
    )
    shop.define("pull", None, table="partner.goods", missing="delete", delete_limit=100)
    first = shop.one("select api.run_sync('pull')")
    assert (first["state"], first["inserted"]) == ("done", 2)
    assert shop.one("select api.run_sync('pull')")["updated"] == 0
    foreign.do("delete from goods where id = 'a'")
    assert shop.one("select api.run_sync('pull')")["deleted"] == 1
    shop.good.insert(number="c", name="here", seen="2024-01-01 12:00+00")
    shop.define("push", None, table="partner.goods", direction="out", compare="snapshot")
    assert shop.one("select api.run_sync('push')")["inserted"] == 1
    assert shop.one("select api.run_sync('push')")["inserted"] == 0
    assert sorted_rows(foreign.do("select id, name from goods")) == [("b", None), ("c", "here")]


def test_foreign_server_gone(shop: Place, foreign: Other) -> None:
    """S05: the class is unchanged and the error is in the log."""
    foreign.put({"id": "a"})
    shop.define("pull", None, table="partner.goods")
    assert shop.one("select api.run_sync('pull')")["state"] == "done"
    foreign.do("drop table goods")
    failed = shop.one("select api.run_sync('pull')")
    assert (failed["state"], failed["error"].startswith("42P01")) == ("failed", True)
    assert shop.goods("number") == [("a",)]
    assert shop.one("select count(*) from sync.run_status where state = 'failed'") == 1


def test_writes_with_foreign_rights_are_refused(shop: Place) -> None:
    """A trigger function of another owner on the table would run with the rights of the system."""
    shop.conn.execute("create table public.goods (id text, name text)")
    with psycopg.connect(shop.database.url, autocommit=True) as conn:
        conn.execute("create role sync_stranger")
        try:
            conn.execute("grant create on schema public to sync_stranger; set role sync_stranger")
            conn.execute(
                "create function public.grab() returns trigger language plpgsql as 'begin return new; end'"
            )
            conn.execute(
                "reset role; create trigger grab before insert on public.goods for each row execute function public.grab()"
            )
            shop.define(
                "push", None, table="public.goods", direction="out", columns={"number": "id"}
            )
            shop.good.insert(number="a")
            failed = shop.one("select api.run_sync('push')")
            assert (failed["state"], failed["error"].startswith("PG140")) == ("failed", True)
        finally:
            conn.execute("reset role; drop owned by sync_stranger cascade; drop role sync_stranger")


def test_rows_that_come_while_a_relation_is_read(shop: Place) -> None:
    """The watermark is of the rows that were read, not of those that came meanwhile."""
    shop.conn.execute("create table public.moving (id text, n integer)")
    shop.conn.execute("insert into public.moving values ('a', 1)")
    # Reading waits for the lock, after it has begun.
    wait = "coalesce((select pg_advisory_xact_lock(4711))::text, '') = ''"
    shop.define(
        "pull", None, table="public.moving", columns={"number": "id", "amount": "n"},
        compare="watermark", watermark="n", filter=wait,
    )  # fmt: skip
    with shop.database.connect() as conn, shop.database.connect() as other:
        other.execute("select pg_advisory_lock(4711)")
        reading = threading.Thread(target=conn.execute, args=("select api.run_sync('pull')",))
        reading.start()
        while not shop.one(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = 4711"
        ):
            time.sleep(0.01)
        other.execute("insert into public.moving values ('b', 2), ('c', 3)")
        other.execute("select pg_advisory_unlock(4711)")
        reading.join()
    shop.one("select api.run_sync('pull')")
    assert shop.goods("number") == [("a",), ("b",), ("c",)]
