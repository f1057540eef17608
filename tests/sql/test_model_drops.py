"""Things of a model that name one another go in one apply, or are kept with a reason."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner import errors

Sections = dict[str, dict[str, Any]]

BILL = {"columns": {"name": {"type": "text"}}}
SCRIPT = {"sql": "null;"}
NOTE = {"class": "bill", "to": "a@b.example", "subject": "x", "body": "x"}
COMMAND = {"steps": [{"command": ["/bin/true"]}]}
EMPTY = {"steps": {"start": {"kind": "start", "next": "end"}, "end": {"kind": "end"}}}


def workflow(kind: str, **keys: Any) -> dict[str, Any]:
    """A workflow of one step."""
    step = {"kind": kind, "next": "end", **keys}
    return {
        "class": "bill",
        "steps": {"start": {"kind": "start", "next": "do"}, "do": step, "end": {"kind": "end"}},
    }


def rule(**action: Any) -> dict[str, Any]:
    """A rule after an insert."""
    return {"class": "bill", "event": "after_insert", **action}


def apply(conn: psycopg.Connection[Any], **sections: Any) -> None:
    """Make the model what the sections say, and have nothing left to do."""
    file = Jsonb({"model": "shop", "classes": {"bill": BILL}, **sections})
    conn.execute("select meta.apply_model(%s, true)", (file,))
    left = conn.execute("select * from meta.plan_model(%s) where kind <> 'view'", (file,))
    assert left.fetchall() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"scripts": {"s": SCRIPT}, "rules": {"r": rule(script="s")}}, {}),
        (
            {"scripts": {"s": SCRIPT}, "rules": {"r": rule(script="s")}},
            {"scripts": {"other": SCRIPT}, "rules": {"r": rule(script="other")}},
        ),
        (
            {"scripts": {"s": SCRIPT}, "jobs": {"j": {"steps": [{"script": "s"}]}}},
            {"jobs": {"j": COMMAND}},
        ),
        ({"scripts": {"s": SCRIPT}, "workflows": {"w": workflow("script", script="s")}}, {}),
        (
            {"scripts": {"s": SCRIPT}, "workflows": {"w": workflow("script", script="s")}},
            {"workflows": {"w": EMPTY}},
        ),
        ({"notifications": {"n": NOTE}, "workflows": {"w": workflow("mail", notify="n")}}, {}),
        ({"workflows": {"a": EMPTY, "z": workflow("workflow", workflow="a")}}, {}),
        ({"workflows": {"z": EMPTY, "a": workflow("workflow", workflow="z")}}, {}),
        ({"workflows": {"w": EMPTY}, "rules": {"r": rule(start="w")}}, {}),
        ({"workflows": {"w": EMPTY}, "jobs": {"j": {"steps": [{"workflow": "w"}]}}}, {}),
        ({"jobs": {"a": {"steps": [{"job": "z"}]}, "z": {"steps": [{"job": "a"}]}}}, {}),
        (
            {
                "scripts": {"s": {**SCRIPT, "class": "bill"}},
                "notifications": {"n": NOTE},
                "workflows": {"w": workflow("script", script="s")},
                "rules": {
                    "p": rule(start="w"), "q": rule(notify="n"), "r": rule(script="s"),
                },
            },
            {"classes": {}},
        ),
    ],
)  # fmt: skip
def test_one_apply_is_enough(
    conn: psycopg.Connection[Any], before: Sections, after: Sections
) -> None:
    """Users go, or are changed, before what they use."""
    apply(conn, **before)
    apply(conn, **after)


def test_workflows_that_start_each_other(conn: psycopg.Connection[Any]) -> None:
    """No order would do: what goes too keeps nothing."""
    ring = {
        "a": workflow("workflow", workflow="b"),
        "b": workflow("workflow", workflow="c"),
        "c": workflow("workflow", workflow="a"),
    }
    apply(conn, workflows=ring)
    with (
        pytest.raises(errors.InTheWay, match="workflow b is used by workflow a"),
        conn.transaction(),
    ):
        apply(conn, workflows={"a": ring["a"], "c": ring["c"]})
    apply(conn)
    assert conn.execute("select count(*) from flow.workflow_status").fetchone() == (0,)
    assert conn.execute("select current_setting('pgears.dropping')").fetchone() == ("",)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (
            {"notifications": {"n": NOTE}, "workflows": {"w": workflow("mail", notify="n")}},
            {"workflows": {"w": workflow("mail", notify="n")}},
            "n is sent by workflow w",
        ),
        (
            {"jobs": {"a": {"steps": [{"job": "z"}]}, "z": COMMAND}},
            {"jobs": {"a": {"steps": [{"job": "z"}]}}},
            "job z is started by job a",
        ),
    ],
)
def test_what_is_used_stays(
    conn: psycopg.Connection[Any], before: Sections, after: Sections, why: str
) -> None:
    """The user would fail when it runs, so the file is refused."""
    apply(conn, **before)
    with pytest.raises(errors.InTheWay, match=why):
        apply(conn, **after)
