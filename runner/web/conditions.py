"""Filters as SQL: columns by name, values as parameters."""

from __future__ import annotations

from psycopg import sql

from .catalogue import JSON_TYPES, Relation
from .statement import Parameters, compose, join, name
from .tree import Filter, Path

COMPARISONS = {
    "eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=",
    "like": "like", "ilike": "ilike", "match": "~", "imatch": "~*",
    "isdistinct": "is distinct from",
    "cs": "@>", "cd": "<@", "ov": "&&", "sl": "<<", "sr": ">>", "nxr": "&<", "nxl": "&>",
    "adj": "-|-",
}  # fmt: skip
SEARCHES = {
    "fts": "to_tsquery",
    "plfts": "plainto_tsquery",
    "phfts": "phraseto_tsquery",
    "wfts": "websearch_to_tsquery",
}
IS = {
    "null": "is null",
    "not_null": "is not null",
    "true": "is true",
    "false": "is false",
    "unknown": "is unknown",
}
TEXT_TYPES = ("text", "character varying", "character", *JSON_TYPES)


def column(
    parameters: Parameters, relation: Relation | None, alias: str, path: Path
) -> sql.Composable:
    """A column, or what stands at a path within its JSON."""
    base: sql.Composable = name(alias, path.name)
    if not path.steps:
        return base
    known = relation.columns.get(path.name) if relation is not None else None
    if known is not None and (known.base or known.type) not in JSON_TYPES:
        base = compose("pg_catalog.to_jsonb({})", base)
    parts = [base]
    for step in path.steps:
        arrow = "->> {}" if step.as_text else "-> {}"
        if isinstance(step.key, int):
            parts.append(compose(arrow, sql.Literal(step.key)))
        else:
            parts.append(compose(arrow, compose("{}::text", parameters.constant(step.key))))
    return compose("({})", join(" ", parts))


def comparison(
    parameters: Parameters, relation: Relation | None, alias: str, condition: Filter
) -> sql.Composable:
    """One comparison, negated where asked."""
    left = column(parameters, relation, alias, condition.path)
    found = _bare(parameters, relation, left, condition)
    return compose("not ({})", found) if condition.negated else found


def _bare(
    parameters: Parameters, relation: Relation | None, left: sql.Composable, condition: Filter
) -> sql.Composable:
    if isinstance(condition.value, str):
        return compose("{} " + IS[condition.value], left)
    value = parameters.slot(condition.value)
    if condition.operator == "in":
        return compose("{} = any ({})", left, value)
    if condition.operator in SEARCHES:
        known = relation.columns.get(condition.path.name) if relation is not None else None
        textual = condition.path.steps or (known is not None and known.type in TEXT_TYPES)
        search = "pg_catalog." + SEARCHES[condition.operator]
        if condition.language is None:
            vector = compose("pg_catalog.to_tsvector({})", left) if textual else left
            return compose("{} @@ " + search + "({})", vector, value)
        language = compose("{}::regconfig", parameters.slot(condition.language))
        vector = compose("pg_catalog.to_tsvector({}, {})", language, left) if textual else left
        return compose("{} @@ " + search + "({}, {})", vector, language, value)
    sign = COMPARISONS[condition.operator]
    if condition.modifier is not None:
        return compose("{} " + sign + " " + condition.modifier + " ({})", left, value)
    return compose("{} " + sign + " {}", left, value)
