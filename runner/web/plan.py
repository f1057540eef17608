"""A query string against the catalogue: each embedded resource finds its relation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .catalogue import Catalogue, Relation, Relationship
from .embedding import find_relationship
from .problem import Problem
from .tree import Condition, Embed, Field, Filter, Item, Logic, Place, Query, Slot, Term


@dataclass
class Node:
    """One resource of the answer, and those within it."""

    relation: Relation | None
    fields: list[Field]
    embeds: list[Embedded] = field(default_factory=list)
    items: list[Field | Embedded] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    order: tuple[Term, ...] = ()
    limit: Slot | None = None
    offset: Slot | None = None

    def embedded(self, key: str) -> Embedded | None:
        """The embedded resource that filters name so."""
        return next((e for e in self.embeds if e.embed.key == key), None)

    @property
    def aggregates(self) -> bool:
        """True when the node has an aggregate of its own."""
        return any(f.aggregate for f in self.fields)


@dataclass
class Embedded:
    """A resource within another, and how the two are related."""

    embed: Embed
    way: Relationship
    node: Node


def plan_read(
    catalogue: Catalogue, relation: Relation | None, query: Query, *, aggregates: bool
) -> Node:
    """The tree of what is to be read; what cannot be resolved is a Problem."""
    root = _node(catalogue, relation, query.select, aggregates)
    by_place: dict[Place, list[Condition]] = defaultdict(list)
    for place, condition in query.filters:
        by_place[place].append(condition)
    for place, conditions in by_place.items():
        node = _at(root, place)
        node.conditions.extend(conditions)
        for condition in conditions:
            _check_condition(node, condition)
    for place, terms in query.orders:
        node = _at(root, place)
        node.order = terms
        for term in terms:
            _check_term(node, term)
    for place, slot in query.limits:
        _at(root, place).limit = slot
    for place, slot in query.offsets:
        _at(root, place).offset = slot
    return root


def check_served(relation: Relation) -> None:
    """The second lock: the flag web_service of the class."""
    if not relation.served:
        raise Problem(
            403,
            "PG601",
            f"the class {relation.class_path} is not served by the web service",
            details=f"{relation.schema}.{relation.name} is the API view of this class.",
            hint="Set web_service: true at the class in its model file, and apply it.",
        )


def _node(
    catalogue: Catalogue,
    relation: Relation | None,
    items: tuple[Item, ...],
    aggregates: bool,
) -> Node:
    if relation is not None:
        check_served(relation)
    node = Node(relation, [item for item in items if isinstance(item, Field)])
    for item in items:
        if isinstance(item, Field):
            if item.aggregate is not None and not aggregates:
                raise Problem(
                    400,
                    "PGRST123",
                    "Use of aggregate functions is not allowed",
                    hint="Set PGEARS_WEB_AGGREGATES=true to allow them.",
                )
            node.items.append(item)
            continue
        if relation is None:
            raise Problem(
                400,
                "PGRST200",
                f"Could not find a relationship between this function and '{item.name}'"
                " in the schema cache",
                details="Only functions that return rows of an exposed relation have some.",
            )
        way = find_relationship(catalogue, relation, item)
        if way.junction is not None:  # what it connects is its rows
            check_served(catalogue.relations[way.junction.relation])
        embedded = Embedded(
            item, way, _node(catalogue, catalogue.relations[way.target], item.items, aggregates)
        )
        if item.spread and embedded.node.aggregates:
            raise Problem(
                400,
                "PGRST127",
                "Feature not implemented",
                details="Aggregates are not implemented inside a spread embedded resource.",
            )
        node.embeds.append(embedded)
        node.items.append(embedded)
    if node.aggregates and any(not e.way.to_one for e in node.embeds):
        raise Problem(
            400,
            "PGRST127",
            "Feature not implemented",
            details="Aggregates are not implemented beside an embedded to-many resource.",
        )
    return node


def _at(root: Node, place: Place) -> Node:
    node = root
    for name in place:
        embedded = node.embedded(name)
        if embedded is None:
            raise _not_embedded(name)
        node = embedded.node
    return node


def _not_embedded(name: str) -> Problem:
    return Problem(
        400,
        "PGRST108",
        f"'{name}' is not an embedded resource in this request",
        hint=f"Verify that '{name}' is included in the 'select' query parameter.",
    )


def names_embedded(node: Node, condition: Filter) -> Embedded | None:
    """The embedded resource whose presence a filter asks for; a column goes before."""
    if condition.path.steps:
        return None
    name = condition.path.name
    if node.relation is not None and name in node.relation.columns:
        return None
    return node.embedded(name)


def _check_condition(node: Node, condition: Condition) -> None:
    if isinstance(condition, Logic):
        for child in condition.children:
            _check_condition(node, child)
        return
    if names_embedded(node, condition) is None:
        return
    if condition.operator != "is" or condition.value not in ("null", "not_null"):
        raise Problem(
            400,
            "PGRST120",
            f"Bad operator on the '{condition.path.name}' embedded resource",
            details="Only is null or not is null filters are allowed on embedded resources",
        )


def _check_term(node: Node, term: Term) -> None:
    if term.relation is None:
        return
    embedded = node.embedded(term.relation)
    if embedded is None:
        raise _not_embedded(term.relation)
    if not embedded.way.to_one:
        raise Problem(
            400,
            "PGRST118",
            f"A related order on '{term.relation}' is not possible",
            details=f"'{embedded.way.source[1]}' and '{term.relation}' do not form a"
            " many-to-one or one-to-one relationship",
        )
