"""The start page, and the picture of a model: its classes and what refers to what."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from starlette.responses import Response

from ..problem import Problem
from .page import Page

BOX, GAP, LINE, HEAD, ROW = 220, 70, 20, 30, 4
MOST = 12
"""Columns that a box shows."""


async def show_home(page: Page) -> Response:
    """Classes by model, and the tasks that wait for this person."""
    classes = await classes_of(page)
    models = [
        (code, name, list(found))
        for (code, name), found in groupby(classes, lambda c: (c["model"], c["model_name"]))
    ]
    return page.show("home.html.j2", models=models, tasks=await tasks_of(page))


async def classes_of(page: Page) -> list[dict[str, Any]]:
    """Classes that the person may read or add to."""
    found: list[dict[str, Any]] = await page.call(
        "select coalesce(jsonb_agg(p), '[]')::text from web.pages($1) as p", page.language
    )
    return found


async def tasks_of(page: Page) -> list[dict[str, Any]]:
    """Open tasks of workflows."""
    found: list[dict[str, Any]] = await page.call(
        "select coalesce(jsonb_agg(t), '[]')::text from api.my_tasks() as t"
    )
    return found


async def show_model(page: Page, model: str) -> Response:
    """Boxes for the classes of a model, lines for references between them."""
    classes = [c for c in await classes_of(page) if c["model"] == model]
    if not classes:
        raise Problem(404, "PG635", f'there is no model "{model}" for you')
    described = [await page.describe(model, c["class"]) for c in classes]
    boxes, places = [], {}
    wide = max(1, min(3, len(described)))
    tops = [GAP // 2] * wide
    for number, description in enumerate(described):
        lane = tops.index(min(tops)) if number >= wide else number
        columns = list(description.columns.values())[:MOST]
        left, top = GAP // 2 + lane * (BOX + GAP), tops[lane]
        height = HEAD + LINE * len(columns) + 8
        tops[lane] += height + GAP
        boxes.append({"x": left, "y": top, "height": height, "of": description, "columns": columns})
        places[description.code] = (left, top, lane)
    lines = [
        line(places, description.code, column.code, target["class"], number)
        for description in described
        for number, column in enumerate(list(description.columns.values())[:MOST])
        if column.type == "reference"
        for target in column.classes
        if target["model"] == model and target["class"] in places
    ]
    size = {"width": GAP + wide * (BOX + GAP) - GAP, "height": max(tops)}
    return page.show(
        "model.html.j2",
        model=model,
        name=classes[0]["model_name"],
        boxes=boxes,
        lines=lines,
        size=size,
        box={"width": BOX, "line": LINE, "head": HEAD},
    )


def line(
    places: dict[str, tuple[int, int, int]], source: str, column: str, target: str, number: int
) -> dict[str, Any]:
    """A curve from a column to the head of the box that it refers to."""
    left, top, lane = places[source]
    to_left, to_top, to_lane = places[target]
    y, to_y = top + HEAD + LINE * number + LINE // 2 + ROW, to_top + HEAD // 2
    right = to_lane > lane
    x = left + BOX if right or to_lane == lane else left
    to_x = to_left if right else to_left + BOX
    bend = 40 if x <= to_x or to_lane == lane else -40
    to_bend = -40 if right else 40
    path = f"M{x},{y} C{x + bend},{y} {to_x + to_bend},{to_y} {to_x},{to_y}"
    return {"path": path, "title": f"{source}.{column} → {target}"}
