"""An embedded resource as a join: what it adds to the answer, and under which names."""

from __future__ import annotations

from psycopg import sql

from .plan import Embedded, Node, names_embedded
from .problem import Problem
from .statement import compose, name
from .tree import Condition, Field, Filter


class Join:
    """A lateral join: its SQL, the columns it adds, and what is null when nothing is there."""

    def __init__(
        self,
        embedded: Embedded,
        joined: sql.Composable,
        columns: list[sql.Composable],
        there: sql.Composable,
    ) -> None:
        self.embedded = embedded
        self.joined = joined
        self.columns = columns
        self.there = there

    @property
    def grouped(self) -> list[sql.Composable]:
        """What a GROUP BY of the resource around has to name."""
        if self.embedded.embed.spread:
            return self.columns
        return [compose("{}::text", self.there)]


def output_name(item: Field) -> str:
    """The key of a field in the answer."""
    if item.alias is not None:
        return item.alias
    if item.aggregate is not None:
        return item.aggregate
    if item.path is None:
        return "count"
    for step in reversed(item.path.steps):
        if isinstance(step.key, str):
            return step.key
    return item.path.name


def spread_star() -> Problem:
    """All columns of a spread resource cannot be named."""
    return Problem(
        400,
        "PGRST127",
        "Feature not implemented",
        details="Name the columns of a spread embedded resource, * is not implemented there.",
    )


def spread_columns(alias: str, embedded: Embedded) -> list[sql.Composable]:
    """The columns that a spread resource adds, by the alias of its join."""
    return [name(alias, key) for key in spread_names(embedded)]


def spread_names(embedded: Embedded) -> list[str]:
    """Names in the answer of what a spread resource has."""
    found: list[str] = []
    for item in embedded.node.items:
        if isinstance(item, Embedded):
            found.extend(spread_names(item) if item.embed.spread else [item.embed.key])
        elif item.path is not None and item.path.name == "*":
            relation = embedded.node.relation
            if relation is None:
                raise spread_star()
            found.extend(relation.columns)
        else:
            found.append(output_name(item))
    return found


def asked(node: Node, embedded: Embedded) -> bool:
    """True when a condition of the node is about the presence of the resource."""
    return any(_asks(node, condition, embedded) for condition in node.conditions)


def _asks(node: Node, condition: Condition, embedded: Embedded) -> bool:
    if isinstance(condition, Filter):
        return names_embedded(node, condition) is embedded
    return any(_asks(node, child, embedded) for child in condition.children)


def asks_embedded(node: Node, condition: Condition) -> bool:
    """True when a condition is about the presence of any embedded resource."""
    return any(_asks(node, condition, embedded) for embedded in node.embeds)
