"""Environment, clock, parameters and data source marks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from runner.errors import BadEnvironment, BadSource, ClockIsReal, ForgedSource
from tests.fix_database import Database


def one(conn: psycopg.Connection, query: str, *values: object) -> object:
    """The single value of a query."""
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def role(conn: psycopg.Connection, name: str) -> Iterator[None]:
    """Work with the rights of a group role."""
    conn.execute(psycopg.sql.SQL("set local role {}").format(psycopg.sql.Identifier(name)))
    yield
    conn.execute("reset role")


def test_environment_is_one_of_four(conn: psycopg.Connection) -> None:
    """A fresh instance is for development; anything else is said by name."""
    assert one(conn, "select core.environment()") == "development"
    conn.execute("select core.set_environment('acceptance')")
    assert one(conn, "select core.environment()") == "acceptance"
    with pytest.raises(BadEnvironment) as refusal, conn.transaction():
        conn.execute("select core.set_environment('prod')")
    assert "production" in (refusal.value.diag.message_hint or "")
    with pytest.raises(psycopg.errors.CheckViolation) as check, conn.transaction():
        conn.execute("""update core.setting set value = '"x"' where code = 'environment'""")
    assert check.value.diag.constraint_name == "setting_environment_check"


def test_clock_runs_on_from_where_it_is_set(database: Database) -> None:
    """Every session sees the moved time, and it passes."""
    with database.connect() as conn, database.connect() as other:
        conn.execute("select core.set_clock('2031-05-01 12:00+00')")
        first, second = one(other, "select core.now()"), one(other, "select core.now()")
        assert isinstance(first, datetime)
        assert isinstance(second, datetime)
        assert timedelta(0) <= first - datetime(2031, 5, 1, 12, tzinfo=UTC) < timedelta(minutes=1)
        assert second > first
        conn.execute("select core.set_clock(null)")
        assert one(other, "select core.now() = now()") is True


def test_clock_of_a_real_instance_is_real(conn: psycopg.Connection) -> None:
    """Neither can it be set, nor does it stay moved when a copy becomes the real thing."""
    conn.execute("select core.set_clock('2031-05-01')")
    conn.execute("select core.set_environment('production')")
    assert one(conn, "select core.now() = now()") is True
    with pytest.raises(ClockIsReal), conn.transaction():
        conn.execute("select core.set_clock('2031-05-01')")


@pytest.mark.parametrize(
    "statement",
    [
        "select core.set_clock('2031-05-01')",
        "select core.set_environment('test')",
        "select core.set_parameter('a', 'b')",
        "select * from core.seal",
        "update core.clock set ahead = '1 day'",
    ],
)
def test_the_runner_may_not_define(conn: psycopg.Connection, statement: str) -> None:
    """Clock, environment, parameters and the secret are not the service's."""
    conn.execute("set local role pgears_runner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())


def test_parameters(conn: psycopg.Connection) -> None:
    """Set, kept with its note, removed; the service reads."""
    conn.execute("select core.set_parameter('site.name', 'Brno', 'on each mail')")
    conn.execute("select core.set_parameter('site.name', 'Praha')")
    with role(conn, "pgears_runner"):
        assert one(conn, "select core.parameter('site.name')") == "Praha"
    assert one(conn, "select note from core.parameter where code = 'site.name'") == "on each mail"
    conn.execute("select core.set_parameter('site.name', null)")
    assert one(conn, "select core.parameter('site.name')") is None


def test_source_is_sql_unless_marked(conn: psycopg.Connection) -> None:
    """A mark holds for its transaction, and passes the check."""
    assert one(conn, "select core.source()") == "sql"
    conn.execute("select core.check_source()")
    with role(conn, "pgears_runner"):
        conn.execute("select core.set_source('mailbox')")
    assert one(conn, "select core.source()") == "mailbox"
    conn.execute("select core.check_source()")
    with pytest.raises(BadSource), conn.transaction():
        conn.execute("select core.set_source('fax')")


def test_a_mark_ends_with_its_transaction(database: Database) -> None:
    """The next transaction of the session is unmarked."""
    with database.connect(autocommit=False) as conn:
        conn.execute("select core.set_source('web')")
        conn.commit()
        assert one(conn, "select core.source()") == "sql"


def test_nobody_forges_a_mark(database: Database) -> None:
    """Setting it by hand, with any seal, also one of an earlier transaction, is refused."""
    with database.connect(autocommit=False) as conn:
        conn.execute("select core.set_source('web')")
        seal = str(one(conn, "select current_setting('pgears.source_seal')"))
        conn.commit()
        for forged in ("", "0" * 64, seal):
            conn.execute("select set_config('pgears.source', 'web', true)")
            conn.execute("select set_config('pgears.source_seal', %s, true)", (forged,))
            with pytest.raises(ForgedSource):
                conn.execute("select core.check_source()")
            conn.rollback()
        conn.execute("select core.set_source('page')")
        conn.execute("select set_config('pgears.source', 'replica', true)")
        with pytest.raises(ForgedSource):
            conn.execute("select core.check_source()")


def test_a_mark_needs_the_right(conn: psycopg.Connection) -> None:
    """An ordinary account cannot mark its writes."""
    conn.execute("create role t_plain_account")
    conn.execute("grant usage on schema core to t_plain_account")
    conn.execute("set local role t_plain_account")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("select core.set_source('web')")
