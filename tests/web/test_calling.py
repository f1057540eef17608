"""/rpc over HTTP: arguments, results, settings that functions read and set."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


@pytest.mark.parametrize(
    ("method", "path", "body", "result"),
    [
        ("GET", "add?a=1&b=5", None, 6),
        ("GET", "add?a=1", None, 2),
        ("POST", "add", {"a": 3}, 4),
        ("POST", "add", {"b": 3, "a": 3}, 6),
        ("GET", "sum_of?n=1&n=2", None, 3),
        ("GET", "sum_of?n=7", None, 7),
        ("POST", "sum_of", {"n": [1, 2, 3]}, 6),
        ("POST", "keys", {"x": 1, "y": 2}, ["x", "y"]),
        ("GET", "over?a=1", None, "a1"),
        ("GET", "over?b=1", None, "b1"),
        ("GET", "pair", None, {"x": 1, "y": "one"}),
        (
            "POST",
            "make_client",
            {"id": 400, "name": "By call"},
            {"id": 400, "name": "By call", "referrer": None},
        ),
        (
            "GET",
            "all_people?select=name,badge(number)&id=eq.2",
            None,
            [{"name": "Bob", "badge": {"number": "B-2"}}],
        ),
        ("POST", "all_people?select=id&id=lt.5&order=id.desc&limit=2", {}, [{"id": 4}, {"id": 3}]),
    ],
)  # fmt: skip
def test_results(shop: httpx.Client, method: str, path: str, body: Any, result: Any) -> None:
    """Scalars, rows and sets of both, by GET and POST."""
    sent = None if body is None else body
    answer = shop.request(method, f"/rpc/{path}", json=sent)
    assert (answer.status_code, answer.json()) == (200, result), answer.text


def test_bodies_as_one_argument(shop: httpx.Client) -> None:
    """A single unnamed parameter takes the whole body: json, text, bytes; forms have names."""
    plain = {"Content-Type": "text/plain"}
    assert shop.post("/rpc/shout", content="hello", headers=plain).json() == "HELLO"
    texts = {**plain, "Accept": "text/plain"}
    assert shop.post("/rpc/shout", content="hello", headers=texts).text == "HELLO"
    octets = {"Content-Type": "application/octet-stream"}
    assert shop.post("/rpc/length", content=b"\x00\xff\x00", headers=octets).json() == 3
    picture = shop.get("/rpc/picture", headers={"Accept": "application/octet-stream"})
    assert picture.content == b"\x89PNG"
    assert shop.post("/rpc/add", data={"a": "4", "b": "4"}).json() == 8


def test_ranges_of_rows(shop: httpx.Client) -> None:
    """Rows of a function have ranges, counts, CSV and single objects as those of a table."""
    counted = shop.get(
        "/rpc/all_people?select=id&id=lt.5&limit=1", headers={"Prefer": "count=exact"}
    )
    assert (counted.status_code, counted.headers["Content-Range"]) == (206, "0-0/4")
    text = shop.get("/rpc/all_people?select=name&id=eq.1", headers={"Accept": "text/csv"}).text
    assert text == "name\nAda"
    one = {"Accept": "application/vnd.pgrst.object+json"}
    assert shop.get("/rpc/all_people?select=name&id=eq.1", headers=one).json() == {"name": "Ada"}
    assert shop.get("/rpc/all_people", headers=one).json()["code"] == "PGRST116"


def test_void(shop: httpx.Client) -> None:
    """204 and nothing."""
    answer = shop.post("/rpc/nothing")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "nope", None, 404, "PGRST202"),
        ("GET", "add?c=1", None, 404, "PGRST202"),
        ("GET", "add?a=x", None, 400, "22P02"),
        ("POST", "add", {"a": 1, "z": 1}, 404, "PGRST202"),
        ("GET", "make_client?id=1&name=x", None, 405, "PGRST101"),
        ("PATCH", "add", {"a": 1}, 405, "PGRST101"),
        ("POST", "fail", {"code": "PT402", "message": "pay"}, 402, "PT402"),
        ("POST", "fail", {"code": "P0001", "message": "no"}, 400, "P0001"),
        ("POST", "fail", {"code": "40001", "message": "again"}, 409, "40001"),
        ("POST", "fail", {"code": "PG504", "message": "refused"}, 400, "PG504"),
        ("POST", "fail", {"code": "PG106", "message": "none"}, 404, "PG106"),
    ],
)
def test_refusals(
    shop: httpx.Client, method: str, path: str, body: Any, status: int, code: str
) -> None:
    """Unknown functions, wrong arguments, errors that functions raise."""
    answer = shop.request(method, f"/rpc/{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if path == "fail":
        assert (answer.json()["details"], answer.json()["hint"]) == ("the detail", "the hint")


def test_what_functions_are_told(shop: httpx.Client) -> None:
    """Role, claims, method, path, headers, cookies, zone and language as PostgREST sets them."""
    told = shop.post(
        "/rpc/tell",
        json={},
        headers={
            "Cookie": "a=b; c=d",
            "X-Own": "yes",
            "Prefer": "timezone=Asia/Tokyo",
            "Accept-Language": "de-AT,de;q=0.9",
        },
    ).json()
    assert told["role"] == "web_ann"
    assert told["claims"]["role"] == "web_ann"
    assert (told["method"], told["path"]) == ("POST", "/rpc/tell")
    assert told["headers"]["x-own"] == "yes"
    assert told["cookies"] == {"a": "b", "c": "d"}
    assert (told["timezone"], told["language"]) == ("Asia/Tokyo", "de-AT")
    assert (told["source"], told["read_only"]) == ("web", "off")


def test_what_functions_set(shop: httpx.Client) -> None:
    """response.status and response.headers."""
    answer = shop.post("/rpc/teapot")
    assert (answer.status_code, answer.json()) == (418, "short and stout")
    assert answer.headers["X-Tea"] == "green"


def test_nothing_is_left_in_the_session(shop: httpx.Client, web: Any) -> None:
    """Role, claims and the source end with the transaction that had them."""
    for _ in range(8):
        shop.post("/rpc/tell", json={})
    guest = web.client(None, **{"Content-Profile": "shop"}).post("/rpc/tell", json={}).json()
    assert guest["role"] == "web_guest"
    assert guest["claims"] == {"role": "web_guest"}


def test_functions_of_pgears(ann: httpx.Client) -> None:
    """What api has is called by those who may."""
    answer = ann.post("/rpc/raise_event", json={"code": "x"})
    assert answer.status_code in (200, 403)
    assert ann.get("/rpc/my_tasks").status_code in (200, 403)
