"""Operations of an OpenAPI document: of relations and of functions."""

from __future__ import annotations

from collections.abc import Sequence

from .catalogue import Column, Function, Relation
from .described import Json, Texts, column_schema, columns_of, component, type_schema

REFUSALS = ("400", "401", "403", "404", "406", "409", "413", "415", "429", "503", "504")


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
    filters = [_filter(column) for column in columns_of(relation, readable)]
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


def _body(relation: Relation, names: Sequence[str] | None, texts: Texts, *, several: bool) -> Json:
    properties = {
        column.name: column_schema(relation, column, texts)
        for column in columns_of(relation, names)
        if not column.generated and not column.readonly
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
