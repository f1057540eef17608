"""On a managed server the owner is no superuser: accounts, roles and rights work all the same."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from runner.apply import upgrade
from tests.fix_database import Database, new_database
from tests.fix_rights import company_on
from tests.fix_server import TestServer


@pytest.fixture
def owned(server: TestServer) -> Iterator[Database]:
    """A database whose owner may create roles and no more."""
    name = f"owner_{uuid4().hex[:8]}"
    owner = sql.Identifier(name)
    with psycopg.connect(server.url, autocommit=True) as conn, new_database(server) as database:
        own = sql.Identifier(database.name)
        conn.execute(sql.SQL("create role {} login createrole password 'x'").format(owner))
        try:
            conn.execute(sql.SQL("alter database {} owner to {}").format(own, owner))
            yield Database(database.name, make_conninfo(database.url, user=name, password="x"))
        finally:
            conn.execute(sql.SQL("alter database {} owner to current_user").format(own))
            with database.connect() as inside:
                inside.execute(sql.SQL("drop owned by {} cascade").format(owner))
            for role in ("owned_ann", "owned_etl", f"{database.name}.reader"):
                conn.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))
            conn.execute(sql.SQL("drop role {}").format(owner))


def test_rights_without_a_superuser(server: TestServer, owned: Database) -> None:
    """Made, adopted, granted, suspended, resumed, switched, dropped; the owner sees all rows."""
    upgrade(owned.url)
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute("create role owned_etl login")
    with owned.connect() as conn:
        company = company_on(conn)
        company.units()
        company.role("reader", {"class": "ticket", "allow": ["read"]})
        company.account("owned_ann")
        conn.execute("alter role owned_ann password 'x'")
        conn.execute("select access.adopt_account('owned_etl')")
        company.grant("owned_ann", "reader")
        company.grant("owned_etl", "reader")
        (unit,) = company.tree(None)
        company.join("owned_ann", unit)
        company.ticket.insert(unit=unit)
        url = make_conninfo(owned.url, user="owned_ann", password="x")

        def seen() -> int:
            with psycopg.connect(url) as reader:
                return len(reader.execute("select id from api.firm_ticket").fetchall())

        assert seen() == 1
        company.scalar("select access.switch_role('reader', false)")
        with pytest.raises(errors.InsufficientPrivilege):
            seen()
        company.scalar("select access.switch_role('reader', true)")
        company.scalar("select access.suspend_account('owned_ann')")
        with pytest.raises(psycopg.OperationalError):
            seen()
        company.scalar("select access.resume_account('owned_ann')")
        assert seen() == 1
        assert conn.execute("select count(*) from api.firm_ticket").fetchone() == (1,)
        company.scalar("select access.revoke_role('owned_etl', 'reader')")
        assert not upgrade(owned.url).fresh
        assert seen() == 1
        company.scalar("select access.drop_role('reader')")
