"""GET: columns, filters, embedding, order, ranges, kinds of answers; over HTTP."""

from __future__ import annotations

import httpx


def test_by_id_and_filters(ann: httpx.Client) -> None:
    """A record by id, and a set by a filter."""
    answer = ann.get("/helpdesk_ticket?id=eq.1&select=id,subject,customer,customer__text")
    assert answer.status_code == 200
    assert answer.json() == [
        {"id": 1, "subject": "Subject 1", "customer": 2, "customer__text": "Customer 2"}
    ]
    assert answer.headers["Content-Range"] == "0-0/*"


def test_role_counts(web) -> None:
    assert web.client("web_nobody").get("/helpdesk_ticket").status_code == 403
    assert web.client().get("/helpdesk_ticket").status_code == 401
    assert len(web.client("web_ben").get("/helpdesk_ticket?select=id").json()) == 60
    assert web.client("web_ben").get("/helpdesk_agent").json()["code"] == "PG601"


def test_embed(shop) -> None:
    r = shop.get("/project?select=name,client(name),person(name)&order=id")
    assert r.json() == []
