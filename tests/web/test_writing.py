"""POST, PATCH, PUT, DELETE over HTTP; each test on a database of its own rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fix_database import Database
from tests.fix_web import WebServer, serving

SHOW = {"Prefer": "return=representation"}
OBJECT = "application/vnd.pgrst.object+json"


def wish(*preferences: str) -> dict[str, str]:
    """The header Prefer."""
    return {"Prefer": ", ".join(("return=representation", *preferences))}


def test_insert_one_and_many(shop: httpx.Client) -> None:
    """201 with nothing, the rows, or where the new row is."""
    bare = shop.post("/client", json={"id": 100, "name": "A"})
    assert (bare.status_code, bare.content) == (201, b"")
    many = shop.post(
        "/client?select=id,n:name",
        json=[{"id": 101, "name": "B"}, {"id": 102, "name": "C"}],
        headers=wish("count=exact"),
    )
    assert many.json() == [{"id": 101, "n": "B"}, {"id": 102, "n": "C"}]
    assert many.headers["Content-Range"] == "*/2"
    assert many.headers["Preference-Applied"] == "return=representation, count=exact"
    where = shop.post(
        "/client", json={"id": 103, "name": "D"}, headers={"Prefer": "return=headers-only"}
    )
    assert where.headers["Location"] == "/client?id=eq.103"
    assert shop.get(where.headers["Location"]).json()[0]["name"] == "D"
    one = shop.post("/client", json={"id": 104, "name": "E"}, headers={**SHOW, "Accept": OBJECT})
    assert one.json() == {"id": 104, "name": "E", "referrer": None}
    assert shop.post("/client", json=[], headers=SHOW).json() == []
    assert shop.post("/person?select=name", json={"name": "Eve"}, headers=SHOW).json() == [
        {"name": "Eve"}
    ]


def test_bodies(shop: httpx.Client) -> None:
    """CSV and forms; columns choose; defaults fill what is missing."""
    text = 'a,b,note\r\n200,1,NULL\r\n200,2,"x, ""y"""\r\n'
    rows = shop.post("/two", content=text, headers={**SHOW, "Content-Type": "text/csv"}).json()
    assert [row["note"] for row in rows] == [None, 'x, "y"']
    form = shop.post("/two", data={"a": "201", "b": "1", "note": "a+b c"}, headers=SHOW).json()
    assert form == [{"a": 201, "b": 1, "note": "a+b c"}]
    chosen = shop.post(
        "/two?columns=a,b", json=[{"a": 202, "b": 1, "note": "no", "other": 1}], headers=SHOW
    )
    assert chosen.json() == [{"a": 202, "b": 1, "note": "nothing"}]
    long = "x" * 200_000
    shop.post("/two", content=f"a,b,note\n205,1,{long}\n", headers={"Content-Type": "text/csv"})
    assert shop.get("/two?a=eq.205").json()[0]["note"] == long
    mixed = [{"a": 203, "b": 1}, {"a": 203, "b": 2, "note": "x"}]
    assert shop.post("/two", json=mixed).json()["code"] == "PGRST102"
    filled = shop.post("/two", json=mixed, headers=wish("missing=default"))
    assert [row["note"] for row in filled.json()] == ["nothing", "x"]
    nulls = shop.post("/two?columns=a,b,note", json=[{"a": 204, "b": 1}], headers=SHOW)
    assert nulls.json() == [{"a": 204, "b": 1, "note": None}]
    exact = shop.post(
        "/person?select=wage,data",
        content='{"name": "Big", "wage": 12345678.10, "data": 0.12345678901234567890}',
        headers=SHOW,
    )
    assert exact.text == '[{"wage":12345678.10,"data":0.12345678901234567890}]'


def test_many_defaults(shop: httpx.Client, web_database: Database) -> None:
    """More of them than a function of PostgreSQL takes arguments for."""
    names = [f"n{n}" for n in range(80)]
    with web_database.connect() as conn:
        columns = ", ".join(f"{name} integer default 7" for name in names)
        conn.execute(f"create table shop.wide (id integer primary key, {columns})".encode())
        conn.execute("grant select, insert on shop.wide to web_ann")
    made = shop.post(
        f"/wide?columns=id,{','.join(names)}&select=n1,n2,n79",
        json=[{"id": 1, "n1": 5, "n2": None}],
        headers=wish("missing=default"),
    )
    assert made.json() == [{"n1": 5, "n2": None, "n79": 7}]


