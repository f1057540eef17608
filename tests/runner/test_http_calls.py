"""J06: calls of other systems by real HTTP, with everything that they answer or do not."""

# ruff: noqa: E501
from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks

from runner import errors
from runner.http_out import HANDLERS
from runner.tasks import SETTLED
from tests.peers.target import Reply, Target, target

from .http_parts import Calls, services
from .mail_parts import claim


def test_call_arrives_as_it_was_written(calls: Calls, other: Target) -> None:
    calls.define(headers={"X-From": "pgears", "x-both": "target"})
    other.answer(Reply(201, b'{"id": 7}', {"content-type": "application/json"}))
    id = calls.send("/orders?q=1", json={"number": "Ž1"}, headers={"X-Both": "call"})
    calls.work()
    assert calls.call(id) | {"status": 201, "attempts": 1, "error": None} == calls.call(id)
    assert calls.state(id) == "done"
    (request,) = other.got
    assert (request.method, request.path) == ("POST", "/orders?q=1")
    assert json.loads(request.body) == {"number": "Ž1"}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-from"] == "pgears"
    assert request.headers["x-both"] == "call"
    assert request.headers["idempotency-key"] == calls.call(id)["key"]
    answer = calls.one("select http.answer(%s)", id)
    assert (answer["status"], answer["body"], answer["truncated"]) == (201, {"id": 7}, False)
    assert answer["headers"]["content-type"] == "application/json"


def test_states_by_what_was_answered(calls: Calls, other: Target) -> None:
    for reply, state in (
        (200, "done"),
        (204, "done"),
        (301, "refused"),
        (400, "refused"),
        (404, "refused"),
        (408, "retrying"),
        (425, "retrying"),
        (429, "retrying"),
        (500, "retrying"),
        (503, "retrying"),
        (Reply(drop="before"), "unknown"),
        (Reply(body=b"x" * 1000, drop="middle"), "unknown"),
    ):
        calls.define(breaker_failures=0)
        other.answer(reply)
        id = calls.send()
        calls.work()
        assert (reply, calls.state(id)) == (reply, state)
        if state == "retrying":
            calls.conn.execute("select http.cancel(%s)", (id,))


def test_connection_refused_is_tried_again(calls: Calls) -> None:
    calls.define(url="http://127.0.0.1:1", attempts=2)
    id = calls.send()
    calls.work()
    assert calls.state(id) == "retrying"
    calls.pass_time()
    calls.work()
    assert calls.state(id) == "dead"
    assert "ConnectError" in calls.call(id)["error"]


def test_bodies(calls: Calls, other: Target) -> None:
    for given, body, kind in (
        ({"text": "Ahoj ž"}, "Ahoj ž".encode(), "text/plain; charset=utf-8"),
        ({"form": {"a b": "1&2", "c": "ž"}}, b"a%20b=1%262&c=%C5%BE", "application/x-www-form-urlencoded"),
        ({"bytes": b"\x00\xff", "content_type": "image/x"}, b"\x00\xff", "image/x"),
        ({"method": "PUT"}, b"", None),
    ):  # fmt: skip
        id = calls.send("", **given)
        calls.work()
        assert calls.state(id) == "done"
        assert other.got[-1].path == "/"
        assert (other.got[-1].body, other.got[-1].headers.get("content-type")) == (body, kind)
    assert other.got[-1].method == "PUT"


