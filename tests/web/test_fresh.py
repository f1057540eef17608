"""W24: what changes in the database is served at once by every running server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest

from runner.model.views import update_views
from tests.fix_database import Database
from tests.fix_meta import Definitions
from tests.fix_runner import until
from tests.fix_web import WebServer, serving


@pytest.fixture
def two(own_web_database: Database, tmp_path: Path) -> Iterator[list[WebServer]]:
    """Two servers of one instance."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(own_web_database, tmp_path)) for _ in range(2)]


def test_a_class_added_is_there(two: list[WebServer], own_web_database: Database) -> None:
    """The very next request of either server finds it, embeds by it, and sees its columns."""
    clients = [server.client("web_ann") for server in two]
    for client in clients:
        assert client.get("/helpdesk_visit").json()["code"] == "PGRST205"
    with own_web_database.connect(autocommit=False) as conn:
        definitions = Definitions(conn)
        visit = definitions.create_class(
            "helpdesk.visit",
            {"about": {"type": "text"}, "customer": {"type": "reference", "class": "customer"}},
            web_service=True,
        )
        update_views(conn)
        _grant(conn, "visit")
        conn.commit()
        for client in clients:
            made = client.post(
                "/helpdesk_visit?select=about,customer(name)",
                json={"about": "printer", "customer": 1},
                headers={"Prefer": "return=representation"},
            )
            assert made.status_code == 201, made.text
            assert list(made.json()[0]) == ["about", "customer"]
        definitions.add_column(visit, "hours", type="integer")
        update_views(conn)
        conn.commit()
        for client in clients:
            each = client.post(
                "/helpdesk_visit", json=[{"hours": 4}], headers={"Prefer": "on-error=continue"}
            )
            assert each.status_code == 201, each.text
            assert client.post("/helpdesk_visit", json={"hours": 3}).status_code == 201
            assert client.get("/helpdesk_visit?select=hours&hours=eq.3").status_code == 200


def _grant(conn: psycopg.Connection, code: str) -> None:
    conn.execute(
        """
        select access.set_role(m.id, 'web_visits', jsonb_build_object('rights', jsonb_build_array(
          jsonb_build_object('class', %s::text, 'allow', '["read", "insert"]'::jsonb)
        )))
        from meta.model as m where m.code = 'helpdesk'
        """,
        (code,),
    )
    conn.execute("select access.grant_role('web_ann', 'web_visits')")


def test_a_flag_turned_off_is_heard(two: list[WebServer], own_web_database: Database) -> None:
    """What was served and is no more is refused soon: servers are notified at commit."""
    clients = [server.client("web_ann") for server in two]
    for client in clients:
        assert client.get("/helpdesk_note").status_code == 200
    with own_web_database.connect() as conn:
        conn.execute("update meta.class set web_service = false where code = 'note'")
    for client in clients:
        until(partial(_refused, client), "the flag")


def test_tables_of_ones_own(two: list[WebServer], own_web_database: Database) -> None:
    """Without triggers on anybody's part; NOTIFY pgrst is heard as well."""
    clients = [s.client("web_ann", **{"Accept-Profile": "shop"}) for s in two]
    with own_web_database.connect() as conn:
        conn.execute(
            "create table shop.fresh (id integer, client_id integer references shop.client)"
        )
        conn.execute("grant select on shop.fresh to web_ann")
        for client in clients:
            assert client.get("/fresh?select=id,client(name)").json() == []
        conn.execute("alter table shop.fresh add column extra text")
        conn.execute("notify pgrst, 'reload schema'")
        for client in clients:
            assert client.get("/fresh?select=extra").json() == []
            until(partial(_described, client), "the column")


def _refused(client: httpx.Client) -> bool:
    return client.get("/helpdesk_note").status_code == 403


def _described(client: httpx.Client) -> bool:
    schemas = client.get("/").json()["components"]["schemas"]
    return "extra" in schemas["fresh"]["properties"]