@pytest.mark.parametrize(
    ("path", "body", "media", "status", "code"),
    [
        ("/two", b"{", "application/json", 400, "PGRST102"),
        ("/two", b"", "application/json", 400, "PGRST102"),
        ("/two", b"[1]", "application/json", 400, "PGRST102"),
        ("/two", b'{"a": NaN}', "application/json", 400, "PGRST102"),
        ("/two", b"a,b\n1\n", "text/csv", 400, "PGRST102"),
        ("/two", b"\xff", "text/csv", 400, "PGRST102"),
        ("/two", b"x", "image/png", 415, "PGRST107"),
        ("/two", b'{"a": "x", "b": 1}', "application/json", 400, "22P02"),
        ("/two", b'{"a": 1, "b": 1}', "application/json", 409, "23505"),
        ("/two", b'{"a": 1}', "application/json", 400, "23502"),
        ("/two", b'{"nope": 1}', "application/json", 400, "PGRST204"),
        ("/two?columns=nope", b'{"a": 1}', "application/json", 400, "PGRST204"),
        ("/badge", b'{"person_id": 999, "number": "x"}', "application/json", 409, "23503"),
        ("/person", b'{"name": "x\\u0000"}', "application/json", 400, "22P05"),
        ("/two", b'{"\\ud800": 1}', "application/json", 400, "PGRST204"),
        ("/rpc/add", b'{"\\ud800": 1}', "application/json", 404, "PGRST202"),
        ("/two", '{"a": 1}'.encode("utf-16"), "application/json", 400, "PGRST102"),
    ],
)  # fmt: skip
def test_refused_bodies(
    shop: httpx.Client, path: str, body: bytes, media: str, status: int, code: str
) -> None:
    """What cannot be read or stored is the sender's to mend."""
    answer = shop.post(path, content=body, headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_update(shop: httpx.Client) -> None:
    """The rows that the filters find; others stay."""
    shop.post("/two", json=[{"a": 300, "b": n, "note": "x"} for n in range(4)])
    changed = shop.patch("/two?a=eq.300&b=lt.2&order=b", json={"note": "y"}, headers=SHOW)
    assert (changed.status_code, [r["b"] for r in changed.json()]) == (200, [0, 1])
    assert changed.headers["Content-Range"] == "0-1/*"
    bare = shop.patch("/two?a=eq.300&b=eq.2", json={"note": "z"}, headers={"Prefer": "count=exact"})
    assert (bare.status_code, bare.headers["Content-Range"]) == (204, "0-0/1")
    notes = [r["note"] for r in shop.get("/two?a=eq.300&order=b").json()]
    assert notes == ["y", "y", "z", "x"]
    assert shop.patch("/two?a=eq.300", json={}, headers=SHOW).json() == []
    limited = shop.patch("/two?a=eq.300&order=b.desc&limit=1", json={"note": "last"}, headers=SHOW)
    assert limited.json() == [{"a": 300, "b": 3, "note": "last"}]
    assert shop.patch("/two?a=eq.300&limit=1", json={"note": "q"}).json()["code"] == "PGRST109"
    related = shop.patch(
        "/project?id=eq.2&select=name,client(name)", json={"started": None}, headers=SHOW
    )
    assert related.json() == [{"name": "Tunnel", "client": {"name": "Acme"}}]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("PATCH", "/client?select=id,project(id)&project=is.null", "PGRST127"),
        ("DELETE", "/client?select=id,project(id)&id=eq.360&project=not.is.null", "PGRST127"),
        ("DELETE", "/client?select=id,project(id)&or=(id.eq.360,project.is.null)", "PGRST127"),
        ("PATCH", "/client?id=gte.360&offset=1", "PGRST109"),
        ("DELETE", "/client?id=gte.360&offset=1", "PGRST109"),
    ],
)
def test_no_condition_is_dropped(shop: httpx.Client, method: str, path: str, code: str) -> None:
    """What cannot be a condition of a write is refused: without it more rows would be written."""
    before = shop.get("/client?order=id").json()
    answer = shop.request(method, path, json={"name": "lost"} if method == "PATCH" else None)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert shop.get("/client?order=id").json() == before


