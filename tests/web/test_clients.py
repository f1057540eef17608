"""W20: the official clients, unchanged: postgrest for Python, @supabase/postgrest-js for Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from postgrest import APIError, CountMethod, SyncPostgrestClient

from tests.fix_web import WebServer, token

SCRIPT = Path(__file__).with_name("client.mjs")
PACKAGE = "@supabase/postgrest-js@2"


def data(request: Any) -> Any:
    """What a request of the client gives; the client types it as any JSON."""
    return request.execute().data


@pytest.fixture
def client(web: WebServer) -> Iterator[SyncPostgrestClient]:
    """The Python client on schema shop."""
    with (
        httpx.Client(timeout=30) as session,
        SyncPostgrestClient(
            web.url,
            schema="shop",
            headers={"Authorization": f"Bearer {token('web_ann')}"},
            http_client=session,
        ) as made,
    ):
        yield made


def test_python_reads(client: SyncPostgrestClient) -> None:
    """Select, filters, order, range, count, embedding, single, CSV."""
    person = client.from_("person")
    rows = data(person.select("id,name").in_("name", ["Ada", "Bob"]).order("id", desc=True))
    assert rows == [{"id": 2, "name": "Bob"}, {"id": 1, "name": "Ada"}]
    counted = (
        person.select("id", count=CountMethod.exact).lt("id", 5).order("id").range(1, 2).execute()
    )
    assert (counted.data, counted.count) == ([{"id": 2}, {"id": 3}], 4)
    either = data(person.select("name").or_("id.eq.1,name.like.B*").order("id"))
    assert [row["name"] for row in either] == ["Ada", "Bob"]
    assert data(person.select("name").is_("born", "null").lt("id", 5)) == [{"name": "Cyd"}]
    assert data(person.select("name").contains("tags", ["a"])) == [{"name": "Ada"}]
    assert data(person.select("name").text_search("vector", "fox")) == [{"name": "Ada"}]
    assert data(person.select("name").match({"id": 1, "name": "Ada"})) == [{"name": "Ada"}]
    assert data(person.select("name").not_.eq("id", 1).lt("id", 3)) == [{"name": "Bob"}]
    embedded = (
        client.from_("project").select("name,client(name)").eq("client.name", "Acme").eq("id", 1)
    )
    assert data(embedded) == [{"name": "Bridge", "client": {"name": "Acme"}}]
    assert data(person.select("name").eq("id", 1).single()) == {"name": "Ada"}
    none = person.select("name").eq("id", -1).maybe_single().execute()
    assert none is None or none.data is None
    text = person.select("id,name").lt("id", 3).order("id").csv().execute()
    assert text.data == "id,name\n1,Ada\n2,Bob"
    with pytest.raises(APIError) as refused:
        person.select("name").single().execute()
    assert refused.value.code == "PGRST116"
    head = person.select("*", count=CountMethod.exact, head=True).lt("id", 5).execute()
    assert head.count == 4


def test_python_writes_and_calls(client: SyncPostgrestClient) -> None:
    """Insert, upsert, update, delete, rpc."""
    two = client.from_("two")
    rows: Any = [{"a": 500, "b": 1, "note": "x"}, {"a": 500, "b": 2, "note": "y"}]
    assert data(two.insert(rows)) == rows
    assert data(two.upsert({"a": 500, "b": 1, "note": "z"})) == [{"a": 500, "b": 1, "note": "z"}]
    mixed: Any = [{"a": 501, "b": 1}, {"a": 501, "b": 2, "note": "q"}]
    filled = data(two.insert(mixed, default_to_null=False))
    assert [row["note"] for row in filled] == ["nothing", "q"]
    changed = two.update({"note": "w"}).eq("a", 500).eq("b", 2).execute()
    assert changed.data == [{"a": 500, "b": 2, "note": "w"}]
    assert len(data(two.delete().eq("a", 500))) == 2
    both: Any = {"a": 4, "b": 5}
    one: Any = {"a": 4}
    assert data(client.rpc("add", both)) == 9
    assert data(client.rpc("add", one, get=True)) == 5
    people = client.rpc("all_people", {}, count=CountMethod.exact).select("name").eq("id", 1)
    assert data(people) == [{"name": "Ada"}]


def test_python_on_classes(web: WebServer) -> None:
    """The same client on API views."""
    with (
        httpx.Client(timeout=30) as session,
        SyncPostgrestClient(
            web.url,
            schema="api",
            headers={"Authorization": f"Bearer {token('web_ann')}"},
            http_client=session,
        ) as client,
    ):
        tickets = client.from_("helpdesk_ticket")
        made = data(tickets.insert({"subject": "By client", "channel": "web"}))[0]
        assert made["created_source"] == "web"
        read = tickets.select("subject,customer(name)").eq("id", made["id"]).single().execute()
        assert read.data == {"subject": "By client", "customer": None}
        customers = client.from_("helpdesk_customer")
        body = {"name": "C", "email": "client@example.org"}
        first = data(customers.upsert(body, on_conflict="email"))[0]
        second = data(customers.upsert({**body, "name": "D"}, on_conflict="email"))[0]
        assert (second["id"], second["name"]) == (first["id"], "D")
        assert len(data(tickets.delete().eq("id", made["id"]))) == 1


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which npm has installed the client."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("there is no npm or node on this machine")
    folder = tmp_path_factory.mktemp("node")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-300:]}")
    shutil.copy(SCRIPT, folder / SCRIPT.name)
    return folder


@pytest.mark.slow
def test_javascript(web: WebServer, node_modules: Path) -> None:
    """Everything that W20 names, by the JavaScript client."""
    done = subprocess.run(
        ["node", str(node_modules / SCRIPT.name), web.url, token("web_ann")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {
        "select": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}],
        "filters": ["Ada"],
        "or": ["Ada", "Bob"],
        "embedding": [
            {
                "name": "Bridge",
                "client": {"name": "Acme"},
                "person": [{"name": "Ada"}, {"name": "Bob"}],
            }
        ],
        "range": {"ids": [2, 3], "count": 4},
        "single": {"name": "Ada"},
        "singleError": "PGRST116",
        "maybeSingle": None,
        "csv": "id,name\n1,Ada",
        "insert": [{"a": 600, "b": 1, "note": "x"}, {"a": 600, "b": 2, "note": "nothing"}],
        "upsert": [{"a": 600, "b": 1, "note": "z"}],
        "update": [{"a": 600, "b": 2, "note": "w"}],
        "delete": 2,
        "rpc": 9,
        "rpcGet": 5,
        "rpcRows": ["Ada"],
        "head": 4,
        "error": {"code": "42703", "status": 400},
        "ticket": {"subject": "Subject 1", "customer": {"name": "Customer 2"}},
    }  # fmt: skip
