"""Workflows as pictures: a version with its ways, an instance with the way it took."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from starlette.responses import Response

from ..problem import Problem
from .inquiry import rows_of
from .layered import Layout, lay_out
from .page import Page

BOX, TALL, GAP, DOWN, EDGE = 180, 46, 40, 52, 30
"""Width and height of a box, the gaps between boxes, and what is left free around all."""
NEWEST = 50


async def show_workflows(page: Page) -> Response:
    """Workflows that the person may view, and their newest instances."""
    answer = await page.ask(
        "GET",
        "workflow",
        query=[
            ("is_current", "is.true"),
            ("select", "workflow,version,enabled,class"),
            ("order", "workflow"),
        ],
    )
    return page.show(
        "workflows.html.j2", workflows=rows_of(answer), instances=await instances_of(page)
    )


async def show_workflow(page: Page, model: str, code: str) -> Response:
    """A version of a workflow, the current one when none is named, and its newest instances."""
    workflow, version = f"{model}.{code}", page.request.query_params.get("version")
    picture = await _picture(page, workflow, version)
    return page.show(
        "workflow.html.j2",
        picture=picture,
        drawing=Drawing(picture, [], []),
        instances=await instances_of(page, ("workflow", f"eq.{workflow}")),
        instance=None,
        log=[],
    )


async def show_instance(page: Page, id: int) -> Response:
    """An instance: where it stands, the way it took, its log."""
    found = await instances_of(page, ("id", f"eq.{id}"))
    if not found:
        raise Problem(404, "PG635", f"there is no instance {id} for you")
    instance = found[0]
    picture = await _picture(page, instance["workflow"], str(instance["version"]))
    log = await page.call(
        "select coalesce(jsonb_agg(l), '[]')::text from api.workflow_log($1) as l", str(id)
    )
    return page.show(
        "workflow.html.j2",
        picture=picture,
        drawing=Drawing(picture, log, instance["open"], failed=instance["state"] == "failed"),
        instances=[],
        instance=instance,
        log=log,
    )


async def instances_of(page: Page, *conditions: tuple[str, str]) -> list[dict[str, Any]]:
    """The newest instances that the person may view, under conditions of the web service."""
    newest = [("order", "id.desc"), ("limit", str(NEWEST))]
    answer = await page.ask("GET", "workflow_instance", query=[*conditions, *newest])
    return rows_of(answer)


async def _picture(page: Page, workflow: str, version: str | None) -> dict[str, Any]:
    which = ("is_current", "is.true") if version is None else ("version", f"eq.{version}")
    answer = await page.ask("GET", "workflow", query=[("workflow", f"eq.{workflow}"), which])
    found = rows_of(answer)
    if not found:
        raise Problem(404, "PG635", f'there is no workflow "{workflow}" for you')
    return found[0]


class Drawing:
    """Boxes and lines of a workflow, with marks for what an instance did."""

    def __init__(
        self,
        picture: dict[str, Any],
        log: list[dict[str, Any]],
        open_: list[dict[str, Any]],
        *,
        failed: bool = False,
    ) -> None:
        steps = {step["step"]: step for step in picture["steps"]}
        passed = _passed(picture["ways"], log)
        drawn = [
            {**way, "step": end, "taken": (way["step"], way["target"]) in passed}
            for way in picture["ways"]
            for end in _ends(way, steps, picture["ways"])
        ]
        ways = [(way["step"], way["target"]) for way in drawn]
        first = next(code for code, step in steps.items() if step["kind"] == "start")
        self.layout: Layout = lay_out(steps, ways, first)
        self.marks = _marks(log, open_, failed=failed)
        columns = [place for _, place in self.layout.places.values()]
        columns += [place for bends in self.layout.bends.values() for _, place in bends]
        self.left = min(columns) - 0.5
        wide = (max(columns) - min(columns) + 1) * (BOX + GAP)
        self.width = round(wide + 2 * EDGE + 24 * len(self.layout.back))
        rows = max(layer for layer, _ in self.layout.places.values()) + 1
        self.height = rows * (TALL + DOWN) - DOWN + 2 * EDGE
        self.boxes = [self._box(step) for step in steps.values()]
        self.lines = [self._line(way) for way in drawn]

    def _middle(self, place: tuple[int, float]) -> tuple[float, float]:
        layer, column = place
        x = EDGE + (column - self.left) * (BOX + GAP)
        return round(x, 1), EDGE + layer * (TALL + DOWN) + TALL / 2

    def _box(self, step: dict[str, Any]) -> dict[str, Any]:
        x, y = self._middle(self.layout.places[step["step"]])
        mark = self.marks.get(step["step"], "")
        return {**step, "x": x, "y": y, "mark": mark}

    def _line(self, way: dict[str, Any]) -> dict[str, Any]:
        pair = way["step"], way["target"]
        places = self.layout.places
        x, y = self._middle(places[pair[0]])
        to_x, to_y = self._middle(places[pair[1]])
        if pair[0] == pair[1] or pair in self.layout.back:
            side = self.width - EDGE / 2 - 22 * sorted({*self.layout.back, pair}).index(pair)
            path = (
                f"M{x + BOX / 2},{y} C{side},{y} {side},{y} {side},{(y + to_y) / 2}"
                f" S{side},{to_y} {to_x + BOX / 2},{to_y}"
            )
            at = (x + BOX / 2 + 6, y - 6)
            anchor = "beside"
        else:
            stops = [(x, y + TALL / 2)]
            for place in self.layout.bends[pair]:
                bend_x, bend_y = self._middle(place)
                stops += [(bend_x, bend_y - TALL / 2), (bend_x, bend_y + TALL / 2)]
            stops.append((to_x, to_y - TALL / 2))
            path, anchor = _curve(stops), ""
            (a, b), (c, d) = stops[0], stops[1]
            at = (a + (c - a) * 0.35, b + (d - b) * 0.35 + 4)
        return {
            "path": path,
            "label": way["label"],
            "x": round(at[0], 1),
            "y": round(at[1], 1),
            "anchor": anchor,
            "taken": way["taken"],
        }


def _ends(
    way: dict[str, Any], steps: dict[str, dict[str, Any]], ways: list[dict[str, Any]]
) -> list[str]:
    """Where a way begins: that of a parallel step, at the joins of its branches."""
    if steps[way["step"]]["kind"] != "parallel" or way["label"] != "":
        return [way["step"]]
    joins: set[str] = set()
    seen: set[str] = set()
    rest = [w["target"] for w in ways if w["step"] == way["step"] and w["label"] == "and"]
    while rest:
        step = rest.pop()
        if step in seen:
            continue
        seen.add(step)
        kind = steps[step]["kind"]
        if kind == "join":
            joins.add(step)
        # The branches of a parallel step among them have joins of their own.
        rest += [
            w["target"]
            for w in ways
            if w["step"] == step and (kind != "parallel" or w["label"] == "")
        ]
    return sorted(joins) or [way["step"]]


def _curve(stops: list[tuple[float, float]]) -> str:
    """Down through all stops: curved between layers, straight through them."""
    path = "M{},{}".format(*stops[0])
    for (x, y), (to_x, to_y) in pairwise(stops):
        half = (y + to_y) / 2
        path += f" L{to_x},{to_y}" if x == to_x else f" C{x},{half} {to_x},{half} {to_x},{to_y}"
    return path


def _passed(ways: list[dict[str, Any]], log: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Ways that an instance went; a step with branches leads into all of them at once."""
    found = {(line["step"], line["next"]) for line in log if line["next"] is not None}
    waited = {line["step"] for line in log if line["outcome"] == "waits"}
    branches = {(w["step"], w["target"]) for w in ways if w["label"] == "and"}
    return found | {way for way in branches if way[0] in waited}


def _marks(
    log: list[dict[str, Any]], open_: list[dict[str, Any]], *, failed: bool
) -> dict[str, str]:
    """What became of each step last: taken, failed, or current where the instance stands."""
    marks = {}
    for line in log:
        marks[line["step"]] = "failed" if line["outcome"] == "failed" else "taken"
    current = {b["step"] for b in open_ if b["waits_for"] != "branches"}
    if failed:
        return marks | dict.fromkeys(current, "failed")
    return marks | dict.fromkeys(current, "current")
