"""API views beside other sessions: readers, numbers drawn at once, upgrades, plain owners."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from runner.apply import upgrade
from runner.errors import Busy, InTheWay
from runner.model.views import renew, update_views
from tests.fix_database import Database, new_database
from tests.fix_meta import ClassTable, Definitions
from tests.fix_server import TestServer

ROUNDS = 25


@contextmanager
def readers(database: Database, queries: list[str]) -> Iterator[list[Exception]]:
    """A reader per query, each reading in a loop until the block ends; their errors."""
    stop, errors, reads = threading.Event(), list[Exception](), [0] * len(queries)

    def read(number: int, query: str) -> None:
        with database.connect() as conn:
            while not stop.is_set():
                try:
                    # A prepared "select *" would be told that its result has changed.
                    conn.execute(query.encode(), prepare="*" not in query).fetchall()
                except psycopg.Error as error:
                    errors.append(error)
                    return
                reads[number] += 1

    threads = [threading.Thread(target=read, args=pair) for pair in enumerate(queries)]
    for thread in threads:
        thread.start()
    try:
        yield errors
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert min(reads) > ROUNDS


def test_readers_do_not_notice_renewals(database: Database) -> None:
    """V08: no error and no deadlock while columns come, change names and go."""
    with database.connect() as conn:
        definitions = Definitions(conn)
        customer = definitions.create_class(
            "shop.customer", {"name": {"type": "text"}}, description="{{column.name}}"
        )
        definitions.create_class(
            "shop.order", {"customer": {"type": "reference", "class": "customer"}}
        )
        renew(conn)
        ann = customer.insert(name="Ann")
        conn.execute("insert into api.shop_order (customer) values (%s)", (ann,))
        conn.execute("create view public.mine as select id, version from api.shop_customer")
        queries = [
            "select * from api.shop_customer",
            "select o.id, o.customer__text, c.name from api.shop_order as o"
            " inner join api.shop_customer as c on o.customer = c.id",
            "select m.id, m.version from public.mine as m",
        ]
        with readers(database, queries) as errors:
            for number in range(ROUNDS):
                column = definitions.add_column(customer, f"extra-{number}", type="integer")
                renew(conn)
                conn.execute("select meta.rename_column(%s, %s)", (column, f"moved-{number}"))
                renew(conn)
                if number % 3 == 0:
                    conn.execute("select meta.drop_column(%s)", (column,))
                    renew(conn)
        assert errors == []
        assert conn.execute("select count(*) from public.mine").fetchone() == (1,)


def test_a_long_reader_makes_the_renewal_wait_and_then_refuse(database: Database) -> None:
    """Nothing changes; other readers go on meanwhile; it works once the reader is gone."""
    with database.connect() as conn, database.connect(autocommit=False) as long:
        definitions = Definitions(conn)
        customer = definitions.create_class("shop.customer", {"name": {"type": "text"}})
        renew(conn)
        conn.execute("update meta.class_column set code = 'title' where code = 'name'")
        long.execute("select * from api.shop_customer")
        with readers(database, ["select id, name from api.shop_customer"]) as errors:
            with pytest.raises(Busy), conn.transaction():
                update_views(conn)
            long.rollback()
            assert errors == []
        assert {r.action for r in renew(conn)} == {"replaced"}
        assert customer.insert(title="Ann") == 1


def test_two_renewals_at_once(database: Database) -> None:
    """One waits for the other; both end well."""
    with database.connect() as conn:
        definitions = Definitions(conn)
        for number in range(5):
            definitions.create_class(f"shop.c{number}", {"name": {"type": "text"}})

    def once(_: int) -> int:
        with database.connect() as conn:
            return len(renew(conn))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(once, range(4)))
    assert max(done) == 10
    with database.connect() as conn:
        assert renew(conn) == []


def test_numbers_of_parallel_writers_are_distinct(database: Database) -> None:
    """N01: INC000001 and on, eight connections, through view and table."""
    with database.connect() as conn:
        definitions = Definitions(conn)
        incident = definitions.create_class(
            "desk.incident", {"number": {"type": "text", "sequence": "INC{#:000000}"}}
        )
        renew(conn)
        first = conn.execute("insert into api.desk_incident default values returning number")
        assert first.fetchone() == ("INC000001",)

    def write(writer: int) -> list[str]:
        relation = ("api", "desk_incident") if writer % 2 else ("data", f"datarow_{incident.id}")
        statement = sql.SQL("insert into {} default values").format(sql.Identifier(*relation))
        with database.connect() as conn:
            for _ in range(50):
                conn.execute(statement)
            return []

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with database.connect() as conn:
        numbers = [n for (n,) in conn.execute("select number from api.desk_incident order by id")]
    assert len(set(numbers)) == len(numbers) == 401
    assert set(numbers) == {f"INC{n:06}" for n in range(1, 402)}


def test_triggers_and_views_survive_an_upgrade(database: Database) -> None:
    """D04: a trigger of one's own and a view on top are there, and act, after an upgrade."""
    with database.connect() as conn:
        customer = Definitions(conn).create_class("shop.customer", {"name": {"type": "text"}})
        renew(conn)
        conn.execute("create table public.noted (id bigint)")
        conn.execute(
            "create function public.note() returns trigger language plpgsql"
            " as $$begin insert into public.noted values (new.id); return null; end$$"
        )
        conn.execute(
            f"create trigger mine after insert on data.datarow_{customer.id}"
            " for each row execute function public.note()"
        )
        conn.execute("create view public.mine as select * from api.shop_customer")
    upgrade(database.url)
    with database.connect() as conn:
        conn.execute("insert into api.shop_customer (name) values ('Ann')")
        assert conn.execute("select name from public.mine").fetchall() == [("Ann",)]
        assert conn.execute("select count(*) from public.noted").fetchone() == (1,)
        assert renew(conn) == []


@pytest.fixture
def plain(server: TestServer) -> Iterator[Database]:
    """An instance whose owner is no superuser."""
    name = f"owner_{uuid4().hex[:8]}"
    owner = sql.Identifier(name)
    with new_database(server, "template0") as made:
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute(sql.SQL("create role {} login createrole password 'x'").format(owner))
            conn.execute(
                sql.SQL("alter database {} owner to {}").format(sql.Identifier(made.name), owner)
            )
        instance = Database(made.name, make_conninfo(made.url, user=name, password="x"))
        upgrade(instance.url)
        try:
            yield instance
        finally:
            with made.connect() as inside:
                inside.execute(
                    sql.SQL("alter database {} owner to current_user").format(
                        sql.Identifier(made.name)
                    )
                )
                inside.execute(sql.SQL("drop owned by {} cascade").format(owner))
                inside.execute(sql.SQL("drop role {}").format(owner))


def test_views_of_strangers_stop_only_what_would_touch_them(
    server: TestServer, plain: Database
) -> None:
    """Columns can be added beneath a view that the owner may not replace; not taken away."""
    stranger = f"stranger_{uuid4().hex[:8]}"
    with (
        plain.connect() as conn,
        psycopg.connect(server.url_of(plain.name), autocommit=True) as root,
    ):
        definitions = Definitions(conn)
        customer: ClassTable = definitions.create_class(
            "shop.customer", {"name": {"type": "text"}, "email": {"type": "text"}}
        )
        renew(conn)
        root.execute(f"create role {stranger}; grant usage on schema api to {stranger}")
        try:
            root.execute(f"grant select on api.shop_customer to {stranger}")
            root.execute(f"grant create on schema public to {stranger}")
            root.execute(f"set role {stranger}")
            root.execute("create view public.theirs as select id from api.shop_customer")
            root.execute("reset role")
            definitions.add_column(customer, "phone", type="text")
            assert {r.action for r in renew(conn)} == {"replaced"}
            conn.execute("select meta.drop_column(%s)", (customer.column_id("email"),))
            with pytest.raises(InTheWay) as refused:
                renew(conn)
            assert f"view public.theirs, which belongs to {stranger}" in str(
                refused.value.diag.message_detail
            )
            customer.insert(name="Ann")
            conn.execute("delete from api.shop_customer")
        finally:
            root.execute("reset role")
            root.execute(f"drop owned by {stranger} cascade; drop role {stranger}")
