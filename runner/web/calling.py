"""The call of a function as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg import sql

from .catalogue import Catalogue, Function
from .media import Kind
from .plan import plan_read
from .reading import Reading
from .rendering import BODIES, body_of, render
from .statement import Parameters, Prepared, compose, join, name
from .tree import Query, Slot

if TYPE_CHECKING:
    from .service import Service

Arguments = tuple[tuple[str, Slot], ...]


class Body(NamedTuple):
    """Names of arguments in a JSON body, and its slot; no names for an unnamed parameter."""

    keys: tuple[str, ...]
    slot: Slot


ARGUMENTS = "arguments"
RESULT = "result"
VALUE = "value"

SCALAR = "coalesce(pg_catalog.json_agg(r.value) -> 0, 'null')::text"
SCALARS = "coalesce(pg_catalog.json_agg(r.value), '[]')::text"
ONE_ROW = {"json": BODIES["object"], "stripped": BODIES["object-stripped"]}


def compose_call(
    service: Service,
    catalogue: Catalogue,
    function: Function,
    query: Query,
    arguments: Arguments,
    body: Body | None,
    kind: Kind,
    *,
    exact: bool,
) -> Prepared:
    """Call with arguments as texts, or with those of a JSON body; rows may be filtered."""
    parameters = Parameters()
    called = _called(parameters, function, arguments, body)
    if function.result == "void":
        source = compose("select 1 from {}", called)
        return parameters.prepared(render(source, sql.SQL("table source"), sql.SQL("''::text")))
    if function.result == "scalar":
        return _scalar(parameters, function, called, kind, exact)
    source = compose("select {}.* from {}", name(RESULT), called)
    relation = catalogue.relations.get(function.relation) if function.relation else None
    node = plan_read(catalogue, relation, query, aggregates=service.settings.web_aggregates)
    reading = Reading(catalogue, parameters, service.settings.web_max_rows)
    rows = reading.select(node, sql.SQL("source"))
    total = reading.counted(node, sql.SQL("source")) if exact else None
    body_sql = (
        sql.SQL(ONE_ROW[kind])
        if not function.result_set and kind in ONE_ROW
        else body_of(kind, _single(function, query))
    )
    return parameters.prepared(render(source, rows, body_sql, total=total, kind=kind))


def _scalar(
    parameters: Parameters, function: Function, called: sql.Composable, kind: Kind, exact: bool
) -> Prepared:
    source = compose("select {} as {} from {}", name(RESULT, VALUE), name(VALUE), called)
    rows = sql.SQL("table source")
    if kind in ("json", "stripped"):
        shown: sql.Composable = sql.SQL(SCALARS if function.result_set else SCALAR)
    elif kind in ("object", "object-stripped"):
        shown = sql.SQL(SCALAR)
    else:
        shown = body_of(kind, VALUE)
    return parameters.prepared(
        render(source, rows, shown, total=rows if exact else None, kind=kind)
    )


def _called(
    parameters: Parameters,
    function: Function,
    arguments: Arguments,
    body: Body | None,
) -> sql.Composable:
    """The function in a FROM, under the name RESULT."""
    types = {p.name: p for p in function.parameters}
    target = name(function.schema, function.name)
    before: sql.Composable = sql.SQL("")
    given: list[sql.Composable] = []
    if body is not None and function.unnamed is not None:
        given.append(compose("{}::{}", parameters.slot(body.slot), sql.SQL(function.unnamed.type)))
    elif body is not None and body.keys:
        keys = [types[key] for key in body.keys]
        typed = [compose("{} {}", name(p.name), sql.SQL(p.type)) for p in keys]
        before = compose(
            "pg_catalog.json_to_record({}::json) as {} ({}), lateral ",
            parameters.slot(body.slot),
            name(ARGUMENTS),
            join(", ", typed),
        )
        given = [_argument(p.name, p.variadic, name(ARGUMENTS, p.name)) for p in keys]
    else:
        given = [
            _argument(
                key,
                types[key].variadic,
                compose("{}::{}", parameters.slot(slot), sql.SQL(types[key].type)),
            )
            for key, slot in arguments
        ]
    called = compose("{}{}({})", before, target, join(", ", given))
    if function.result == "rows":
        return compose("{} as {}", called, name(RESULT))
    return compose("{} as {} ({})", called, name(RESULT), name(VALUE))


def _argument(key: str, variadic: bool, value: sql.Composable) -> sql.Composable:
    if variadic:
        return compose("variadic {} => {}", name(key), value)
    return compose("{} => {}", name(key), value)


def _single(function: Function, query: Query) -> str | None:
    if len(function.columns) == 1:
        return function.columns[0][0]
    return None