@pytest.mark.parametrize(
    ("path", "more", "error"),
    [
        ("orders", {}, errors.BadCall),
        ("@evil.example/", {}, errors.BadCall),
        ("/a/../b", {}, errors.BadCall),
        ("/a/%2E./b", {}, errors.BadCall),
        ("/a b", {}, errors.BadCall),
        ("/a", {"text": "x", "json": {}}, errors.BadCall),
        ("/a", {"method": "BREW"}, errors.BadCall),
        ("/a", {"headers": {"Host": "evil.example"}}, errors.BadCall),
        ("/a", {"headers": {"webhook-signature": "v1,x"}}, errors.BadCall),
        ("/a", {"headers": {"X-A": "a\r\nX-B: b"}}, errors.BadCall),
        ("/a", {"headers": {"X A": "a"}}, errors.BadCall),
        ("/a", {"content_type": "text/plain\nX: y", "text": "x"}, errors.BadCall),
        ("/a", {"key": "ž"}, errors.BadCall),
        ("/a", {"headers": ["X"]}, errors.BadCall),
        ("/a", {"form": ["X"]}, errors.BadCall),
        ("/a", {"target": "nobody"}, errors.NoSuchTarget),
        ("/a", {"text": "x" * 101}, errors.BodyTooLarge),
    ],
)
def test_calls_that_cannot_be_made(
    calls: Calls, path: str, more: dict[str, Any], error: type[Exception]
) -> None:
    calls.define(max_body=100)
    with pytest.raises(error):
        calls.send(path, **more)


@pytest.mark.parametrize(
    ("definition", "detail"),
    [
        ({"url": "ftp://a.example"}, "$.url"),
        ({"url": "https://user:pass@a.example"}, "$.url"),
        ({"url": "https://a.example?x=1"}, "$.url"),
        ({"url": "https://a.example/../b"}, "$.url"),
        ({"urls": {"production": "https://b.example"}}, "$.urls.production"),
        ({"urls": {"test": "b.example"}}, "$.urls.test"),
        ({"auth": "bearer"}, "$.auth"),
        ({"auth": "oauth2", "secret": "env:X"}, "$.auth"),
        ({"auth": "bearer", "secret": "the-token-itself"}, "$.secret"),
        ({"signing_secrets": ["whsec_abc"]}, "$.signing_secrets"),
        ({"headers": {"Content-Length": "3"}}, "$.headers"),
        ({"timeout": "1 hour"}, "$.timeout"),
        ({"backoff": "soon"}, "$.backoff"),
        ({"attempts": 0}, "$.attempts"),
        ({"max_response": 99999999}, "$.max_response"),
        ({"allow": ["10.0.0.0/99"]}, "$.allow"),
        ({"allow": ["a b"]}, "$.allow"),
    ],
)
def test_targets_that_cannot_be(calls: Calls, definition: dict[str, Any], detail: str) -> None:
    with pytest.raises(errors.BadTarget) as refused:
        calls.define(**definition)
    assert refused.value.diag.message_detail == detail


def test_key_is_one_call(calls: Calls, other: Target) -> None:
    first, again = (calls.send(key="order-7", json={}) for _ in range(2))
    assert first == again
    calls.work(turns=2)
    assert other.keys() == ["order-7"]


def test_signature_of_standard_webhooks(
    calls: Calls, other: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked by the library that receivers use; while keys change, either of two will do."""
    keys = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
    monkeypatch.setenv("OLD_KEY", keys[0])
    monkeypatch.setenv("NEW_KEY", keys[1])
    calls.define(signing_secrets=["env:OLD_KEY", "env:NEW_KEY"])
    calls.send(json={"type": "order.paid", "data": {"ž": [1, None]}})
    other.answer(500)
    calls.work()
    calls.pass_time()
    calls.work()
    for request in other.got:
        for key in keys:
            assert standardwebhooks.Webhook(key).verify(request.body, dict(request.headers)) == {
                "type": "order.paid", "data": {"ž": [1, None]},
            }  # fmt: skip
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(keys[0]).verify(request.body + b" ", dict(request.headers))
    assert other.got[0].headers["webhook-id"] == other.got[1].headers["webhook-id"]
    assert {r.headers["webhook-id"] for r in other.got} == set(other.keys())


def test_ways_of_authentication(
    calls: Calls, other: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ERP_SECRET", "s3:cret")
    for definition, header, value in (
        ({"auth": "basic", "login": "pg", "secret": "env:ERP_SECRET"}, "authorization", "Basic cGc6czM6Y3JldA=="),
        ({"auth": "bearer", "secret": "env:ERP_SECRET"}, "authorization", "Bearer s3:cret"),
        ({"auth": "api_key", "secret": "env:ERP_SECRET"}, "x-api-key", "s3:cret"),
        ({"auth": "api_key", "secret": "env:ERP_SECRET", "api_key_header": "Key"}, "key", "s3:cret"),
    ):  # fmt: skip
        calls.define(**definition, headers={header.title(): "mine"})
        calls.send(headers={header.upper(): "mine too"})
        calls.work()
        assert other.got[-1].headers[header] == value

    calls.define(auth="bearer", secret="env:NOT_THERE")
    id = calls.send()
    calls.work()
    assert (calls.state(id), len(other.got)) == ("retrying", 4)
    assert "NOT_THERE is not set" in calls.call(id)["error"]
    monkeypatch.setenv("NOT_THERE", "now")
    calls.pass_time()
    calls.work()
    assert calls.state(id) == "done"
    stored = calls.one("select string_agg(c::text, '') from http.call as c")
    assert "s3:cret" not in stored


def test_client_credentials(calls: Calls, other: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token serves many calls; one that is refused is asked for anew."""
    monkeypatch.setenv("CLIENT", "secret")
    calls.define(
        auth="oauth2",
        token_url=f"{other.url}/token",
        client_id="pg",
        secret="env:CLIENT",
        scope="a",
    )
    token = {"content-type": "application/json"}
    other.answer(Reply(200, b'{"access_token": "t1", "expires_in": 3600}', token), 200, 401)
    ids = [calls.send() for _ in range(2)]
    calls.work()
    assert [request.path for request in other.got] == ["/token", "/orders", "/orders"]
    assert sorted(calls.state(id) for id in ids) == ["done", "refused"]
    assert b"grant_type=client_credentials" in other.got[0].body
    assert b"client_secret=secret" in other.got[0].body
    assert other.got[1].headers["authorization"] == "Bearer t1"
    other.answer(Reply(401, b'{"error": "invalid_client"}', token))
    id = calls.send()
    calls.work()
    assert calls.state(id) == "retrying"
    assert "invalid_client" in calls.call(id)["error"]


def test_waits_between_attempts(calls: Calls, other: Target) -> None:
    """The wait doubles up to its end, half of it chance; Retry-After comes first."""
    calls.define(backoff="8 seconds", backoff_most="20 seconds", attempts=5, breaker_failures=0)
    id = calls.send()

    def wait() -> float:
        calls.work()
        return float(
            calls.one("select extract(epoch from due - core.now()) from queue.task where kind = 'http.call'")
        )  # fmt: skip

    other.answer(500, 500, 500, Reply(429, headers={"retry-after": "3600"}), 500)
    for least, most in ((3, 8), (7, 16), (9, 20), (3590, 3600)):
        assert least < wait() <= most
        calls.pass_time()
    calls.work()
    assert (calls.state(id), calls.call(id)["attempts"]) == ("dead", 5)
    assert calls.call(id)["error"] == "the target answered 500"
    assert len(set(other.keys())) == 1

    calls.conn.execute("select http.retry(%s)", (id,))
    calls.work()
    assert (calls.state(id), calls.call(id)["attempts"]) == ("done", 1)
    assert len(set(other.keys())) == 1


def test_retry_after_as_a_date(calls: Calls, other: Target) -> None:
    other.answer(Reply(503, headers={"retry-after": "Fri, 31 Dec 2199 23:59:59 GMT"}))
    calls.send()
    calls.work()
    due = "select due - core.now() between '23 hours' and '1 day' from queue.task"
    assert calls.one(due), "never longer than a day"


def test_unknown_waits_for_a_person_or_goes_by_the_key(calls: Calls, other: Target) -> None:
    other.answer(Reply(drop="before"))
    asked = calls.send()
    calls.work()
    calls.pass_time()
    calls.work()
    assert (calls.state(asked), len(other.got)) == ("unknown", 1)
    calls.conn.execute("select http.resolve(%s, 'done')", (asked,))
    assert calls.state(asked) == "done"

    other.answer(Reply(drop="before"))
    read = calls.send(method="GET")
    calls.work()
    assert calls.state(read) == "retrying", "reading twice harms nobody"
    calls.pass_time()
    calls.work()
    assert calls.state(read) == "done"

    calls.define(retry_unknown=True)
    other.answer(Reply(drop="middle"), Reply(delay=1))
    keyed = calls.send()
    calls.work()
    assert calls.state(keyed) == "retrying"
    assert "answered 200, then" in calls.call(keyed)["error"]
    calls.define(retry_unknown=True, timeout="300 milliseconds")
    calls.pass_time()
    calls.work()
    assert calls.call(keyed)["error"] == "time-out after 0.3 s"
    calls.pass_time()
    calls.work()
    assert calls.state(keyed) == "done"
    assert len(set(other.keys()[-3:])) == 1


def test_connections_are_kept(calls: Calls, other: Target) -> None:
    calls.define(max_parallel=1)
    for _ in range(5):
        calls.send(json={})
    calls.work(turns=5)
    assert len(other.got) == 5
    assert len({request.connection for request in other.got}) == 1
    assert other.most_at_once == 1


def test_cookies_are_not_kept(calls: Calls, other: Target) -> None:
    calls.define(max_parallel=1)
    other.answer(Reply(headers={"set-cookie": "session=1"}))
    ids = [calls.send(), calls.send()]
    calls.work(turns=2)
    assert "cookie" not in other.got[1].headers
    assert "set-cookie" not in calls.one("select http.answer(%s)", ids[0])["headers"]


def test_parallel_limit_parks_the_others(calls: Calls, other: Target) -> None:
    """What waits for room has no task: the queue is not asked for it again and again."""
    calls.define(max_parallel=3)
    ids = [calls.send(json={}) for _ in range(20)]
    other.replies.extend(Reply(delay=0.05) for _ in ids)
    assert calls.work() == 20
    assert other.most_at_once == 3
    while calls.work():
        pass
    assert {calls.state(id) for id in ids} == {"done"}
    assert len(set(other.keys())) == 20
    assert other.most_at_once == 3
    assert calls.one("select sum(attempts)::int from http.call_status") == 20


def test_a_call_behind_a_line_stands_in_it_at_once(calls: Calls, other: Target) -> None:
    """It has no task that a runner would claim only to park it."""
    calls.define(max_parallel=1)
    ids = [calls.send(json={}) for _ in range(5)]
    other.replies.extend(Reply(delay=0.05) for _ in ids)
    calls.work()
    tasks = "select count(*) from queue.task where kind = 'http.call'"
    waiting = calls.one(tasks)
    assert calls.one("select count(*) from http.call where parked") > 0
    last = calls.send(json={})
    assert calls.one(tasks) == waiting
    while calls.work():
        pass
    assert {calls.state(id) for id in [*ids, last]} == {"done"}
    assert len(set(other.keys())) == 6


def test_calls_per_minute(calls: Calls, other: Target) -> None:
    """Each call has a time of its own, a second behind the one before."""
    calls.define(per_minute=60)
    ids = [calls.send(json={}) for _ in range(5)]
    calls.work()
    assert len(other.got) < 5
    waiting = calls.one(
        "select array_agg(slot order by slot) from http.call where slot is not null"
    )
    assert {(later - slot).total_seconds() for slot, later in pairwise(waiting)} == {1}
    calls.pass_time("1 minute")
    calls.work()
    assert {calls.state(id) for id in ids} == {"done"}


def test_breaker(calls: Calls, other: Target) -> None:
    """Opens after failures in a row, lets one try after a pause, closes when that succeeds."""
    calls.define(breaker_failures=3, breaker_pause="10 minutes", attempts=4)
    other.answer(503, 503, 503)
    first = [calls.send(json={}) for _ in range(3)]
    calls.work()
    assert (calls.breaker(), len(other.got)) == ("open", 3)

    waiting = [calls.send(json={}) for _ in range(20)]
    calls.work(turns=3)
    calls.pass_time("1 minute")
    calls.work(turns=3)
    assert len(other.got) == 3, "nobody is called while it is open"
    assert {calls.call(id)["attempts"] for id in waiting} == {0}
    assert {calls.state(id) for id in waiting} == {"queued"}
    assert calls.one("select count(*) from queue.task where kind = 'http.call'") == 0

    calls.pass_time("10 minutes")
    assert calls.breaker() == "half-open"
    other.answer(503)
    calls.work(turns=3)
    assert (calls.breaker(), len(other.got)) == ("open", 4), "one has tried"

    calls.pass_time("11 minutes")
    calls.work(turns=10)
    assert calls.breaker() == "closed"
    calls.pass_time("2 hours")
    calls.work(turns=10)
    assert {calls.state(id) for id in first + waiting} == {"done"}
    assert calls.one("select failures from http.target_status") == 0


def test_long_line_costs_nothing(calls: Calls, other: Target) -> None:
    """While a breaker is open, looking after its line reads a handful of rows, however long it is."""
    calls.define(breaker_failures=1, breaker_pause="1 hour")
    other.answer(503)
    calls.send()
    calls.work()
    calls.conn.execute("select count(http.send('erp', '/x')) from generate_series(1, 3000)")
    calls.conn.execute("delete from queue.task")
    calls.conn.execute("update http.call set parked = true, task_id = null where settled is null")
    calls.conn.execute("vacuum analyze http.call")
    read = """
        select seq_tup_read + coalesce(idx_tup_fetch, 0)
        from pg_stat_xact_user_tables where relid = 'http.call'::regclass
    """
    with calls.conn.transaction():
        before = calls.one(read)
        assert calls.one("select http.wake()") == 0
        assert calls.one(read) - before < 20
    calls.pass_time("2 hours")
    with calls.conn.transaction():
        before = calls.one(read)
        assert calls.one("select http.wake()") == 1, "one tries"
        assert calls.one(read) - before < 20


def test_refusals_do_not_open_the_breaker(calls: Calls, other: Target) -> None:
    calls.define(breaker_failures=2, attempts=1)
    other.answer(*[404] * 5, *[429] * 3)
    for _ in range(8):
        calls.send()
    calls.work(turns=8)
    assert (calls.breaker(), len(other.got)) == ("closed", 8)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]",
        "[64:ff9b::a01:203]", "[2002:7f00:1::]", "100.64.0.1", "0.0.0.0", "224.0.0.1", "localhost",
        "2130706433", "0x7f.1", "192.0.0.8", "[fec0::1]", "[64:ff9b:1::7f00:1]",
        "[::ffff:0:127.0.0.1]",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(calls: Calls, other: Target, host: str) -> None:
    calls.define(url=f"http://{host}:{other.port}", allow=[])
    id = calls.send()
    calls.work()
    assert calls.state(id) == "refused"
    assert "is not public" in calls.call(id)["error"]
    assert other.got == []


