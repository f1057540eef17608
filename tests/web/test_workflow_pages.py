"""Workflows on pages: drawn, with the way that an instance took, for whoever may view them."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import psycopg
import pytest
from defusedxml.ElementTree import fromstring
from psycopg.types.json import Jsonb

from runner.web.pages.layered import lay_out
from tests.fix_database import Database
from tests.fix_pages import Visitor
from tests.web.conftest import CLIMB, FALL, Drawn, work


def drawing(page: str) -> Element:
    """The picture of a page."""
    found = re.search(r'<svg class="flow[ "].*?</svg>', page, re.DOTALL)
    assert found is not None
    picture: Element = fromstring(found[0])
    return picture


def marks(picture: Element) -> dict[str, str]:
    """Mark of each step by its name."""
    steps = [g for g in picture.iter("g") if g.get("class", "").startswith("step ")]
    return {
        str(g.find("text").text): " ".join(g.get("class", "").split()[2:])  # type: ignore[union-attr]
        for g in steps
    }


def ways(picture: Element) -> tuple[int, int]:
    """Number of ways, and of those that were taken."""
    found = [
        p.get("class", "") for p in picture.iter("path") if p.get("class", "").startswith("way")
    ]
    return len(found), sum("taken" in way for way in found)


def test_an_instance_shows_where_it_stands_and_the_way_it_took(anna: Visitor, drawn: Drawn) -> None:
    """Taken steps, waiting ones and those not reached are marked, and listed in the log."""
    page = anna.get(f"/pages/instances/{drawn.waits}").text
    picture = drawing(page)
    taken = dict.fromkeys(("start", "count", "enough", "fork", "check", "join"), "taken")
    waiting = dict.fromkeys(("rest", "hear"), "current")
    assert marks(picture) == {**taken, **waiting, "ask": "", "end": ""}
    assert ways(picture) == (14, 8)
    assert "waits for an event" in page
    assert f"call-{drawn.record}" in page
    assert page.count("<strong>count</strong>") == 3


def test_a_failed_step_is_marked_with_its_reason(anna: Visitor, drawn: Drawn) -> None:
    """The page says why, and links the record."""
    page = anna.get(f"/pages/instances/{drawn.failed}").text
    assert marks(drawing(page)) == {"start": "taken", "stumble": "failed", "end": ""}
    assert "the stair is missing" in page
    assert f'href="/pages/helpdesk/ticket/{drawn.record}"' in page


def test_ways_to_the_pictures(anna: Visitor, drawn: Drawn) -> None:
    """From the list of workflows, from a workflow, and from the record."""
    listed = anna.get("/pages/workflows").text
    assert 'href="/pages/workflows/helpdesk/climb"' in listed
    version = anna.get("/pages/workflows/helpdesk/climb").text
    for page in (listed, version, anna.get(f"/pages/helpdesk/ticket/{drawn.record}").text):
        assert f'href="/pages/instances/{drawn.waits}"' in page
    assert set(marks(drawing(version))) == set(CLIMB)
    assert ways(drawing(version)) == (14, 0)
    assert anna.get("/pages/workflows/helpdesk/fall?version=1").status_code == 200


def test_a_task_is_completed_by_the_button_of_its_outcome(
    anna: Visitor, ben: Visitor, drawn: Drawn, web_database: Database
) -> None:
    """Its own outcomes are offered; another one, and another person, change nothing."""
    steps = {
        "start": {"kind": "start", "next": "ask"},
        "ask": {
            "kind": "task", "assignee": "web_ann", "subject": "Is it <good>?",
            "outcomes": {"yes": "end", "no": "ask"},
        },
        "end": {"kind": "end"},
    }  # fmt: skip
    with web_database.connect() as conn:
        (model,) = (
            conn.execute("select id from meta.model where code = 'helpdesk'").fetchone() or ()
        )
        definition = {"class": "ticket", "steps": steps}
        conn.execute("select flow.set_workflow(%s, 'question', %s)", (model, Jsonb(definition)))
        (instance,) = conn.execute(
            "select api.start_workflow('helpdesk.question', %s)", (drawn.record,)
        ).fetchone() or (0,)
        work(conn)
        page = anna.get("/pages/tasks").text
        assert "Is it &lt;good&gt;?" in page
        assert re.findall(r'name="outcome" value="(\w+)"', page) == ["no", "yes"]
        (address,) = re.findall(r'action="(/pages/tasks/\d+)"', page)
        assert ben.post(address, {"outcome": "yes"}).status_code in (403, 404, 409)
        assert anna.post(address, {"outcome": "perhaps"}).status_code in (400, 409, 422)
        assert anna.post(address, {"outcome": "yes"}).status_code == 303
        assert address not in anna.get("/pages/tasks").text
        work(conn)
        ended = conn.execute(
            "select state_name from flow.instance_status where id = %s", (instance,)
        )
        assert ended.fetchone() == ("finished",)


@pytest.mark.usefixtures("drawn")
def test_conditions_are_not_told(web_database: Database) -> None:
    """Who may view a workflow sees its steps, not what its author wrote into them."""
    with web_database.connect() as conn:
        conn.execute("set role web_ann")
        (steps,) = conn.execute(
            "select steps from api.workflow where workflow = 'helpdesk.climb'"
        ).fetchone() or ([],)
        keys = {key for step in steps for key in step}
        assert keys == {"step", "kind", "name"}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select steps from flow.workflow_version")


@pytest.mark.parametrize(
    "address", ["/pages/instances/{0.waits}", "/pages/workflows/helpdesk/climb"]
)
def test_who_may_not_view_sees_nothing(ben: Visitor, drawn: Drawn, address: str) -> None:
    """Not even that it exists."""
    assert ben.get(address.format(drawn)).status_code == 404
    assert "climb" not in ben.get("/pages/workflows").text
    assert "climb" not in ben.get(f"/pages/helpdesk/ticket/{drawn.record}").text


@pytest.mark.parametrize(
    "address",
    [
        "/pages/instances/987654321",
        "/pages/instances/99999999999999999999",
        "/pages/workflows/helpdesk/nothing",
        "/pages/workflows/helpdesk/climb?version=2",
        "/pages/workflows/helpdesk/climb?version=x",
        "/pages/workflows/helpdesk/climb?version=99999999999",
    ],
)
def test_what_is_not_there(anna: Visitor, drawn: Drawn, address: str) -> None:
    """An error of the one who asks."""
    assert drawn
    assert anna.get(address).status_code in (400, 404)


def test_layers_come_one_below_the_other() -> None:
    """A way leads down, unless it leads back; each box has a place of its own."""
    for steps in (CLIMB, FALL):
        pairs = [(code, target) for code, step in steps.items() for target in _targets(step)]
        layout = lay_out(steps, pairs, "start")
        assert len(set(layout.places.values())) == len(steps)
        for way in set(pairs):
            down = layout.places[way[0]][0] < layout.places[way[1]][0]
            assert down is (way not in layout.back)
    assert lay_out(CLIMB, [("enough", "count"), ("count", "enough")], "count").back == {
        ("enough", "count")
    }


def _targets(step: dict[str, Any]) -> list[str]:
    named = [step[key] for key in ("next", "yes", "no", "on_deadline") if key in step]
    return [*named, *step.get("branches", []), *step.get("outcomes", {}).values()]
