"""Which relationship an embedded resource means, or why that cannot be said."""

from __future__ import annotations

from difflib import get_close_matches

from .catalogue import Catalogue, Relation, Relationship
from .problem import Problem
from .tree import Embed

CARDINALITY = {
    "m2o": "many-to-one",
    "o2m": "one-to-many",
    "o2o": "one-to-one",
    "m2m": "many-to-many",
}


def find_relationship(catalogue: Catalogue, origin: Relation, embed: Embed) -> Relationship:
    """The one relationship; none is PGRST200, several are PGRST201."""
    schema = origin.schema
    ways = [w for w in catalogue.from_relation(origin.qualified) if w.target[0] == schema]
    found = [way for way in ways if _matches(way, embed)]
    if len(found) > 1:  # without a word for them, deleted rows are not meant
        found = [w for w in found if not _deleted_too(catalogue, w, embed)] or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise _none(catalogue, origin, embed, ways)
    raise _several(origin, embed, found)


def _matches(way: Relationship, embed: Embed) -> bool:
    itself = way.source == way.target
    named = way.target[1] == embed.name
    if embed.hint is None:
        if way.name == embed.name and way.junction is None:
            return not itself or way.cardinality == "m2o"
        refers = way.to_one or way.array == "source"
        if refers and way.array != "target" and _single(way) == embed.name:
            return way.cardinality != "o2o" or not itself
        return named
    if not named:
        return False
    hint = embed.hint
    if way.junction is not None:
        links = (way.junction.source_link, way.junction.target_link)
        return hint == way.junction.relation[1] or hint in links
    own = way.columns[0][0] if len(way.columns) == 1 else None
    other = way.columns[0][1] if len(way.columns) == 1 else None
    if itself:  # one key, two ways: its name and column mean those that refer to the row
        return way.cardinality != "m2o" and way.array != "source" and hint in (way.name, other)
    return hint in (way.name, own, other)


def _single(way: Relationship) -> str | None:
    return way.columns[0][0] if len(way.columns) == 1 else None


def _deleted_too(catalogue: Catalogue, way: Relationship, embed: Embed) -> bool:
    target = catalogue.relations.get(way.target)
    return target is not None and target.deleted_too and target.name != embed.name


def _none(
    catalogue: Catalogue, origin: Relation, embed: Embed, ways: list[Relationship]
) -> Problem:
    names = sorted({way.target[1] for way in ways})
    close = get_close_matches(embed.name, names, 1)
    hinted = f" using the hint '{embed.hint}'" if embed.hint else ""
    return Problem(
        400,
        "PGRST200",
        f"Could not find a relationship between '{origin.name}' and '{embed.name}'"
        " in the schema cache",
        details=(
            f"Searched for a foreign key relationship between '{origin.name}' and"
            f" '{embed.name}'{hinted} in the schema '{origin.schema}', but no matches were found."
        ),
        hint=f"Perhaps you meant '{close[0]}' instead of '{embed.name}'." if close else None,
    )


def _several(origin: Relation, embed: Embed, ways: list[Relationship]) -> Problem:
    found = sorted(ways, key=lambda way: (way.target, _hint(way)))
    words = ", ".join(dict.fromkeys(f"'{way.target[1]}!{_hint(way)}'" for way in found))
    return Problem(
        300,
        "PGRST201",
        "Could not embed because more than one relationship was found for"
        f" '{origin.name}' and '{embed.name}'",
        details=[
            {
                "cardinality": CARDINALITY[way.cardinality],
                "embedding": f"{origin.name} with {way.target[1]}",
                "relationship": _described(way),
            }
            for way in found
        ],
        hint=f"Try changing '{embed.name}' to one of the following: {words}."
        " Find the desired relationship in the 'details' key.",
    )


def _hint(way: Relationship) -> str:
    return way.junction.relation[1] if way.junction else way.name


def _described(way: Relationship) -> str:
    if way.junction is not None:
        junction = way.junction
        return (
            f"{junction.relation[1]} using {junction.source_link}"
            f"({', '.join(mine for _, mine in junction.source_columns)}) and"
            f" {junction.target_link}({', '.join(mine for _, mine in junction.target_columns)})"
        )
    return (
        f"{way.name} using {way.source[1]}({', '.join(mine for mine, _ in way.columns)})"
        f" and {way.target[1]}({', '.join(theirs for _, theirs in way.columns)})"
    )
