"""POST, PATCH, PUT and DELETE of a relation."""

from __future__ import annotations

import json
from collections.abc import Hashable
from urllib.parse import quote

from psycopg import sql

from .answering import answer, check_single, content_range
from .catalogue import Catalogue, Key, Relation
from .media import is_object
from .mutations import Conflict, Mutation, Shape, equal_columns
from .payload import Payload, read_payload
from .plan import Node, check_served, plan_read
from .problem import Problem
from .query import parse_query, read_pairs
from .rendering import Outcome, render
from .request import Answer, Request
from .service import Service
from .statement import Prepared
from .transaction import Values, tx_applied, write
from .tree import Query

NOTHING = render(None, sql.SQL("select 1 where false"), sql.SQL("'[]'::text"))
"""What PATCH without columns does."""


async def mutate(service: Service, request: Request, relation: Relation) -> Answer:
    """Write, and answer as Prefer: return= wishes."""
    check_served(relation)
    _check_writable(request, relation)
    values: list[str] = []
    query = parse_query(read_pairs(request.query), values)
    if request.method == "DELETE":
        return await _run(service, request, relation, query, None, list(values))
    mixed = request.preferences.missing == "default" or request.preferences.on_error == "continue"
    payload = read_payload(request.body, request.headers, columns=query.columns, mixed=mixed)
    if request.method != "POST" and payload.count != 1:
        raise Problem(400, "PGRST102", f"{request.method} takes a single record")
    if request.method == "POST" and request.preferences.on_error == "continue":
        from .batch import write_each

        return await write_each(service, request, relation, query, payload, values)
    return await _run(service, request, relation, query, payload, list(values))


def _check_writable(request: Request, relation: Relation) -> None:
    """Queries, views of deleted rows and the like take no records, whoever asks."""
    can = {
        "POST": relation.can_insert,
        "PUT": relation.can_insert and relation.can_update,
        "PATCH": relation.can_update,
        "DELETE": relation.can_delete,
    }
    if can[request.method]:
        return
    allowed = [method for method in can if can[method]]
    raise Problem(
        405,
        "PG610",
        f"{relation.schema}.{relation.name} cannot be written by {request.method}",
        hint="Queries and views that show more than one table can be read only.",
        headers={"Allow": ",".join(("OPTIONS", "GET", "HEAD", *allowed))},
    )


async def _run(
    service: Service,
    request: Request,
    relation: Relation,
    query: Query,
    payload: Payload | None,
    values: Values,
) -> Answer:
    prepared = prepare(service, request, relation, query, payload, len(values))
    if payload is not None:
        values.append(payload.text)
    preferences = request.preferences
    checked = (
        request.method == "PUT"
        or preferences.max_affected is not None
        or (is_object(request.kind) and preferences.answer == "representation")
    )

    def finish(found: Outcome) -> Answer:
        return _answer(service, request, relation, found)

    return await write(service, request, prepared, values, finish, checked=checked)


def prepare(
    service: Service,
    request: Request,
    relation: Relation,
    query: Query,
    payload: Payload | None,
    slot: int,
) -> Prepared:
    """The SQL for the shape of a request that writes; the payload is the value `slot`."""
    preferences = request.preferences
    shows = preferences.answer == "representation"
    shape = None
    if payload is not None:
        matching = request.method == "PUT"
        keys = tuple(key for key in payload.keys if not relation.ignores(key))
        shape = Shape(
            keys,
            payload.is_array,
            preferences.missing == "default" and request.method == "POST",
            None if matching else _conflict(request, relation, query, keys),
            matching,
        )
    key: Hashable = ("write", request.method, relation.id, query, request.kind, shows, shape, slot)

    def composed(catalogue: Catalogue) -> Prepared:
        settings = service.settings
        node = plan_read(catalogue, relation, query, aggregates=settings.web_aggregates)
        mutation = Mutation(catalogue, relation, settings.web_max_rows)
        places = request.method == "POST" and preferences.answer == "headers-only"
        if shape is None:
            statement = mutation.delete(node)
        elif request.method == "PATCH":
            if not shape.keys:
                return mutation.parameters.prepared(NOTHING)
            statement = mutation.update(node, shape.keys, slot)
        elif request.method == "PUT":
            statement = mutation.insert(node, _put(relation, node, query, shape), slot)
        else:
            statement = mutation.insert(node, shape, slot)
        return mutation.rendered(node, statement, request.kind, shows=shows, places=places)

    return service.composed((key, preferences.answer), composed)


