"""Embedded resources over HTTP: each kind of relationship, filters within, ambiguity."""

from __future__ import annotations

import httpx

from tests.fix_web import WebServer


def test_to_one_to_many_and_many_to_many(shop: httpx.Client) -> None:
    """One object, a list, and a list through a junction; nested."""
    [bridge] = shop.get(
        "/project?select=name,client(name),person(name,badge(number))&id=eq.1&person.order=name"
    ).json()
    assert bridge == {
        "name": "Bridge",
        "client": {"name": "Acme"},
        "person": [
            {"name": "Ada", "badge": {"number": "B-1"}},
            {"name": "Bob", "badge": {"number": "B-2"}},
        ],
    }
    clients = shop.get("/client?select=name,project(name)&order=id&project.order=name.desc").json()
    assert clients[0] == {"name": "Acme", "project": [{"name": "Tunnel"}, {"name": "Bridge"}]}
    assert clients[2] == {"name": "Cork", "project": []}


def test_filters_order_and_limits_within(shop: httpx.Client) -> None:
    """They are about the embedded rows; inner leaves out rows around them."""
    path = "/client?select=name,project(name)&project.name=like.B*&order=id&limit=3"
    assert [len(row["project"]) for row in shop.get(path).json()] == [1, 0, 0]
    inner = shop.get(
        "/client?select=name,project!inner(name)&project.name=like.B*",
        headers={"Prefer": "count=exact"},
    )
    assert inner.json() == [{"name": "Acme", "project": [{"name": "Bridge"}]}]
    assert inner.headers["Content-Range"] == "0-0/1"
    limited = shop.get("/client?select=project(name)&id=eq.1&project.limit=1&project.order=id.desc")
    assert limited.json() == [{"project": [{"name": "Tunnel"}]}]
    tree = "/client?select=project(id)&id=eq.1&project.or=(id.eq.2,name.eq.Nobody)"
    assert shop.get(tree).json() == [{"project": [{"id": 2}]}]


def test_presence(shop: httpx.Client) -> None:
    """is.null asks for rows without related ones, alone and within a tree."""
    without = shop.get("/client?select=name,project()&project=is.null&id=lt.10").json()
    assert without == [{"name": "Cork"}]
    some = shop.get(
        "/client?select=id,project()&or=(project.not.is.null,id.eq.3)&order=id&id=lt.10"
    )
    assert [row["id"] for row in some.json()] == [1, 2, 3]


def test_aliases_and_hints(shop: httpx.Client) -> None:
    """By column, by constraint, by alias; the same relation twice."""
    row = shop.get(
        "/parcel?select=sender(name),to:client!receiver(name),same:client!parcel_sender_fkey(name)"
        "&id=eq.1"
    ).json()
    assert row == [{"sender": {"name": "Acme"}, "to": {"name": "Bolt"}, "same": {"name": "Acme"}}]
    recursive = shop.get(
        "/client?select=name,boss:referrer(name),subs:client!referrer(name)&id=eq.1&subs.order=id"
    ).json()
    assert recursive == [
        {"name": "Acme", "boss": None, "subs": [{"name": "Bolt"}, {"name": "Cork"}]}
    ]


def test_ambiguity(shop: httpx.Client) -> None:
    """PGRST201 names the ways and how to say which."""
    answer = shop.get("/parcel?select=client(name)")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (300, "PGRST201")
    assert body["hint"].startswith(
        "Try changing 'client' to one of the following:"
        " 'client!parcel_receiver_fkey', 'client!parcel_sender_fkey'."
    )
    assert body["details"][0] == {
        "cardinality": "many-to-one",
        "embedding": "parcel with client",
        "relationship": "parcel_receiver_fkey using parcel(receiver) and client(id)",
    }


def test_spread_and_related_order(shop: httpx.Client) -> None:
    """Columns of a to-one resource beside those of the row, and an order by one of them."""
    rows = shop.get(
        "/person?select=name,...badge(no:number)&order=badge(number).desc.nullslast,name&id=lt.5"
    )
    assert rows.json() == [
        {"name": "Bob", "no": "B-2"},
        {"name": "Ada", "no": "B-1"},
        {"name": "Cyd", "no": None},
        {"name": "Dan*", "no": None},
    ]
    spread = shop.get("/client?select=name,...project(names:name)&id=eq.1&project.order=id").json()
    assert spread == [{"name": "Acme", "names": ["Bridge", "Tunnel"]}]


def test_views_embed_as_their_tables(shop: httpx.Client) -> None:
    """A view has the references of the columns that it shows."""
    [row] = shop.get("/project_view?select=loud,client(name),person(name)&id=eq.3").json()
    assert row == {"loud": "TOWER", "client": {"name": "Bolt"}, "person": [{"name": "Cyd"}]}
    [back] = shop.get("/client?select=project_view(loud)&id=eq.2").json()
    assert back == {"project_view": [{"loud": "TOWER"}]}


def test_classes_embed_by_their_references(ann: httpx.Client) -> None:
    """API views have no foreign keys; the metadata tells what refers to what."""
    [ticket] = ann.get(
        "/helpdesk_ticket?select=subject,customer(name),helpdesk_note(text)&id=eq.1"
    ).json()
    assert ticket == {
        "subject": "Subject 1",
        "customer": {"name": "Customer 2"},
        "helpdesk_note": [],
    }
    named = "/helpdesk_ticket?select=id,c:helpdesk_customer!customer(email)&id=eq.1"
    assert ann.get(named).json() == [{"id": 1, "c": {"email": "c2@example.org"}}]
    back = (
        "/helpdesk_customer?select=name,helpdesk_ticket(id)"
        "&email=eq.c2@example.org&helpdesk_ticket.order=id"
    )
    assert ann.get(back).json() == [
        {"name": "Customer 2", "helpdesk_ticket": [{"id": 1}, {"id": 21}, {"id": 41}]}
    ]


def test_a_row_without_right_is_no_row(web: WebServer) -> None:
    """An embedded relation that the caller may not read is refused, as PostgreSQL does it."""
    ben = web.client("web_ben", **{"Accept-Profile": "shop"})
    assert ben.get("/client?select=name&limit=1").json() == [{"name": "Acme"}]
    refused = ben.get("/client?select=name,project(name)")
    assert (refused.status_code, refused.json()["code"]) == (403, "42501")
