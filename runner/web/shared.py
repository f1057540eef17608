"""Parts of an OpenAPI document that operations refer to."""

from __future__ import annotations

from .described import Json


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
