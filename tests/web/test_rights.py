"""A05 over HTTP: the same rows as psql under SET ROLE, for a random matrix of rights."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.fix_database import Database, new_database
from tests.fix_rights import Company, company_on
from tests.fix_server import TestServer
from tests.fix_web import WebServer, serving

ACCOUNTS = [f"web_firm_{n}" for n in range(6)]


@pytest.fixture
def firm(server: TestServer, template: str) -> Iterator[tuple[Database, Company]]:
    """A company whose accounts have rights of several scopes, by chance."""
    chance = random.Random(5)
    with new_database(server, template) as database, database.connect() as conn:
        company = company_on(conn)
        conn.execute("update meta.class set web_service = true")
        units = company.tree(None, 0, 0, 1, 1, 2)
        company.units()
        company.role("web_all", {"class": "ticket", "allow": ["read", "insert", "change"]})
        company.role("web_see", {"class": "unit", "allow": ["read"]})
        for depth in (0, 1, 5):
            company.role(
                f"web_depth{depth}",
                {
                    "class": "ticket", "allow": ["read", "insert", "change", "delete"],
                    "scope": "units", "column": "unit", "depth": depth,
                },
            )  # fmt: skip
        for login in ACCOUNTS:
            known = conn.execute("select 1 from pg_roles where rolname = %s", (login,)).fetchone()
            make = "adopt_account(%s)" if known else "create_account(%s, p_can_login => false)"
            conn.execute(f"select access.{make}".encode(), (login,))
            for unit in chance.sample(units, chance.randint(0, 2)):
                company.join(login, unit)
        roles = ["web_all", "web_depth0", "web_depth1", "web_depth5"]
        for login in ACCOUNTS[:-1]:
            company.grant(login, chance.choice(roles))
        for n in range(60):
            company.ticket.insert(subject=f"t{n}", unit=chance.choice([None, *units]))
        for row in range(1, 60, 7):
            company.ticket.delete(row)
        yield database, company


@pytest.fixture
def asked(firm: tuple[Database, Company], tmp_path: Path) -> Iterator[WebServer]:
    """Its web service."""
    with serving(firm[0], tmp_path, web_schemas="api") as served:
        yield served


def rows(company: Company, login: str, view: str) -> list[int]:
    """What psql shows the account."""
    with company.conn.transaction():
        company.conn.execute(sql.SQL("set local role {}").format(sql.Identifier(login)))
        query = sql.SQL("select id from {} order by id").format(sql.Identifier("api", view))
        return [row[0] for row in company.conn.execute(query).fetchall()]


def test_rows_of_each_account(asked: WebServer, firm: tuple[Database, Company]) -> None:
    """Row by row the same, of live and deleted rows; who has no right is refused by both."""
    _, company = firm
    seen: set[int] = set()
    for login in ACCOUNTS:
        client = asked.client(login)
        for view in ("firm_ticket", "firm_ticket_all"):
            answer = client.get(f"/{view}?select=id&order=id")
            try:
                expected = rows(company, login, view)
            except psycopg.errors.InsufficientPrivilege:
                assert answer.status_code == 403
                continue
            assert [row["id"] for row in answer.json()] == expected
            seen.add(len(expected))
            counted = client.head(f"/{view}", headers={"Prefer": "count=exact"})
            assert counted.headers["Content-Range"].split("/")[1] == str(len(expected))
    assert len(seen) > 3


def test_writes_of_each_account(asked: WebServer, firm: tuple[Database, Company]) -> None:
    """A row is changed by who may change it in SQL, and by nobody else."""
    _, company = firm
    for login in ACCOUNTS:
        client = asked.client(login)
        for row in range(2, 60, 11):
            body = {"note": login}
            with company.conn.transaction(force_rollback=True):
                company.conn.execute(sql.SQL("set local role {}").format(sql.Identifier(login)))
                try:
                    expected = company.conn.execute(
                        "update api.firm_ticket set note = %s where id = %s", (login, row)
                    ).rowcount
                except psycopg.errors.InsufficientPrivilege:
                    expected = -1
            answer = client.patch(
                f"/firm_ticket?id=eq.{row}&select=id", json=body,
                headers={"Prefer": "return=representation"},
            )  # fmt: skip
            if expected < 0:
                assert answer.status_code == 403
            else:
                assert len(answer.json()) == expected


def test_references(asked: WebServer, firm: tuple[Database, Company]) -> None:
    """A reference is an id and a text, several are lists, users likewise; texts are not taken."""
    _, company = firm
    login = ACCOUNTS[-1]
    company.grant(login, "web_all", "web_see")
    account = company.scalar("select id from access.account where login = %s", login)
    company.conn.execute("update access.account set full_name = 'Lena' where id = %s", (account,))
    units = [row[0] for row in company.conn.execute("select id from api.firm_unit order by id")]
    made = asked.client(login).post(
        "/firm_ticket?select=unit,unit__text,units,units__text,owner,owner__text",
        json={
            "subject": "x", "unit": units[0], "unit__text": "ignored", "units": units[:2],
            "owner": account, "owner__text": "ignored",
        },
        headers={"Prefer": "return=representation"},
    )  # fmt: skip
    [row] = made.json()
    assert (row["unit"], row["units"], row["owner"]) == (units[0], units[:2], account)
    assert row["owner__text"] == "Lena"
    assert len(row["units__text"]) == 2
    embedded = asked.client(login).get(
        "/firm_ticket?select=unit(id),units(id)&owner=not.is.null&units.order=id"
    )
    assert embedded.json() == [
        {"unit": {"id": units[0]}, "units": [{"id": units[0]}, {"id": units[1]}]}
    ]
