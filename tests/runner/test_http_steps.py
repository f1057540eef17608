"""J06, R04, F08, J02: rules, steps of workflows and steps of jobs that call other systems."""

# ruff: noqa: E501
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_database import Database
from tests.fix_meta import ClassTable
from tests.peers.target import Reply, Target

from .http_parts import Calls

JSON = {"content-type": "application/json"}


class Shop(Calls):
    """A class of orders, with rules, workflows and jobs that call."""

    def __init__(self, database: Database, home: Path, target: Target) -> None:
        super().__init__(database, home, target)
        self.customer = self.definitions.create_class(
            "shop.customer", {"name": {"type": "text"}}, description="{{column.name}}"
        )
        self.order: ClassTable = self.definitions.create_class(
            "shop.order",
            {
                "number": {"type": "text"},
                "total": {"type": "decimal"},
                "paid": {"type": "boolean"},
                "customer": {"type": "reference", "class": "customer"},
            },
        )

    def rule(self, code: str, **definition: Any) -> None:
        """Make a rule about orders."""
        given = {"class": "order", "event": "after_insert", **definition}
        self.conn.execute("select flow.set_rule(%s, %s, %s)", (self.model, code, Jsonb(given)))

    def workflow(self, call: dict[str, Any], **steps: dict[str, Any]) -> None:
        """Make a workflow `sync` about orders of one step that calls, and more."""
        given = {
            "start": {"kind": "start", "next": "call"},
            "call": {"kind": "http", "target": "erp", "path": "/orders", "next": "end", **call},
            "end": {"kind": "end"},
            **steps,
        }
        self.conn.execute(
            "select flow.set_workflow(%s, 'sync', %s)",
            (self.model, Jsonb({"class": "order", "steps": given})),
        )

    def start(self, record: int, **variables: Any) -> int:
        """Start the workflow and do all there is to do."""
        id = self.one("select api.start_workflow('sync', %s, %s)", record, Jsonb(variables))
        self.work(turns=5)
        return int(id)

    def instance(self, id: int) -> tuple[str, dict[str, Any]]:
        """State and variables of an instance."""
        state = self.one("select api.workflow_state(%s)", id)
        return state["name"], state["variables"]

    def job(self, *steps: dict[str, Any]) -> tuple[str, str | None, list[Any]]:
        """Run a job of these steps; state, error, log."""
        self.conn.execute(
            "select flow.set_job(%s, 'nightly', %s)", (self.model, Jsonb({"steps": list(steps)}))
        )
        run = self.one("select flow.run_job('nightly')")
        self.work(turns=12)
        log = self.conn.execute(
            "select step, outcome, detail from flow.run_log where run = %s order by id", (run,)
        ).fetchall()
        state = self.one("select state from flow.run_status where id = %s", run)
        return state, self.one("select error from flow.run_status where id = %s", run), log


@pytest.fixture
def shop(database: Database, tmp_path: Path, other: Target) -> Iterator[Shop]:
    """An instance that may call it."""
    found = Shop(database, tmp_path, other)
    yield found
    found.conn.close()


def test_rule_calls_about_each_row(shop: Shop, other: Target) -> None:
    """R04: filled from the row by codes, typed in JSON, escaped in the path, once per row."""
    shop.rule(
        "tell",
        when="{{column.total}} > 10",
        call={
            "target": "erp",
            "method": "PUT",
            "path": "/orders/{{column.number}}?id={{record.id}}",
            "headers": {"X-Total": "{{column.total}} EUR"},
            "json": {
                "number": "{{column.number}}",
                "total": "{{ column.total }}",
                "paid": "{{column.paid}}",
                "customer": {"id": "{{column.customer}}", "text": "for {{column.customer}}"},
                "list": [1, None, "{{record.id}}"],
            },
        },
    )
    ann = shop.customer.insert(name="Ann")
    with shop.conn.transaction():
        shop.order.insert(number="A", total=5)
        first = shop.order.insert(number="a/b ?&ž", total=12.5, paid=True, customer=ann)
        second = shop.order.insert(number="B", total=20)
    shop.work(turns=3)
    bodies = {json.loads(request.body)["number"]: request for request in other.got}
    assert len(other.got) == 2
    request = bodies["a/b ?&ž"]
    assert (request.method, request.path) == ("PUT", f"/orders/a%2Fb%20%3F%26%C5%BE?id={first}")
    assert json.loads(request.body) == {
        "number": "a/b ?&ž", "total": 12.5, "paid": True,
        "customer": {"id": ann, "text": "for Ann"}, "list": [1, None, first],
    }  # fmt: skip
    assert json.loads(bodies["B"].body)["customer"] == {"id": None, "text": "for "}
    assert bodies["B"].headers["x-total"] == "20 EUR"
    assert {shop.call(id)["row_id"] for id in (1, 2)} == {first, second}


