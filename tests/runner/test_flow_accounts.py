"""Accounts with logins of their own: forged identities, and one link used by many at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_database import Database

RUN = "select api.run_script('shop.note')"


class Shop:
    """A script, an account that may run it, and one that may not; both log in."""

    def __init__(self, database: Database, conn: psycopg.Connection[Any]) -> None:
        self.database = database
        self.conn = conn
        self.ann, self.mallory = (f"{name}_{database.name}" for name in ("ann", "mal"))
        conn.execute("create table public.book (who text)")
        (model,) = conn.execute("select meta.create_model('shop', '{}')").fetchone() or (0,)
        note = {"sql": "insert into public.book values (context ->> 'account');"}
        rights = [{"script": "note", "allow": ["execute"]}]
        conn.execute("select flow.set_script(%s, 'note', %s)", (model, Jsonb(note)))
        conn.execute("select access.set_role(%s, 'doer', %s)", (model, Jsonb({"rights": rights})))
        for login in (self.ann, self.mallory):
            conn.execute("select access.create_account(%s)", (login,))
            conn.execute(sql.SQL("alter role {} password 'x'").format(sql.Identifier(login)))
        conn.execute("select access.grant_role(%s, 'doer')", (self.ann,))

    def connect(self, login: str) -> psycopg.Connection[Any]:
        """A session under the account's own login."""
        owner = urlsplit(self.database.url)
        there = owner._replace(netloc=f"{login}:x@{owner.netloc.rpartition('@')[2]}")
        return psycopg.connect(there.geturl(), autocommit=True, prepare_threshold=None)

    def book(self) -> list[str]:
        """For whom the script ran."""
        return [row[0] for row in self.conn.execute("select who from public.book")]

    def leave(self) -> None:
        """Take the roles away, which belong to the whole server."""
        self.conn.execute("select access.revoke_role(%s, 'doer')", (self.ann,))
        self.conn.execute("select access.drop_role('doer')")
        for login in (self.ann, self.mallory):
            self.conn.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    """The shop in an instance of its own."""
    with database.connect() as conn:
        place = Shop(database, conn)
        try:
            yield place
        finally:
            place.leave()


def test_identity_of_a_login(shop: Shop) -> None:
    """Who logs in is who acts; he becomes nobody else, by no statement and no start-up option."""
    with shop.connect(shop.ann) as session:
        session.execute(RUN)
    assert shop.book() == [shop.ann]
    with shop.connect(shop.mallory) as session:
        for forged in (
            f'set role "{shop.ann}"',
            f'set session authorization "{shop.ann}"',
            "set session authorization default; set role none; reset role; " + RUN,
            f"set application_name = '{shop.ann}'; set pgears.account = '{shop.ann}'; {RUN}",
            f"prepare run as {RUN}; execute run",
            f"declare run cursor with hold for {RUN}",
            f"do $$ begin perform set_config('role', '{shop.ann}', false); end $$",
            f"explain analyze {RUN}",
        ):
            with pytest.raises((errors.NotAllowed, psycopg.errors.InsufficientPrivilege)):
                session.execute(forged.encode())
            session.execute("discard all")
    assert shop.book() == [shop.ann]


def test_link_used_by_many_at_once(shop: Shop) -> None:
    """U15: one of eight does it, whoever holds the token; the others are told what happened."""
    with shop.connect(shop.ann) as session:
        (token,) = session.execute("select api.make_link('run_script', 'note')").fetchone() or ("",)

    def use(_: int) -> dict[str, Any]:
        with shop.connect(shop.mallory) as session:
            (told,) = session.execute("select api.use_link(%s)", (token,)).fetchone() or ({},)
        return dict(told)

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(use, range(8)))
    assert sorted(answer["done"] for answer in told) == [False] * 7 + [True]
    assert {answer["state"] for answer in told} == {"used"}
    assert shop.book() == [shop.ann]