def test_hosts_inside_can_be_allowed(calls: Calls, other: Target) -> None:
    for allow, state in (
        (["localhost"], "done"),
        (["127.0.0.0/8", "::1"], "done"),
        (["10.0.0.0/8"], "refused"),
    ):
        calls.define(url=f"http://localhost:{other.port}", allow=allow)
        id = calls.send()
        calls.work()
        assert calls.state(id) == state

    async def metadata(host: str, port: int) -> Sequence[str]:
        return ["169.254.169.254"]

    calls.define(url="http://inside.example", allow=["inside.example"])
    id = calls.send()
    calls.work(resolver=metadata)
    assert calls.state(id) == "refused", "a name never stands for link-local addresses"


def test_second_answer_of_the_name_server_changes_nothing(calls: Calls, other: Target) -> None:
    """DNS rebinding: a public address first, one of this host after. It is asked once."""
    asked: list[str] = []

    async def rebind(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) == 1 else ["127.0.0.1"]

    calls.define(
        url=f"http://evil.example:{other.port}", allow=["192.0.2.1"], timeout="500 milliseconds"
    )
    id = calls.send()
    calls.work(resolver=rebind)
    assert calls.state(id) == "retrying"
    assert (asked, other.got) == (["evil.example"], [])
    calls.pass_time()
    calls.work(resolver=rebind)
    assert (calls.state(id), other.got) == ("refused", [])

    async def mixed(host: str, port: int) -> Sequence[str]:
        return ["192.0.2.1", "127.0.0.1"]

    id = calls.send()
    calls.work(resolver=mixed)
    assert calls.state(id) == "refused", "one forbidden address is enough"


