"""Where the columns of a view come from, read from its query as PostgreSQL keeps it.

Each entry of the outermost target list names the relation and the column that it shows.
Lists of subqueries stand deeper within parentheses and braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Origin = tuple[int, int]
"""Relation and number of a column."""

TOKEN = re.compile(r"\\.|[{}()]|:targetList|:(?:resno|resorigtbl|resorigcol) (\d+)|:resjunk (\w+)")


def origins(query: str) -> dict[int, Origin]:
    """For each column of the view that shows a column as it is, the column shown."""
    found: dict[int, Origin] = {}
    depth, target, entry = 0, 0, {"resno": 0, "resorigtbl": 0, "resorigcol": 0}
    for token in TOKEN.finditer(query):
        text = token[0]
        if text in "{(":
            depth += 1
        elif text in "})":
            depth -= 1
            if target and depth < target:
                break
        elif text == ":targetList":
            if depth == 2 and not target:  # ({QUERY ... :targetList (
                target = depth + 1
        elif target and depth == target + 1:  # {TARGETENTRY ...
            if token[1] is not None:
                entry[text[1:].split(" ")[0]] = int(token[1])
            elif token[2] == "false" and entry["resorigtbl"]:
                found[entry["resno"]] = (entry["resorigtbl"], entry["resorigcol"])
    return found


def resolve(views: Mapping[int, Mapping[int, Origin]], relation: int, number: int) -> list[Origin]:
    """A column and, where it is a view's, what it shows, down to the table."""
    found = [(relation, number)]
    while found[-1][0] in views:
        shown = views[found[-1][0]].get(found[-1][1])
        if shown is None or shown in found:
            break
        found.append(shown)
    return found
