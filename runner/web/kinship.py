"""Relationships of what is exposed, from foreign keys, references and the lineage of views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Literal

from .catalogue import Junction, Name, Relation, Relationship
from .lineage import Origin, resolve


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key or a reference of a class, by relation and column numbers."""

    name: str
    source: int
    source_numbers: tuple[int, ...]
    target: int
    target_numbers: tuple[int, ...]
    many: bool
    single: bool
    class_number: int | None
    class_value: str | None


def relationships(
    relations: Iterable[Relation],
    links: Iterable[Link],
    views: Mapping[int, Mapping[int, Origin]],
) -> dict[Name, tuple[Relationship, ...]]:
    """For each relation the ways that begin there; many-to-many ones at the end."""
    relations = list(relations)
    shown = _shown(relations, views)
    found: dict[Name, list[Relationship]] = defaultdict(list)
    for link in links:
        for way in _of_link(link, shown):
            found[way.source].append(way)
            back = _reverse(way, link.single)
            found[back.source].append(back)
    by_name = {relation.qualified: relation for relation in relations}
    for way in list(_through(by_name, found)):
        found[way.source].append(way)
    return {name: tuple(ways) for name, ways in found.items()}


Shown = dict[int, list[tuple[Relation, dict[int, list[str]]]]]
"""By base relation: who shows it, and under which names each of its columns."""


def _shown(relations: Iterable[Relation], views: Mapping[int, Mapping[int, Origin]]) -> Shown:
    found: Shown = defaultdict(list)
    for relation in relations:
        by_base: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for column in relation.columns.values():
            for base, number in resolve(views, relation.id, column.number):
                by_base[base][number].append(column.name)
        for base, names in by_base.items():
            found[base].append((relation, names))
    return found


def _of_link(link: Link, shown: Shown) -> Iterator[Relationship]:
    for (source, mine), (target, theirs) in product(shown[link.source], shown[link.target]):
        if any(number not in mine for number in link.source_numbers):
            continue
        if any(number not in theirs for number in link.target_numbers):
            continue
        if link.class_number is not None and link.class_number not in mine:
            continue
        discriminator: tuple[Literal["source"], str, str] | None = None
        if link.class_number is not None:
            discriminator = ("source", mine[link.class_number][0], link.class_value or "")
        targets = [theirs[number][0] for number in link.target_numbers]
        # A view may show the column twice, under two names: a way for each.
        for sources in product(*(mine[number] for number in link.source_numbers)):
            yield Relationship(
                link.name,
                source.qualified,
                target.qualified,
                tuple(zip(sources, targets, strict=True)),
                "m2m" if link.many else "o2o" if link.single else "m2o",
                "source" if link.many else None,
                discriminator,
            )


def _reverse(way: Relationship, single: bool) -> Relationship:
    back: tuple[Literal["target"], str, str] | None = None
    if way.discriminator is not None:
        back = ("target", *way.discriminator[1:])
    return Relationship(
        way.name,
        way.target,
        way.source,
        tuple((theirs, mine) for mine, theirs in way.columns),
        "m2m" if way.array else "o2o" if single else "o2m",
        "target" if way.array else None,
        back,
    )


def _through(
    relations: Mapping[Name, Relation], ways: Mapping[Name, list[Relationship]]
) -> Iterator[Relationship]:
    """Many-to-many ways through a relation whose key is made of two references."""
    for name, outgoing in ways.items():
        relation = relations[name]
        ones = [w for w in outgoing if w.to_one and w.cardinality == "m2o" and not w.discriminator]
        for first, second in permutations(ones, 2):
            mine = {column for column, _ in first.columns}
            other = {column for column, _ in second.columns}
            if mine & other or not any(mine | other <= set(key.columns) for key in relation.keys):
                continue
            yield Relationship(
                f"{first.name} {second.name}",
                first.target,
                second.target,
                (),
                "m2m",
                junction=Junction(
                    name,
                    first.name,
                    second.name,
                    tuple((theirs, mine) for mine, theirs in first.columns),
                    tuple((theirs, mine) for mine, theirs in second.columns),
                ),
            )
