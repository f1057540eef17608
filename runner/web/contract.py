"""GET /: what the caller may do, as an OpenAPI 3.1 document."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from psycopg.rows import dict_row

from .. import __version__
from .answering import answer
from .catalogue import Function, Relation
from .described import Texts, component, relation_schema
from .openapi import function_path, relation_paths
from .problem import Problem
from .rendering import Outcome
from .request import Answer, Request
from .service import Service
from .shared import shared_parts

NOTHING = Outcome(None, 0, b"", None, None, None)
PATTERN = (
    "Filters are column=operator.value, such as priority=gte.3; the protocol is that of PostgREST."
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a role may do with one relation or function; None is every column."""

    can_read: bool
    can_insert: bool
    can_update: bool
    can_delete: bool
    readable: list[str] | None
    insertable: list[str] | None
    updatable: list[str] | None


async def contract(service: Service, request: Request) -> Answer:
    """The document for the caller, with names in the language that Accept-Language asks for."""
    if request.kind not in ("json", "openapi"):
        raise Problem(406, "PGRST107", "None of these media types are available at /")
    await service.run(request, [], reads=True)  # the locks hold here as well
    allowed, texts = await _asked(service, request)
    document = _document(service, request, allowed, texts)
    body = json.dumps(document, ensure_ascii=False).encode()
    if request.kind == "json":
        request.kind = "openapi"
    headers = [("Vary", "Accept-Language, Authorization")]
    return answer(request, 200, headers, b"" if request.method == "HEAD" else body, NOTHING)


async def _asked(service: Service, request: Request) -> tuple[dict[int, Allowed], Texts]:
    async with service.pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "select * from web.privileges(%s, %s)", (request.caller.role, request.schema)
        )
        allowed = {
            row["id"]: Allowed(**{k: v for k, v in row.items() if k not in ("id", "is_function")})
            for row in await cursor.fetchall()
        }
        await cursor.execute("select * from web.texts()")
        by_relation: dict[int, dict[str | None, dict[str, str]]] = defaultdict(dict)
        for row in await cursor.fetchall():
            by_relation[row["relation"]][row["column_name"]] = row["names"]
        await cursor.execute("select web.default_language() as code")
        default = await cursor.fetchone()
    wanted = _languages(request.headers.get("accept-language"))
    return allowed, Texts(by_relation, wanted, default["code"] if default else "en")


def _languages(header: str | None) -> tuple[str, ...] | None:
    """Languages in the order of preference, regions after them without; None for none named."""
    if header is None or not header.strip() or header.strip() == "*":
        return None
    ranked: list[tuple[float, str]] = []
    for part in header.split(","):
        code, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), code.strip()))
        except ValueError:
            continue
    found: list[str] = []
    for _, code in sorted(ranked, key=lambda pair: pair[0]):
        found.extend((code, code.split("-")[0]))
    return tuple(dict.fromkeys(found))


def _document(
    service: Service, request: Request, allowed: dict[int, Allowed], texts: Texts
) -> dict[str, Any]:
    catalogue = service.catalogue
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    shown: set[str] = set()
    for relation in _sorted(catalogue.relations.values()):
        may = allowed.get(relation.id)
        if relation.schema != request.schema or not relation.served or may is None:
            continue
        if not (may.can_read or may.can_insert or may.can_update or may.can_delete):
            continue
        shown.add(relation.name)
        schemas[component(relation.name)] = relation_schema(relation, may.readable, texts)
        paths[f"/{quote(relation.name)}"] = relation_paths(
            relation,
            read=may.can_read,
            insert=may.can_insert,
            update=may.can_update,
            delete=may.can_delete,
            readable=may.readable,
            insertable=may.insertable,
            updatable=may.updatable,
            texts=texts,
        )
    functions: list[Function] = []
    for (schema, _), overloads in sorted(catalogue.functions.items()):
        if schema == request.schema:
            functions.extend(overloads)
    for function in functions:
        may = allowed.get(function.id)
        if may is not None and may.can_read:
            path = f"/rpc/{quote(function.name)}"
            # Of several functions of one name the first is described.
            paths.setdefault(path, function_path(function, shown))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"pgears, schema {request.schema}",
            "version": __version__,
            "description": PATTERN,
        },
        "servers": [{"url": request.target.rstrip("/") or "/"}],
        "security": [{"bearer": []}, {}],
        "paths": paths,
        "components": {**shared_parts(), "schemas": {**shared_parts()["schemas"], **schemas}},
    }


def _sorted(relations: Any) -> list[Relation]:
    return sorted(relations, key=lambda relation: relation.name)
