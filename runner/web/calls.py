"""GET and POST of /rpc/<function>."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

from .answering import answer, check_single, content_range
from .calling import Arguments, Body, compose_call
from .catalogue import Catalogue, Function
from .filters import array_literal
from .media import is_object
from .overload import find_function, is_named
from .payload import FORM, decode_json, media_type, read_payload
from .problem import Problem
from .query import parse_query, read_pairs
from .reads import range_status, top_offset, with_range
from .rendering import Outcome, outcome
from .request import Answer, Request
from .service import Service
from .statement import Prepared
from .transaction import Values, tx_applied, write
from .tree import Query, Slot


async def call(service: Service, request: Request, name: str) -> Answer:
    """Call a function: GET one that only reads, POST any."""
    functions = service.catalogue.functions.get((request.schema, name), ())
    pairs = read_pairs(request.query)
    values: list[str] = []
    query = parse_query(pairs, values, function=request.reads)
    filled: Values
    if request.reads:
        query = with_range(request, query, values)
        named = _grouped(query, values)
        function = find_function(functions, request.schema, name, named, media=None)
        if not function.reads_only:
            raise Problem(
                405,
                "PGRST101",
                f"Cannot use the {request.method} method on a function that is volatile",
                hint="Send POST, or declare the function stable or immutable if it only reads.",
                headers={"Allow": "OPTIONS,POST"},
            )
        arguments, filled = _text_arguments(function, named, values)
        body = None
    else:
        function, arguments, body, filled = _posted(request, functions, name, query, values)
    return await _run(service, request, function, query, arguments, body, filled, values)


def _grouped(query: Query, values: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, slot in query.arguments:
        found[name].append(values[slot])
    return found


def _text_arguments(
    function: Function, named: dict[str, list[str]], values: list[str]
) -> tuple[Arguments, Values]:
    """Arguments as texts: the last of several, or all of them where the parameter is variadic."""
    variadic = {p.name for p in function.parameters if p.variadic}
    arguments: list[tuple[str, Slot]] = []
    for name, given in named.items():
        values.append(array_literal(given) if name in variadic else given[-1])
        arguments.append((name, len(values) - 1))
    return tuple(arguments), list(values)


def _posted(
    request: Request,
    functions: tuple[Function, ...],
    name: str,
    query: Query,
    values: list[str],
) -> tuple[Function, Arguments, Body | None, Values]:
    media = media_type(request.headers)
    if media == FORM:
        named: dict[str, list[str]] = defaultdict(list)
        for key, text in read_pairs(request.body):
            named[key].append(text)
        function = find_function(functions, request.schema, name, named, media=media)
        arguments, filled = _text_arguments(function, named, values)
        return function, arguments, None, filled
    if not is_named(media):
        function = find_function(functions, request.schema, name, (), media=media)
        data = request.body
        if media == "application/octet-stream":
            data = b"\\x" + data.hex().encode()
        elif b"\0" in data:
            raise Problem(400, "22021", "a value has a zero character, which text cannot hold")
        return function, (), Body((), len(values)), [*values, data]
    keys: tuple[str, ...] = ()
    data = request.body or b"{}"
    value: Any = decode_json(data)
    if isinstance(value, dict):
        keys = read_payload(data, request.headers, columns=query.columns).keys
    function = find_function(functions, request.schema, name, keys, media=media)
    if function.unnamed is not None:
        return function, (), Body((), len(values)), [*values, data]
    if not isinstance(value, dict):
        raise Problem(400, "PGRST102", "The body must be a JSON object of arguments")
    return function, (), Body(keys, len(values)), [*values, data]


async def _run(
    service: Service,
    request: Request,
    function: Function,
    query: Query,
    arguments: Arguments,
    body: Body | None,
    filled: Values,
    values: list[str],
) -> Answer:
    exact = request.preferences.count == "exact"
    key: Hashable = (
        "call", function.id, query, arguments, body, request.kind, exact,
    )  # fmt: skip

    def composed(catalogue: Catalogue) -> Prepared:
        return compose_call(
            service, catalogue, function, query, arguments, body, request.kind, exact=exact
        )

    prepared = service.composed(key, composed)
    offset = top_offset(query, values)

    def finish(found: Outcome) -> Answer:
        return _answer(service, request, function, found, offset)

    if function.reads_only:
        [result] = await service.run(request, [(prepared.text, prepared.fill(filled))], reads=True)
        return finish(outcome(result))
    checked = request.preferences.max_affected is not None or is_object(request.kind)
    return await write(service, request, prepared, filled, finish, checked=checked)


def _answer(
    service: Service, request: Request, function: Function, found: Outcome, offset: int
) -> Answer:
    preferences = request.preferences
    names = ("count", "handling", "timezone", "max-affected", "read")
    applied = preferences.applied(*names, *(() if request.reads else tx_applied(service)))
    headers = [("Preference-Applied", applied)] if applied else []
    if function.result == "void":
        return answer(request, 204, headers, b"", found)
    if function.result == "rows":
        most = preferences.max_affected
        if most is not None and function.result_set and found.shown > most:
            raise Problem(
                400,
                "PGRST124",
                "Query result exceeds max-affected preference constraint",
                details=f"The query affects {found.shown} rows",
            )
        if function.result_set:
            check_single(request.kind, found.shown)
    status = range_status(offset, found.shown, found.total)
    headers.append(("Content-Range", content_range(offset, found.shown, found.total)))
    return answer(request, status, headers, found.body, found)