def test_offset_of_a_write(shop: httpx.Client) -> None:
    """Counts as in a read, with a limit or without."""
    shop.post("/two", json=[{"a": 360, "b": n} for n in range(5)])
    shop.delete("/two?a=eq.360&order=b&offset=1&limit=1")
    assert [r["b"] for r in shop.get("/two?a=eq.360&order=b").json()] == [0, 2, 3, 4]
    shop.delete("/two?a=eq.360&order=b&offset=2")
    assert [r["b"] for r in shop.get("/two?a=eq.360&order=b").json()] == [0, 2]


def test_singular_and_max_affected_undo(shop: httpx.Client) -> None:
    """When the answer is refused, nothing has happened."""
    shop.post("/two", json=[{"a": 310, "b": n, "note": "x"} for n in range(3)])
    refused = shop.patch("/two?a=eq.310", json={"note": "y"}, headers={**SHOW, "Accept": OBJECT})
    assert (refused.status_code, refused.json()["code"]) == (406, "PGRST116")
    most = {"Prefer": "handling=strict, max-affected=2"}
    refused = shop.delete("/two?a=eq.310", headers=most)
    assert refused.json()["details"] == "The query affects 3 rows"
    assert refused.json()["code"] == "PGRST124"
    assert [r["note"] for r in shop.get("/two?a=eq.310").json()] == ["x", "x", "x"]
    assert shop.delete("/two?a=eq.310&b=gt.0", headers=most).status_code == 204


def test_upsert(shop: httpx.Client) -> None:
    """Merge or ignore by the primary key, or the columns named."""
    merge = wish("resolution=merge-duplicates")
    shop.post("/two", json={"a": 320, "b": 1, "note": "old"})
    rows = [{"a": 320, "b": 1, "note": "new"}, {"a": 320, "b": 2, "note": "two"}]
    assert shop.post("/two", json=rows, headers=merge).json() == rows
    ignored = shop.post("/two", json=rows[:1], headers=wish("resolution=ignore-duplicates"))
    assert (ignored.status_code, ignored.json()) == (201, [])
    by_name = {"name": "Upsert", "wage": 1}
    shop.post("/person", json=by_name)
    again = shop.post(
        "/person?on_conflict=name&select=name,wage",
        json={"name": "Upsert", "wage": 2},
        headers=merge,
    )
    assert again.json() == [{"name": "Upsert", "wage": 2.00}]
    wrong = shop.post("/person?on_conflict=born", json=by_name, headers=merge)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "42P10")


def test_put(shop: httpx.Client) -> None:
    """One record by its key, new or not."""
    path = "/client?id=eq.330"
    assert shop.put(path, json={"id": 330, "name": "new"}).status_code == 204
    assert shop.put(path, json={"id": 330, "name": "newer"}, headers=SHOW).json() == [
        {"id": 330, "name": "newer", "referrer": None}
    ]
    for refused, body, code in (
        (path, {"id": 331, "name": "x"}, "PGRST115"),
        (path, {"name": "x"}, "PGRST115"),
        ("/client?id=gt.330", {"id": 330, "name": "x"}, "PGRST105"),
        ("/client?id=eq.330&name=eq.x", {"id": 330, "name": "x"}, "PGRST105"),
        (f"{path}&limit=1", {"id": 330, "name": "x"}, "PGRST114"),
    ):
        assert shop.put(refused, json=body).json()["code"] == code
    assert shop.get(path).json()[0]["name"] == "newer"
    alone = {"a": 330, "b": 1}
    for _ in range(2):  # new, and there already: a record may be its key alone
        answer = shop.put("/two?a=eq.330&b=eq.1", json=alone, headers=SHOW)
        assert (answer.status_code, answer.json()) == (200, [{**alone, "note": "nothing"}])
    merged = shop.post("/two", json=alone, headers=wish("resolution=merge-duplicates"))
    assert merged.json() == [{**alone, "note": "nothing"}]


def test_delete(shop: httpx.Client) -> None:
    """With what was there, or without."""
    shop.post("/two", json=[{"a": 340, "b": 1}, {"a": 340, "b": 2}])
    gone = shop.delete("/two?a=eq.340&b=eq.1", headers=wish("count=exact"))
    assert (gone.status_code, gone.json()) == (200, [{"a": 340, "b": 1, "note": "nothing"}])
    assert gone.headers["Content-Range"] == "*/1"
    assert shop.delete("/two?a=eq.340").status_code == 204
    assert shop.get("/two?a=eq.340").json() == []


def test_classes(ann: httpx.Client) -> None:
    """Insert, change, delete by code; the account and the source are recorded, rules run."""
    [row] = ann.post(
        "/helpdesk_ticket?select=id,number,creator,created_source,status",
        json={"subject": "By HTTP", "channel": "web", "customer": 1, "customer__text": "ignored"},
        headers=SHOW,
    ).json()
    assert (row["creator"], row["created_source"], row["status"]) == ("web_ann", "web", "new")
    assert row["number"].startswith("T0")
    path = f"/helpdesk_ticket?id=eq.{row['id']}"
    [changed] = ann.patch(path, json={"status": "open"}, headers=SHOW).json()
    assert (changed["version"], changed["modified_source"], changed["subject"]) == (
        2,
        "web",
        "By HTTP",
    )
    refused = ann.patch(path, json={"status": "nonsense"})
    assert (refused.status_code, refused.json()["code"]) == (400, "PG210")
    assert "must be one of new, open" in refused.json()["message"]
    assert ann.delete(path).status_code == 204
    assert ann.get(path).json() == []
    [deleted] = ann.get(
        f"/helpdesk_ticket_all?id=eq.{row['id']}&select=deleter,deleted_source"
    ).json()
    assert deleted == {"deleter": "web_ann", "deleted_source": "web"}
    refused = ann.post("/helpdesk_ticket_all", json={"subject": "x"})
    assert (refused.status_code, refused.json()["code"]) == (405, "PG610")


def test_upsert_of_a_class(ann: httpx.Client) -> None:
    """By its natural key among rows that are not deleted."""
    merge = wish("resolution=merge-duplicates")
    path = "/helpdesk_customer?select=id,name,version"
    body = {"name": "First", "email": "upsert@example.org"}
    [first] = ann.post(path, json=body, headers=merge).json()
    [second] = ann.post(path, json={**body, "name": "Second"}, headers=merge).json()
    assert (second["id"], second["name"], second["version"]) == (first["id"], "Second", 2)
    ann.delete("/helpdesk_customer?email=eq.upsert@example.org")
    [third] = ann.post(path, json=body, headers=merge).json()
    assert third["id"] != first["id"]
    unclear = ann.post("/helpdesk_customer", json={"name": "x"}, headers=merge)
    assert (unclear.status_code, unclear.json()["code"]) == (400, "PG609")
    assert unclear.json()["details"] == "Natural keys: (email)."
    put = ann.put(
        "/helpdesk_customer?email=eq.put@example.org&select=name",
        json={"name": "Put", "email": "put@example.org"},
        headers=SHOW,
    )
    assert put.json() == [{"name": "Put"}]


def test_on_error_continue(ann: httpx.Client, shop: httpx.Client) -> None:
    """Each record has a result of its own; good ones are in, bad ones say why."""
    records = [
        {"name": "Good", "email": "each1@example.org"},
        {"name": "Bad", "email": "BAD"},
        {"name": "Again", "email": "each1@example.org"},
        {"name": "Good too", "email": "each2@example.org", "city": "Brno"},
        {"nope": 1},
    ]
    answer = ann.post(
        "/helpdesk_customer?select=name,city", json=records, headers=wish("on-error=continue")
    )
    assert answer.status_code == 207
    body = answer.json()
    assert (body["done"], body["failed"]) == (2, 3)
    assert [result["status"] for result in body["results"]] == [201, 400, 409, 201, 400]
    assert body["results"][0]["record"] == {"name": "Good", "city": None}
    assert body["results"][1]["error"]["code"] == "PG210"
    assert "is not an e-mail address" in body["results"][1]["error"]["message"]
    assert body["results"][2]["error"] == {
        "code": "23505",
        "details": None,
        "hint": "Change that record, or write other values.",
        "message": "helpdesk.customer: there is a row with this email already",
    }
    assert body["results"][4]["error"]["code"] == "PGRST204"
    assert len(ann.get("/helpdesk_customer?email=like.each*").json()) == 2
    half = shop.post("/two", content=b'[{"\\ud800": 1}]', headers={"Prefer": "on-error=continue"})
    assert half.json()["results"][0]["error"]["code"] == "PGRST204"
    fine = shop.post("/two", json=[{"a": 350, "b": 1}], headers={"Prefer": "on-error=continue"})
    assert (fine.status_code, fine.json()["results"]) == (201, [{"position": 0, "status": 201}])
    precise = '[{"name": "P1", "wage": 1.10}, {"name": "P2", "data": 0.12345678901234567890}]'
    kept = shop.post("/person?select=data", content=precise, headers=wish("on-error=continue"))
    assert "0.12345678901234567890" in shop.get("/person?select=data&name=eq.P2").text, kept.text


