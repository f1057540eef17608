"""GET and HEAD of a relation."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from .answering import answer, check_single, content_range
from .catalogue import Catalogue, Relation
from .exchange import Step
from .joining import output_name
from .media import Kind
from .plan import Node, plan_read
from .problem import Problem
from .query import parse_text
from .reading import Reading
from .rendering import body_of, outcome, render
from .request import Answer, Request
from .service import Service
from .statement import Parameters, Prepared, compose
from .tree import Query

RANGE = re.compile(r"(?:items=)?(\d{1,18})-(\d{1,18})?")


async def read(service: Service, request: Request, relation: Relation) -> Answer:
    """The rows that the query string asks for."""
    query, values = parse_text(request.query)
    query = with_range(request, query, values)
    count = request.preferences.count
    exact = count == "exact"
    key = ("read", relation.id, query, request.kind, exact)
    prepared = service.composed(
        key,
        lambda catalogue: compose_read(service, catalogue, relation, query, request.kind, exact),
    )
    steps: list[Step] = [(prepared.text, prepared.fill(values))]
    if count in ("planned", "estimated"):
        estimate = service.composed(
            ("plan", relation.id, query),
            lambda catalogue: compose_estimate(service, catalogue, relation, query),
        )
        steps.append((estimate.text, estimate.fill(values)))
    results = await service.run(request, steps, reads=True)
    found = outcome(results[0])
    check_single(request.kind, found.shown)
    offset = top_offset(query, values)
    total = found.total
    if count in ("planned", "estimated"):
        total = _planned(bytes(results[1].get_value(0, 0) or b"[]"))
        if count == "estimated" and total <= (service.settings.web_max_rows or 1000):
            total = await _count(service, request, relation, query, values)
        if found.shown:  # an estimate is no reason to keep back what was found behind it
            total = max(total, offset + found.shown)
    status = range_status(offset, found.shown, total)
    headers = [("Content-Range", content_range(offset, found.shown, total))]
    query_string = f"?{request.query.decode('ascii')}" if request.query else ""
    headers.append(("Content-Location", request.target + query_string))
    applied = request.preferences.applied("count", "handling", "timezone", "read")
    if applied:
        headers.append(("Preference-Applied", applied))
    return answer(request, status, headers, found.body, found)


def range_status(offset: int, shown: int, total: int | None) -> int:
    """200, or 206 for a part; an offset behind the end is PGRST103."""
    if total is None:
        return 200
    if offset > total:
        raise Problem(
            416,
            "PGRST103",
            "Requested range not satisfiable",
            details=f"An offset of {offset} was requested, but there are only {total} rows.",
            headers={"Content-Range": f"*/{total}"},
        )
    return 206 if shown < total else 200


def with_range(request: Request, query: Query, values: list[str]) -> Query:
    """The query with the header Range as its limit, unless it has one of its own."""
    header = request.headers.get("range")
    if header is None or any(place == () for place, _ in (*query.limits, *query.offsets)):
        return query
    found = RANGE.fullmatch(header.strip())
    if found is None:
        return query
    first, last = int(found[1]), found[2]
    values.append(str(first))
    offsets = (*query.offsets, ((), len(values) - 1))
    limits = query.limits
    if last is not None:
        if int(last) < first:
            raise Problem(
                416,
                "PGRST103",
                "Requested range not satisfiable",
                details="The lower boundary must be lower than or equal to the upper boundary"
                " in the Range header.",
            )
        values.append(str(int(last) - first + 1))
        limits = (*limits, ((), len(values) - 1))
    return replace(query, limits=limits, offsets=offsets)


def top_offset(query: Query, values: list[str]) -> int:
    """The offset of the whole answer."""
    return next((int(values[slot]) for place, slot in query.offsets if place == ()), 0)


def compose_read(
    service: Service,
    catalogue: Catalogue,
    relation: Relation,
    query: Query,
    kind: Kind,
    exact: bool,
) -> Prepared:
    """The SELECT of the rows, rendered."""
    node = plan_read(catalogue, relation, query, aggregates=service.settings.web_aggregates)
    parameters = Parameters()
    reading = Reading(catalogue, parameters, service.settings.web_max_rows)
    source = reading.relation(relation)
    rows = reading.select(node, source)
    total = reading.counted(node, source) if exact else None
    body = body_of(kind, single_column(node))
    return parameters.prepared(render(None, rows, body, total=total, kind=kind))


def compose_estimate(
    service: Service, catalogue: Catalogue, relation: Relation, query: Query
) -> Prepared:
    """EXPLAIN of the rows without limits."""
    return _counting(service, catalogue, relation, query, "explain (format json) {}")


def _counting(
    service: Service, catalogue: Catalogue, relation: Relation, query: Query, template: str
) -> Prepared:
    node = plan_read(catalogue, relation, query, aggregates=service.settings.web_aggregates)
    parameters = Parameters()
    reading = Reading(catalogue, parameters)
    counted = reading.counted(node, reading.relation(relation))
    return parameters.prepared(compose(template, counted))


async def _count(
    service: Service, request: Request, relation: Relation, query: Query, values: list[str]
) -> int:
    counting = service.composed(
        ("count", relation.id, query),
        lambda catalogue: _counting(
            service, catalogue, relation, query, "select pg_catalog.count(*) from ({}) as c"
        ),
    )
    [result] = await service.run(request, [(counting.text, counting.fill(values))], reads=True)
    return int(result.get_value(0, 0) or 0)


def _planned(explained: bytes) -> int:
    return int(json.loads(explained)[0]["Plan"]["Plan Rows"])


def single_column(node: Node) -> str | None:
    """The name of the only column of the answer."""
    if len(node.items) == 1 and node.fields and (path := node.fields[0].path) is not None:
        return None if path.name == "*" else output_name(node.fields[0])
    return None