def _conflict(
    request: Request, relation: Relation, query: Query, keys: tuple[str, ...]
) -> Conflict | None:
    """What a record does that meets one of the same key."""
    resolution = request.preferences.resolution
    if resolution is None or request.method != "POST":
        return None
    columns = query.conflict or _usual_key(relation, keys)
    if not columns:
        return None
    for column in columns:
        if column not in relation.columns:
            raise Problem(
                400,
                "PGRST204",
                f"Could not find the '{column}' column of '{relation.name}' in the schema cache",
            )
    return Conflict(columns, resolution == "merge-duplicates", relation.is_class)


def _usual_key(relation: Relation, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The key of an upsert that names none.

    A table's is its primary key. Ids of classes are given out by the system, so theirs is the
    natural key of which the records have all columns.
    """
    if not relation.is_class:
        return relation.primary
    fitting = [k for k in relation.keys if not k.primary and set(k.columns) <= set(keys)]
    if len(fitting) == 1:
        return fitting[0].columns
    raise Problem(
        400,
        "PG609",
        f"it is not clear by which key records of {relation.class_path} are the same",
        details=f"Natural keys: {_keys_text(relation)}.",
        hint="Name the columns of one key in the parameter on_conflict, and send values for them.",
    )


def _keys_text(relation: Relation) -> str:
    found = ["(" + ", ".join(k.columns) + ")" for k in relation.keys if not k.primary]
    return ", ".join(found) or "none"


def _put(relation: Relation, node: Node, query: Query, shape: Shape) -> Shape:
    """PUT: the filters name one key, and the record has it."""
    if node.limit is not None or node.offset is not None:
        raise Problem(
            400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT"
        )
    named = equal_columns(node)
    key = next((k for k in relation.keys if set(k.columns) == named), None)
    if key is None or (relation.is_class and key.primary):
        raise Problem(
            405,
            "PGRST105",
            "Filters must include all and only primary key columns with 'eq' operators",
            hint=f"Of a class: a natural key, {_keys_text(relation)}."
            if relation.is_class
            else None,
        )
    if not set(key.columns) <= set(shape.keys):
        raise _put_mismatch()
    return Shape(shape.keys, shape.is_array, shape.defaults, _of_key(relation, key), True)


def _of_key(relation: Relation, key: Key) -> Conflict:
    return Conflict(key.columns, True, relation.is_class)


def _put_mismatch() -> Problem:
    return Problem(400, "PGRST115", "Payload values do not match URL in primary key column(s)")


def _answer(service: Service, request: Request, relation: Relation, found: Outcome) -> Answer:
    preferences = request.preferences
    shows = preferences.answer == "representation"
    if preferences.max_affected is not None and found.shown > preferences.max_affected:
        raise Problem(
            400,
            "PGRST124",
            "Query result exceeds max-affected preference constraint",
            details=f"The query affects {found.shown} rows",
        )
    if request.method == "PUT" and found.shown != 1:
        raise _put_mismatch()
    if shows:
        check_single(request.kind, found.shown)
    total = found.shown if preferences.count == "exact" else None
    headers: list[tuple[str, str]] = []
    if request.method == "PATCH":
        headers.append(("Content-Range", content_range(0, found.shown, total)))
    elif request.method in ("POST", "DELETE"):
        headers.append(("Content-Range", content_range(0, 0, total)))
    status = 200 if shows else 204
    if request.method == "POST":
        status = 201
        if found.extra is not None and found.shown == 1:
            headers.append(("Location", _location(request, relation, json.loads(found.extra))))
    names = ["return", "count", "handling", "timezone", "max-affected", *tx_applied(service)]
    if request.method == "POST":
        names.extend(("resolution", "missing"))
    applied = preferences.applied(*names)
    if applied:
        headers.append(("Preference-Applied", applied))
    return answer(request, status, headers, found.body if shows else b"", found)


def _location(request: Request, relation: Relation, values: list[str]) -> str:
    pairs = zip(relation.primary, values, strict=True)
    query = "&".join(f"{quote(key)}=eq.{quote(value)}" for key, value in pairs)
    return f"{request.target}?{query}"