def test_keys_and_references_are_told_by_code(ann: httpx.Client) -> None:
    """Not by the ids in the names of constraints: with one record, checked, and with a key."""
    known = {"name": "Twin", "email": "c1@example.org"}
    for headers in ({}, wish("handling=strict"), {"Idempotency-Key": "twin"}):
        refused = ann.post("/helpdesk_customer", json=known, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "23505"), refused.text
        assert "there is a row with this email already" in refused.json()["message"]
    lost = ann.post("/helpdesk_ticket", json={"subject": "x", "customer": 999_999})
    assert (lost.status_code, lost.json()["code"]) == (409, "23503"), lost.text
    assert lost.json()["message"] == (
        "helpdesk.ticket: customer has to refer to a row that is there"
    )


def test_idempotency_key(ann: httpx.Client, web: WebServer) -> None:
    """A repeated POST gets the stored answer; a refusal may be tried again."""
    headers = {**SHOW, "Idempotency-Key": "order-1"}
    body = {"subject": "Once", "channel": "web"}
    first = ann.post("/helpdesk_ticket", json=body, headers=headers)
    second = ann.post("/helpdesk_ticket", json=body, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(ann.get("/helpdesk_ticket?subject=eq.Once").json()) == 1
    other = ann.post("/helpdesk_ticket", json={"subject": "Other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "PG605")
    for more in ({"Prefer": "return=minimal"}, {"Accept": "text/csv"}, {"Content-Profile": "shop"}):
        other = ann.post("/helpdesk_ticket", json=body, headers={**headers, **more})
        assert other.status_code in (404, 409), more  # not there, or another request
    bad = {**SHOW, "Idempotency-Key": "order-2"}
    assert ann.post("/helpdesk_ticket", json={"priority": 9}, headers=bad).status_code == 400
    assert ann.post("/helpdesk_ticket", json={"priority": 4}, headers=bad).status_code == 201
    for key in ("", "x" * 256, "\x7f"):
        refused = ann.post("/helpdesk_ticket", json=body, headers={"Idempotency-Key": key})
        assert refused.json()["code"] == "PG604"


def test_parallel_repeats_are_one(web: WebServer) -> None:
    """Who repeats while the first one runs waits for its answer."""
    headers = {**SHOW, "Idempotency-Key": "parallel", "Content-Profile": "shop"}
    found: list[tuple[int, str]] = []

    def send() -> None:
        client = web.client("web_ann")
        answer = client.post("/person?select=id", json={"name": "Once"}, headers=headers)
        found.append((answer.status_code, answer.text))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert found[0][0] == 201


@pytest.fixture
def undoing(own_web_database: Database, tmp_path: Path) -> Iterator[WebServer]:
    """A server that rolls back unless told otherwise."""
    with serving(own_web_database, tmp_path, web_tx_end="rollback-allow-override") as served:
        yield served


def test_end_of_transactions(undoing: WebServer) -> None:
    """PGEARS_WEB_TX_END and Prefer: tx= decide what stays."""
    client = undoing.client("web_ann", **{"Content-Profile": "shop", "Accept-Profile": "shop"})
    gone = client.post("/client", json={"id": 90, "name": "x"}, headers=SHOW)
    assert (gone.status_code, gone.json()[0]["id"]) == (201, 90)
    assert client.get("/client?id=eq.90").json() == []
    kept = client.post("/client", json={"id": 90, "name": "x"}, headers=wish("tx=commit"))
    assert "tx=commit" in kept.headers["Preference-Applied"]
    assert len(client.get("/client?id=eq.90").json()) == 1
    each = client.post(
        "/client", json=[{"id": 91, "name": "y"}], headers={"Prefer": "on-error=continue"}
    )
    assert each.status_code == 201
    assert client.get("/client?id=eq.91").json() == []