def test_row_that_cannot_be_sent_stops_no_other(shop: Shop, other: Target) -> None:
    shop.rule("tell", call={"target": "erp", "headers": {"X-N": "{{column.number}}"}})
    with shop.conn.transaction():
        shop.order.insert(number="žluť")
        shop.order.insert(number="plain")
    shop.work(turns=3)
    states = shop.conn.execute(
        "select state, error from http.call_status order by state desc"
    ).fetchall()
    assert states[0] == ("refused", 'the value of the header "X-N" is not plain ASCII')
    assert states[1][0] == "done"
    assert json.loads(other.got[0].body)["number"] == "plain", "the record, where no body is named"


def test_rule_undone_calls_nobody(shop: Shop, other: Target) -> None:
    shop.rule("tell", call={"target": "erp"})
    with shop.conn.transaction(force_rollback=True):
        shop.order.insert(number="A")
        shop.send()
    shop.work(turns=3)
    assert other.got == []


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"target": "nobody"}, errors.NoSuchTarget),
        ({"target": "erp", "path": "/{{column.colour}}"}, errors.NotFound),
        ({"target": "erp", "json": {"a": ["{{variables.x}}"]}}, errors.NotFound),
        ({"target": "erp", "way": "/x"}, errors.UnknownKey),
        ({"target": "erp", "method": "BREW"}, errors.BadCall),
        ({"target": "erp", "json": {}, "form": {}}, errors.BadCall),
        ({"target": "erp", "headers": {"a": 1}}, errors.BadCall),
        ({"path": "/x"}, errors.BadValue),
    ],
)
def test_calls_refused_when_they_are_defined(
    shop: Shop, call: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        shop.rule("tell", call=call)
    if "path" not in call or "target" in call:
        with pytest.raises(errors.PgearsError):
            shop.workflow({"next": "end", **call, "surely": "not"})


def test_column_renamed_or_in_use(shop: Shop, other: Target) -> None:
    shop.rule("tell", call={"target": "erp", "json": {"n": "{{column.number}}"}})
    shop.definitions.scalar("select meta.rename_column(%s, 'code')", shop.order.column_id("number"))
    shop.order.insert(code="A")
    shop.work(turns=3)
    assert json.loads(other.got[0].body) == {"n": "A"}
    with pytest.raises(errors.InTheWay):
        shop.conn.execute("select http.drop_target(id) from http.target_status")


def test_workflow_waits_for_the_answer(shop: Shop, other: Target) -> None:
    shop.workflow(
        {"json": {"n": "{{column.number}}", "by": "{{variables.who}}"}, "into": "erp", "next": "keep"},
        keep={"kind": "set", "set": {"id": "{{variables.erp}}::jsonb -> 'body' ->> 'id'"}, "next": "end"},
    )  # fmt: skip
    shop.define(backoff="1 minute")
    other.answer(503, Reply(201, b'{"id": "E-1"}', JSON))
    id = shop.start(shop.order.insert(number="A"), who={"name": "ann"})
    assert shop.instance(id)[0] == "running"
    assert len(other.got) == 1
    shop.pass_time()
    shop.work(turns=5)
    state, variables = shop.instance(id)
    assert state == "finished"
    assert variables["id"] == "E-1"
    assert (variables["erp"]["status"], variables["erp"]["state"]) == (201, "done")
    assert json.loads(other.got[0].body) == {"n": "A", "by": {"name": "ann"}}
    assert len(set(other.keys())) == 1


@pytest.mark.parametrize(
    ("reply", "way"),
    [
        (200, "next"),
        (404, "404"),
        (410, "4xx"),
        (500, "5xx"),
        (301, "refused"),
        (Reply(drop="before"), "unknown"),
    ],
)
def test_ways_by_what_was_answered(shop: Shop, other: Target, reply: Reply | int, way: str) -> None:
    """The most exact way is taken."""
    shop.define(attempts=1)
    ways = {name: f"w{name}" for name in ("404", "4xx", "5xx", "refused", "unknown")}
    shop.workflow(
        {"next": "wnext", "outcomes": ways},
        **{f"w{name}": {"kind": "set", "set": {"way": f"'{name}'"}, "next": "end"} for name in ("next", *ways)},
    )  # fmt: skip
    other.answer(reply)
    id = shop.start(shop.order.insert(number="A"))
    assert shop.instance(id) == ("finished", {"way": way})


def test_answer_without_a_way_fails_and_can_be_mended(shop: Shop, other: Target) -> None:
    shop.workflow({})
    other.answer(422)
    id = shop.start(shop.order.insert(number="A"))
    assert shop.instance(id)[0] == "failed"
    assert "PG548" in shop.one("select error from flow.instance_status where id = %s", id)
    (call,) = (row[0] for row in shop.conn.execute("select id from http.call_status"))
    shop.conn.execute("select http.retry(%s)", (call,))
    shop.work(turns=3)
    shop.conn.execute("select flow.resume_instance(%s)", (id,))
    shop.work(turns=3)
    assert shop.instance(id)[0] == "finished"
    assert (len(other.got), len(set(other.keys()))) == (2, 1)


def test_on_error_and_unknown(shop: Shop, other: Target) -> None:
    """An unknown call keeps the step waiting for the person who finds out."""
    shop.workflow({"on_error": "end"})
    other.answer(400)
    assert shop.instance(shop.start(shop.order.insert(number="A")))[0] == "finished"
    other.answer(Reply(drop="before"))
    id = shop.start(shop.order.insert(number="B"))
    assert shop.instance(id)[0] == "running"
    shop.conn.execute("select http.resolve(max(id), 'done') from http.call_status")
    shop.work(turns=3)
    assert shop.instance(id)[0] == "finished"


def test_deadline_and_cancelled_workflow(shop: Shop, other: Target) -> None:
    shop.workflow(
        {"deadline": "1 hour", "on_deadline": "late"},
        late={"kind": "set", "set": {"late": "true"}, "next": "end"},
    )
    shop.conn.execute("select core.set_integration(false)")
    id = shop.start(shop.order.insert(number="A"))
    shop.pass_time("2 hours")
    shop.work(turns=3)
    assert shop.instance(id) == ("finished", {"late": True})

    id = shop.start(shop.order.insert(number="B"))
    shop.conn.execute("select flow.cancel_instance(%s)", (id,))
    assert shop.state(2) == "cancelled"
    assert other.got == []


def test_steps_that_cannot_be(shop: Shop) -> None:
    for call in (
        {"outcomes": {"40": "end"}},
        {"outcomes": {"404": "nowhere"}},
        {"deadline": "1 hour"},
        {"surely": "not"},
        {"attempts": 3},
    ):
        with pytest.raises(errors.BadWorkflow):
            shop.workflow(call)


def test_steps_of_jobs(shop: Shop, other: Target) -> None:
    """J02: a job waits for the answer; a URL belongs to a target."""
    other.answer(Reply(200, b'{"rows": 3}', JSON), Reply(200, b"refreshed"))
    state, error, log = shop.job(
        {"http": {"target": "erp", "path": "/sync", "json": {"full": True}}},
        {"url": f"{other.url}/refresh?x=1"},
    )
    assert (state, error) == ("done", None)
    assert [(r.method, r.path, r.body) for r in other.got] == [
        ("POST", "/sync", b'{"full": true}'), ("GET", "/refresh?x=1", b""),
    ]  # fmt: skip
    assert log == [
        ("http", "begun", "call 1"), ("http", "done", '{"rows": 3}'),
        ("url", "begun", "call 2"), ("url", "done", "refreshed"),
    ]  # fmt: skip

    other.answer(404, 404)
    state, error, log = shop.job(
        {"http": {"target": "erp"}, "on_error": "continue"}, {"http": {"target": "erp"}}
    )
    assert (state, error) == ("failed", "step 1: the call is refused: the target answered 404")
    assert [outcome for _, outcome, _ in log] == ["begun", "failed", "begun", "failed"]

    for step, wrong in (
        ({"url": "https://elsewhere.example/"}, errors.NoSuchTarget),
        ({"url": other.url + "0/"}, errors.NoSuchTarget),
        ({"http": {"path": "/x"}}, errors.BadCall),
        ({"http": {"target": "erp", "path": "/{{column.number}}"}}, errors.NotFound),
    ):
        with pytest.raises(wrong):
            shop.job(step)


def test_script_calls_and_is_told(shop: Shop, other: Target) -> None:
    """A task of one's own gets what it gave along, with call and state."""
    shop.conn.execute("select queue.register_kind('mine')")
    shop.conn.execute(
        "select flow.set_script(%s, 'tell', %s)",
        (shop.model, Jsonb({"sql": "result := to_jsonb(http.send('erp', '/x', p_json => '{}', p_then => 'mine', p_payload => '{\"a\": 1}'));"})),
    )  # fmt: skip
    id = shop.one("select api.run_script('tell')")
    shop.work()
    assert shop.one("select payload from queue.task where kind = 'mine'") == {
        "a": 1, "call": id, "state": "done",
    }  # fmt: skip
