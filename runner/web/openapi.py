"""Parts of an OpenAPI document: schemas of columns, operations of relations and functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .catalogue import Column, Function, Relation

Json = dict[str, Any]

INTEGERS = {"smallint": "int16", "integer": "int32", "bigint": "int64"}
NUMBERS = ("numeric", "real", "double precision")
FORMATS = {
    "uuid": "uuid",
    "date": "date",
    "timestamp with time zone": "date-time",
    "timestamp without time zone": "date-time",
}
ANY = ("json", "jsonb")
REFUSALS = ("400", "401", "403", "404", "406", "409", "413", "415", "429", "503", "504")


@dataclass(frozen=True, slots=True)
class Texts:
    """Names by relation and column (None: the relation); wanted None asks for all languages."""

    names: Mapping[int, Mapping[str | None, Mapping[str, str]]]
    wanted: tuple[str, ...] | None
    default: str

    def of(self, relation: Relation, column: str | None = None) -> Json:
        """Keys title, and x-titles where no language was asked for."""
        known = self.names.get(relation.id, {}).get(column) or {}
        if not known:
            return {}
        order = (*(self.wanted or ()), self.default)
        chosen = next((code for code in order if code in known), next(iter(known)))
        found: Json = {"title": known[chosen]}
        if self.wanted is None:
            found["x-titles"] = dict(known)
        return found


def type_schema(type_name: str, *, nullable: bool = False, base: str | None = None) -> Json:
    """JSON Schema of the values of a type as they are in an answer."""
    name = base or type_name
    if name in ANY:
        return {}
    if name.endswith("[]"):
        found: Json = {"type": "array", "items": type_schema(name[:-2], nullable=True)}
    elif name in INTEGERS:
        found = {"type": "integer", "format": INTEGERS[name]}
    elif name in NUMBERS:
        found = {"type": "number"}
    elif name == "boolean":
        found = {"type": "boolean"}
    else:
        found = {"type": "string"}
        if name not in ("text", "character varying", "character"):
            found["format"] = FORMATS.get(name, type_name)
    if nullable:
        found["type"] = [found["type"], "null"]
    return found


def column_schema(relation: Relation, column: Column, texts: Texts) -> Json:
    """JSON Schema of a column, with its name for people."""
    found = type_schema(column.type, nullable=column.nullable, base=column.base)
    if column.values:
        values: list[str | None] = list(column.values)
        found["enum"] = [*values, None] if column.nullable else values
        found.pop("format", None)
    if column.length is not None:
        found["maxLength"] = column.length
    if column.comment:
        found["description"] = column.comment
    return {**found, **texts.of(relation, column.name)}


def relation_schema(relation: Relation, readable: Sequence[str] | None, texts: Texts) -> Json:
    """The object of a row."""
    columns = _of(relation, readable)
    found: Json = {"type": "object", "properties": {}}
    for column in columns:
        found["properties"][column.name] = column_schema(relation, column, texts)
    if relation.comment:
        found["description"] = relation.comment
    if relation.primary:
        found["x-primary-key"] = list(relation.primary)
    return {**found, **texts.of(relation)}


def _of(relation: Relation, names: Sequence[str] | None) -> list[Column]:
    return [c for c in relation.columns.values() if names is None or c.name in names]


def relation_paths(
    relation: Relation,
    *,
    read: bool,
    insert: bool,
    update: bool,
    delete: bool,
    readable: Sequence[str] | None,
    insertable: Sequence[str] | None,
    updatable: Sequence[str] | None,
    texts: Texts,
) -> Json:
    """The operations of a relation."""
    about = texts.of(relation)
    summary = about.get("title", relation.name)
    filters = [_filter(column) for column in _of(relation, readable)]
    found: Json = {}
    if read:
        found["get"] = {
            "operationId": f"read_{relation.name}",
            "summary": f"Read {summary}",
            "tags": [relation.name],
            "parameters": [*filters, *_refs("select", "order", "limit", "offset", "count")],
            "responses": {
                "200": _rows(relation, "The rows."),
                "206": _rows(relation, "A part of the rows."),
                "416": {"$ref": "#/components/responses/refusal"},
                **_refusals(),
            },
        }
    if insert and relation.can_insert:
        found["post"] = {
            "operationId": f"insert_{relation.name}",
            "summary": f"Insert into {summary}",
            "tags": [relation.name],
            "parameters": _refs("select", "columns", "on_conflict", "prefer", "idempotency"),
            "requestBody": _body(relation, insertable, texts, several=True),
            "responses": {
                "201": _rows(relation, "Inserted."),
                "207": {
                    "description": "With Prefer: on-error=continue: some records were refused.",
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/-results"}}
                    },
                },
                **_refusals(),
            },
        }
    if update and relation.can_update:
        found["patch"] = {
            "operationId": f"update_{relation.name}",
            "summary": f"Change {summary}",
            "tags": [relation.name],
            "parameters": [*filters, *_refs("select", "columns", "prefer")],
            "requestBody": _body(relation, updatable, texts, several=False),
            "responses": {**_changed(relation), **_refusals()},
        }
    if delete and relation.can_delete:
        found["delete"] = {
            "operationId": f"delete_{relation.name}",
            "summary": f"Delete from {summary}",
            "tags": [relation.name],
            "parameters": [*filters, *_refs("select", "prefer")],
            "responses": {**_changed(relation), **_refusals()},
        }
    return found


def _changed(relation: Relation) -> Json:
    return {"200": _rows(relation, "Done."), "204": {"description": "Done, without a body."}}


def _filter(column: Column) -> Json:
    return {
        "name": column.name,
        "in": "query",
        "required": False,
        "description": f"operator.value ({column.type})",
        "schema": {"type": "string"},
    }


def _refs(*names: str) -> list[Json]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _rows(relation: Relation, description: str) -> Json:
    row = {"$ref": f"#/components/schemas/{component(relation.name)}"}
    return {
        "description": description,
        "content": {
            "application/json": {"schema": {"type": "array", "items": row}},
            "application/vnd.pgrst.object+json": {"schema": row},
            "text/csv": {"schema": {"type": "string"}},
        },
    }


def component(name: str) -> str:
    """The key of a schema for a relation: letters that a key can have, others by number."""
    return re.sub(r"[^A-Za-z0-9._-]", lambda found: f"_{ord(found[0]):x}_", name)


def _body(relation: Relation, names: Sequence[str] | None, texts: Texts, *, several: bool) -> Json:
    properties = {
        column.name: column_schema(relation, column, texts)
        for column in _of(relation, names)
        if not column.generated
    }
    record: Json = {"type": "object", "properties": properties}
    schema = {"anyOf": [record, {"type": "array", "items": record}]} if several else record
    return {
        "required": True,
        "content": {
            "application/json": {"schema": schema},
            "text/csv": {"schema": {"type": "string"}},
        },
    }


def _refusals() -> Json:
    return {status: {"$ref": "#/components/responses/refusal"} for status in REFUSALS}


def function_path(function: Function, relations: set[str]) -> Json:
    """The operations of a function."""
    result = _result(function, relations)
    responses: Json = {**result, **_refusals()}
    about: Json = {"tags": ["functions"], "summary": function.comment or function.name}
    properties = {p.name: type_schema(p.type) for p in function.parameters if p.name}
    required = [p.name for p in function.parameters if p.required and p.name and not p.variadic]
    body: Json = {"type": "object", "properties": properties}
    if required:
        body["required"] = required
    content: Json = {"application/json": {"schema": body}}
    if function.unnamed is not None:
        media = {"text": "text/plain", "bytea": "application/octet-stream", "xml": "text/xml"}
        content = {media.get(function.unnamed.type, "application/json"): {"schema": {}}}
    found: Json = {
        "post": {
            "operationId": f"call_{function.name}",
            **about,
            "parameters": _refs("prefer", "idempotency"),
            "requestBody": {"required": bool(required), "content": content},
            "responses": responses,
        }
    }
    if function.reads_only and function.unnamed is None:
        found["get"] = {
            "operationId": f"get_{function.name}",
            **about,
            "parameters": [
                {
                    "name": p.name,
                    "in": "query",
                    "required": p.required and not p.variadic,
                    "schema": {"type": "string"},
                    "description": p.type,
                }
                for p in function.parameters
                if p.name
            ],
            "responses": responses,
        }
    return found


def _result(function: Function, relations: set[str]) -> Json:
    if function.result == "void":
        return {"204": {"description": "Done."}}
    if function.result == "scalar":
        schema = type_schema(function.result_type, nullable=True)
    elif function.relation is not None and function.relation[1] in relations:
        schema = {"$ref": f"#/components/schemas/{component(function.relation[1])}"}
    else:
        properties = {name: type_schema(t, nullable=True) for name, t in function.columns}
        schema = {"type": "object", "properties": properties}
    if function.result_set:
        schema = {"type": "array", "items": schema}
    described = {
        "description": function.comment or "The result.",
        "content": {"application/json": {"schema": schema}},
    }
    return {"200": described, "206": described} if function.result_set else {"200": described}


def shared_parts() -> Json:
    """What operations refer to."""
    problem = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "description": "PGRSTnnn, or an SQLSTATE."},
            "message": {"type": "string"},
            "details": {},
            "hint": {"type": ["string", "null"]},
        },
        "required": ["code", "message", "details", "hint"],
    }
    result = {
        "type": "object",
        "properties": {
            "position": {"type": "integer"},
            "status": {"type": "integer"},
            "record": {},
            "error": {"$ref": "#/components/schemas/-problem"},
        },
    }
    return {
        "schemas": {
            "-problem": problem,
            "-results": {
                "type": "object",
                "properties": {
                    "done": {"type": "integer"},
                    "failed": {"type": "integer"},
                    "results": {"type": "array", "items": result},
                },
            },
        },
        "responses": {
            "refusal": {
                "description": "Refused; the body says why and what mends it.",
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/-problem"}}
                },
            }
        },
        "parameters": {
            "select": _query("select", "Columns, aliases, casts, embedded resources."),
            "order": _query("order", "column.asc, column.desc.nullslast, ..."),
            "limit": _query("limit", "Most rows.", {"type": "integer", "minimum": 0}),
            "offset": _query("offset", "Rows to leave out.", {"type": "integer", "minimum": 0}),
            "columns": _query("columns", "Columns of the body to take."),
            "on_conflict": _query("on_conflict", "Key of an upsert."),
            "count": _header("Prefer", "count=exact, planned or estimated."),
            "prefer": _header("Prefer", "return=representation, resolution=merge-duplicates, ..."),
            "idempotency": _header("Idempotency-Key", "A repeated request gets the same answer."),
        },
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    }


def _query(name: str, description: str, schema: Json | None = None) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def _header(name: str, description: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }
