"""Rights while others work: open sessions, moves during reads, 16 clients, two instances."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from runner.apply import upgrade
from runner.errors import Busy, CircularStructure
from tests.fix_database import Database, new_database
from tests.fix_meta import ClassTable, Definitions
from tests.fix_rights import Company, company_on
from tests.fix_server import TestServer

LOGINS = [f"con_{place}" for place in range(8)]
OF_UNITS = {
    "class": "ticket", "allow": ["read", "insert", "change"], "scope": "units",
    "column": "unit", "depth": 9,
}  # fmt: skip


@pytest.fixture
def company(database: Database) -> Iterator[Company]:
    """A committed company with accounts; roles leave the server afterwards."""
    with database.connect() as conn:
        made = company_on(conn)
        made.units()
        made.role("clerk", OF_UNITS)
        made.role("reader", {"class": "ticket", "allow": ["read"]})
        for login in LOGINS:
            made.account(login, can_login=False)
        yield made
    with database.connect() as conn:
        forget(conn)


def forget(conn: psycopg.Connection[Any]) -> None:
    """Take away what belongs to the whole server."""
    for (code,) in conn.execute("select code from access.role").fetchall():
        conn.execute("select access.drop_role(%s)", (code,))
    for login in LOGINS:
        conn.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(login)))


@contextmanager
def session(database: Database, login: str) -> Iterator[psycopg.Connection[Any]]:
    """An open session of an account, as the web service has them."""
    with database.connect() as conn:
        conn.execute(sql.SQL("set role {}").format(sql.Identifier(login)))
        yield conn


def count(conn: psycopg.Connection[Any], prepare: bool | None = None) -> int:
    """Tickets that a session sees."""
    row = conn.execute("select count(*) from api.firm_ticket", prepare=prepare).fetchone()
    assert row is not None
    return int(row[0])


def test_an_open_session_with_a_prepared_statement_follows(
    database: Database, company: Company
) -> None:
    """PostgreSQL keeps plans when memberships change: they are discarded on purpose."""
    (unit,) = company.tree(None)
    company.ticket.insert(unit=unit)
    company.ticket.insert(subject="elsewhere")
    company.join("con_0", unit)
    company.grant("con_0", "reader", "clerk")
    with session(database, "con_0") as conn:
        for _ in range(10):
            assert count(conn, prepare=True) == 2
        company.scalar("select access.revoke_role('con_0', 'reader')")
        assert count(conn, prepare=True) == 1
        company.grant("con_0", "reader")
        assert count(conn, prepare=True) == 2
        company.scalar("select access.switch_role('reader', false)")
        assert count(conn, prepare=True) == 1
        company.scalar("select access.suspend_account('con_0')")
        with pytest.raises(errors.InsufficientPrivilege):
            count(conn, prepare=True)
        company.scalar("select access.resume_account('con_0')")
        assert count(conn, prepare=True) == 1


def test_readers_see_a_move_whole_or_not_at_all(database: Database, company: Company) -> None:
    """A subtree with 40 tickets goes back and forth; each count is all of them or none."""
    _top, here, there = company.tree(None, 0, 0)
    moving = company.unit.insert(parent=here)
    leaves = [company.unit.insert(parent=moving) for _ in range(4)]
    for leaf in leaves:
        for _ in range(10):
            company.ticket.insert(unit=leaf)
    company.join("con_0", here)
    company.grant("con_0", "clerk")
    stop = threading.Event()

    def read() -> set[int]:
        seen = set()
        with session(database, "con_0") as conn:
            while not stop.is_set():
                seen.add(count(conn))
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for _ in range(30):
            company.unit.update(moving, parent=there)
            company.unit.update(moving, parent=here)
        stop.set()
        seen = set().union(*(reader.result(30) for reader in readers))
    assert seen <= {0, 40}
    assert 40 in seen


def test_two_moves_cannot_make_a_circle_together(database: Database, company: Company) -> None:
    """Each alone is fine; the second waits for the first and then sees it."""
    left, right = company.tree(None, None)
    with database.connect(autocommit=False) as one, database.connect(autocommit=False) as two:
        ClassTable(one, company.unit.id).update(left, parent=right)
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(ClassTable(two, company.unit.id).update, right, parent=left)
            wait_for_lock(company.conn)
            one.commit()
            with pytest.raises(CircularStructure):
                other.result(30)
        two.rollback()


def test_a_blind_transaction_is_told_to_try_again(database: Database, company: Company) -> None:
    """Under repeatable read the second change of a structure would not see the first."""
    left, right, third = company.tree(None, None, None)
    with database.connect(autocommit=False) as blind:
        blind.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        blind.execute("select count(*) from access.closure")
        company.unit.update(left, parent=right)
        with pytest.raises(errors.SerializationFailure):
            ClassTable(blind, company.unit.id).update(third, parent=left)


def wait_for_lock(conn: psycopg.Connection[Any]) -> None:
    """Until somebody waits for a lock of a row or transaction."""
    for _ in range(600):
        if conn.execute("select from pg_locks where not granted").fetchone() is not None:
            return
        threading.Event().wait(0.05)
    pytest.fail("nobody waits")


def test_sixteen_clients(database: Database, company: Company) -> None:
    """Writers, readers, movers, joiners and an administrator at once: no deadlock, all right."""
    units = company.tree(None, *(random.Random(1).randrange(n) for n in range(1, 25)))
    for place, login in enumerate(LOGINS):
        company.join(login, units[place])
        company.grant(login, "clerk", "reader")
    stop = threading.Event()
    done: dict[str, int] = {}

    def repeat(name: str, act: Callable[[psycopg.Connection[Any], random.Random], None]) -> None:
        dice, times = random.Random(name), 0
        login = LOGINS[dice.randrange(len(LOGINS))]
        role = login if name.startswith(("write", "read")) else None
        with database.connect() as conn:
            if role is not None:
                conn.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
            while not stop.is_set():
                try:
                    act(conn, dice)
                    times += 1
                except (errors.InsufficientPrivilege, CircularStructure, Busy):
                    continue
        done[name] = times

    def write(conn: psycopg.Connection[Any], dice: random.Random) -> None:
        conn.execute(
            "insert into api.firm_ticket (unit, subject) values (%s, 'x')", (dice.choice(units),)
        )
        conn.execute("update api.firm_ticket set subject = 'y' where id = %s",
                     (dice.randrange(200),))  # fmt: skip

    def read(conn: psycopg.Connection[Any], dice: random.Random) -> None:
        conn.execute("select count(*) from api.firm_ticket where id > %s", (dice.randrange(50),))

    def move(conn: psycopg.Connection[Any], dice: random.Random) -> None:
        ClassTable(conn, company.unit.id).update(
            dice.choice(units), parent=dice.choice([None, *units])
        )

    def join(conn: psycopg.Connection[Any], dice: random.Random) -> None:
        account = Definitions(conn).scalar(
            "select id from access.account where login = %s", dice.choice(LOGINS)
        )
        table = ClassTable(conn, company.membership.id)
        table.delete(table.insert(person=account, unit=dice.choice(units)))

    def administer(conn: psycopg.Connection[Any], dice: random.Random) -> None:
        login = dice.choice(LOGINS)
        conn.execute("select access.switch_role('reader', %s)", (dice.random() < 0.5,))
        conn.execute("select access.revoke_role(%s, 'reader')", (login,))
        conn.execute("select access.grant_role(%s, 'reader')", (login,))

    jobs = [*[write] * 5, *[read] * 4, *[move] * 3, *[join] * 2, *[administer] * 2]
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [
            pool.submit(repeat, f"{job.__name__} {place}", job) for place, job in enumerate(jobs)
        ]
        stop.wait(6)
        stop.set()
        for future in running:
            future.result(60)
    assert all(done.values()), done
    structure = company.scalar("select id from access.structure")
    for table in ("closure", "member", "scope"):
        state = sql.SQL("select t::text from {} as t order by 1").format(
            sql.Identifier("access", table)
        )
        before = company.conn.execute(state).fetchall()
        company.scalar("select access.rebuild_structure(%s)", structure)
        assert company.conn.execute(state).fetchall() == before


def test_two_instances_with_equal_role_codes(
    server: TestServer, template: str, database: Database, company: Company
) -> None:
    """A member here is nobody there."""
    company.grant("con_0", "reader")
    company.ticket.insert(subject="here")
    with new_database(server, template) as other, other.connect() as conn:
        there = company_on(conn)
        there.role("reader", {"class": "ticket", "allow": ["read"]})
        there.ticket.insert(subject="there")
        there.scalar("select access.adopt_account('con_1')")
        there.grant("con_1", "reader")
        with session(database, "con_0") as mine, session(other, "con_0") as strange:
            assert count(mine) == 1
            with pytest.raises(errors.InsufficientPrivilege):
                count(strange)
        with session(other, "con_1") as mine:
            assert count(mine) == 1
        with session(database, "con_1") as strange, pytest.raises(errors.InsufficientPrivilege):
            count(strange)
        conn.execute("select access.drop_role('reader')")


def test_a_copied_database_has_roles_of_its_own(
    server: TestServer, database: Database, company: Company
) -> None:
    """Members of the original have no rights in the copy once it was upgraded."""
    company.grant("con_0", "reader")
    company.ticket.insert(subject="copied")
    company.conn.close()
    with new_database(server, database.name) as copy:
        upgrade(copy.url)
        with session(copy, "con_0") as conn, pytest.raises(errors.InsufficientPrivilege):
            count(conn)
        with copy.connect() as conn:
            assert conn.execute(
                "select count(*) from access.findings where name = 'con_0'"
            ).fetchone() == (1,)
            conn.execute("select access.grant_role('con_0', 'reader')")
            with session(copy, "con_0") as account:
                assert count(account) == 1
            for (code,) in conn.execute("select code from access.role").fetchall():
                conn.execute("select access.drop_role(%s)", (code,))
    with session(database, "con_0") as conn:
        assert count(conn) == 1


def test_a_login_cannot_become_another(database: Database, company: Company) -> None:
    """With a session of its own, not a role that a superuser took on."""
    company.conn.execute("alter role con_0 login password 'x'")
    with (
        psycopg.connect(
            psycopg.conninfo.make_conninfo(database.url, user="con_0", password="x"),
            autocommit=True,
        ) as conn,
    ):
        for statement in (
            "set session authorization con_1",
            "set role con_1",
            "set role pgears_admin",
            "set session_replication_role = replica",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement)