def test_certificates_are_checked_for_the_name(calls: Calls, tmp_path: Path) -> None:
    """The connection goes to an address that was judged, TLS is with the host that was named."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=erp.example", "-addext", "subjectAltName=DNS:erp.example",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    with target(context) as secure:
        for host, ca_file, state, error in (
            ("erp.example", certificate, "done", None),
            ("other.example", certificate, "retrying", "CERTIFICATE_VERIFY_FAILED"),
            ("erp.example", None, "retrying", "CERTIFICATE_VERIFY_FAILED"),
            ("erp.example", tmp_path / "none.pem", "retrying", "cannot be read"),
        ):
            given = {} if ca_file is None else {"ca_file": str(ca_file)}
            calls.define(url=f"https://{host}:{secure.port}", breaker_failures=0, **given)
            id = calls.send()
            calls.work(resolver=here)
            assert (calls.state(id), len(secure.got)) == (state, 1)
            assert error is None or error in calls.call(id)["error"]
            if state == "retrying":
                calls.conn.execute("select http.cancel(%s)", (id,))


@pytest.mark.parametrize("place", ["http://169.254.169.254/latest", "http://127.0.0.2:{port}/x"])
def test_redirections_are_judged(calls: Calls, other: Target, place: str) -> None:
    calls.define(redirects=3)
    other.answer(Reply(307, headers={"location": place.format(port=other.port)}))
    id = calls.send()
    calls.work()
    assert calls.state(id) == "refused"
    assert "is not public" in calls.call(id)["error"]
    assert len(other.got) == 1


def test_redirections_are_few_and_told_no_secrets(
    calls: Calls, other: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "t")
    monkeypatch.setenv("KEY", "whsec_" + "c2VjcmV0" * 4)
    with target() as second:
        calls.define(
            redirects=2,
            auth="api_key",
            secret="env:TOKEN",
            signing_secrets=["env:KEY"],
            headers={"X-Tenant": "ours", "Accept-Language": "cs"},
        )
        other.answer(Reply(308, headers={"location": "/new"}))
        other.answer(Reply(307, headers={"location": f"{second.url}/there"}))
        id = calls.send(json={"a": 1}, headers={"X-Session": "1"})
        calls.work()
        assert calls.state(id) == "done"
        assert [r.path for r in other.got + second.got] == ["/orders", "/new", "/there"]
        assert [r.body for r in other.got + second.got] == [b'{"a": 1}'] * 3
        secrets = {"x-api-key", "webhook-signature", "webhook-id", "x-tenant", "x-session"}
        assert secrets - other.got[1].headers.keys() == set()
        assert secrets & second.got[0].headers.keys() == set()
        for header in ("accept-language", "content-type"):
            assert second.got[0].headers[header] == other.got[0].headers[header]
        assert second.keys() == [calls.call(id)["key"]]

    other.answer(*[Reply(307, headers={"location": "/again"})] * 9)
    id = calls.send()
    calls.work()
    assert (calls.state(id), len(other.got)) == ("refused", 5)
    assert "redirection" in calls.call(id)["error"]


def test_answers_are_kept_up_to_a_size(calls: Calls, other: Target) -> None:
    calls.define(max_response=1000)
    huge = b"x" * 20_000_000
    bomb = gzip.compress(b"\0" * 500_000_000, 9)
    for reply, size, truncated in (
        (Reply(body=b"y" * 1000), 1000, False),
        (Reply(body=huge), 1000, True),
        (Reply(body=bomb, headers={"content-encoding": "gzip"}), 1000, True),
        (Reply(body=gzip.compress(b"small"), headers={"content-encoding": "gzip"}), 5, False),
    ):
        other.answer(reply)
        id = calls.send()
        calls.work()
        call = calls.call(id)
        assert (call["state"], call["response_bytes"], call["truncated"]) == (
            "done",
            size,
            truncated,
        )
    assert calls.one("select http.answer(%s)", id)["body"] == "small"
    other.answer(Reply(body=b"not gzip", headers={"content-encoding": "gzip"}))
    id = calls.send()
    calls.work()
    call = calls.call(id)
    assert (call["state"], call["response_bytes"], call["truncated"]) == ("done", 0, True)


def test_answers_that_are_no_text(calls: Calls, other: Target) -> None:
    for reply, body in (
        (Reply(body=b"\xff\x00", headers={"content-type": "image/png"}), None),
        (Reply(body=b"{broken", headers={"content-type": "application/json"}), "{broken"),
        (Reply(body=b'{"a": "\\u0000"}', headers={"content-type": "application/json"}), '{"a": "\\u0000"}'),
        (Reply(body=b'{"a": 1}', headers={"content-type": "application/problem+json"}), {"a": 1}),
        (Reply(body=b""), ""),
    ):  # fmt: skip
        other.answer(reply)
        id = calls.send()
        calls.work()
        assert calls.one("select http.answer(%s)", id)["body"] == body


def test_copy_calls_nobody(calls: Calls, other: Target) -> None:
    """G02: what production decided says nothing about a copy of it."""
    calls.conn.execute("select core.set_environment('production')")
    calls.conn.execute("select http.set_guard('deliver')")
    id = calls.send()
    calls.conn.execute("select core.set_environment('test')")
    calls.work(turns=2)
    assert (calls.state(id), other.got) == ("held", [])
    assert calls.call(id)["error"] == "held by the guard of the test environment"

    with target() as sandbox:
        calls.define(urls={"test": sandbox.url})
        own = calls.send()
        calls.work()
        assert (calls.state(own), len(sandbox.got), other.got) == ("done", 1, [])

    calls.define()
    calls.conn.execute("select http.set_guard('deliver')")
    assert calls.one("select http.release()") == 1
    calls.work()
    assert (calls.state(id), len(other.got)) == ("done", 1)


def test_switches(calls: Calls, other: Target) -> None:
    """G01: the integration switch holds marked targets; they go on when it is on again."""
    calls.define("free", integration=False)
    calls.conn.execute("select core.set_integration(false)")
    marked, free = calls.send(), calls.send(target="free")
    calls.work(turns=2)
    assert (calls.state(marked), calls.state(free)) == ("held", "done")
    calls.conn.execute("select core.set_integration(true)")
    calls.work(turns=2)
    assert calls.state(marked) == "done"

    calls.define(enabled=False)
    off = calls.send()
    calls.work(turns=2)
    assert calls.state(off) == "held"
    calls.define()
    calls.work(turns=2)
    assert calls.state(off) == "done"


def test_cancelled_and_pruned(calls: Calls, other: Target) -> None:
    id, done = calls.send(), calls.send()
    calls.conn.execute("select http.cancel(%s)", (id,))
    calls.work()
    assert (calls.state(id), len(other.got)) == ("cancelled", 1)
    with pytest.raises(errors.WrongCallState):
        calls.conn.execute("select http.cancel(%s)", (done,))
    with pytest.raises(errors.NoSuchCall):
        calls.conn.execute("select http.retry(0)")
    with pytest.raises(errors.BadCallSetting):
        calls.conn.execute("select http.set_guard('redirect')")
    calls.conn.execute("select http.set_retention('1 day', '1 day')")
    assert calls.one("select http.prune()") == 0
    calls.pass_time("2 days")
    assert calls.one("select http.prune()") == 2


def test_call_whose_task_is_gone(calls: Calls) -> None:
    """Cancelled or dead with its task; unknown where it may have been sent."""
    cancelled, dead, sent = (calls.send() for _ in range(3))
    task = "select task_id from http.call where id = %s"
    calls.conn.execute("select queue.cancel(%s)", (calls.one(task, cancelled),))
    for id, outcome in ((dead, "dead"), (sent, "done")):
        calls.conn.execute(
            "update queue.task set state = 'leased', token = gen_random_uuid() where id = %s",
            (calls.one(task, id),),
        )
        token = calls.one("select token from queue.task where id = %s", calls.one(task, id))
        if id == sent:
            calls.conn.execute(
                "select http.begin_call(%s, %s, %s)", (id, calls.one(task, id), token)
            )
        calls.conn.execute(
            "select queue.settle_one(%s, %s, %s, 'lost')", (calls.one(task, id), token, outcome)
        )
    assert calls.one("select http.sweep()") == 3
    assert [calls.state(id) for id in (cancelled, dead, sent)] == ["cancelled", "dead", "unknown"]
    assert calls.call(dead)["error"] == "lost"
    assert calls.one("select http.sweep()") == 0


def test_settling_without_the_lease_records_nothing(calls: Calls) -> None:
    id = calls.send()
    with pytest.raises(errors.CallTakenOver):
        calls.conn.execute(
            'select http.settle_call(%s, 1, gen_random_uuid(), \'{"outcome": "answered", "status": 200}\')',
            (id,),
        )
    assert calls.state(id) == "queued"


def test_dropped_target(calls: Calls, other: Target) -> None:
    id = calls.send()
    calls.conn.execute("select core.set_integration(true)")
    with pytest.raises(errors.InTheWay):
        calls.conn.execute("select http.drop_target(id) from http.target_status")
    calls.work()
    calls.conn.execute("select http.drop_target(id) from http.target_status")
    assert (calls.state(id), calls.call(id)["target"]) == ("done", "shop.erp")


def test_outcome_outlasts_a_lost_connection(calls: Calls, other: Target) -> None:
    """What the target answered is recorded over the next connection."""

    def break_pool(request: object) -> None:
        with calls.database.connect() as conn:
            conn.execute(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and query like '%begin_call%'
                  and pid <> pg_backend_pid()
                """
            )

    other.on_request = break_pool
    id = calls.send()
    asyncio.run(one_call(calls))
    assert calls.state(id) == "done"
    assert len(other.got) == 1


async def one_call(calls: Calls) -> None:
    """Do what is ready, without anything after it."""
    async with services(calls.database, calls.home) as given:
        for task in await claim(given):
            assert await HANDLERS[task.kind].run(task, given) is SETTLED


@pytest.mark.parametrize("status", [301, 302, 303])
def test_done_and_then_a_redirection_that_leads_nowhere(
    calls: Calls, other: Target, status: int
) -> None:
    """The call was done where it was sent; where its answer is was not to be reached."""
    calls.define(redirects=3)
    other.answer(Reply(status, headers={"location": "http://127.0.0.1:1/orders/7"}))
    id = calls.send()
    calls.work()
    assert calls.state(id) == "unknown"
    assert len(other.got) == 1


def test_redirection_before_anything_was_done(calls: Calls, other: Target) -> None:
    """The other system has only named another place: the call may be made again."""
    calls.define(redirects=3)
    other.answer(Reply(307, headers={"location": "http://127.0.0.1:1/orders"}))
    id = calls.send()
    calls.work()
    assert calls.state(id) == "retrying"
