"""What kind of answer a client accepts."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from .problem import Problem

Kind = Literal["json", "object", "stripped", "object-stripped", "csv", "binary", "text", "openapi"]

KINDS: dict[str, Kind] = {
    "application/json": "json",
    "application/vnd.pgrst.array+json": "json",
    "application/vnd.pgrst.array": "json",
    "application/vnd.pgrst.object+json": "object",
    "application/vnd.pgrst.object": "object",
    "text/csv": "csv",
    "application/octet-stream": "binary",
    "text/plain": "text",
    "application/openapi+json": "openapi",
    "*/*": "json",
    "application/*": "json",
    "text/*": "csv",
}
CONTENT_TYPE: dict[Kind, str] = {
    "json": "application/json; charset=utf-8",
    "object": "application/vnd.pgrst.object+json; charset=utf-8",
    "stripped": "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8",
    "object-stripped": "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "binary": "application/octet-stream",
    "text": "text/plain; charset=utf-8",
    "openapi": "application/openapi+json; charset=utf-8",
}


@lru_cache(256)
def accepted(header: str | None) -> Kind:
    """The best kind of answer that the header Accept asks for; PGRST107 when there is none."""
    if not header or header == "*/*":
        return "json"
    ranked: list[tuple[float, Kind]] = []
    for part in header.split(","):
        media, *parameters = (text.strip().lower() for text in part.split(";"))
        kind = KINDS.get(media)
        if kind is None:
            continue
        if "nulls=stripped" in parameters and kind in ("json", "object"):
            kind = "stripped" if kind == "json" else "object-stripped"
        ranked.append((_quality(parameters), kind))
    if not ranked:
        raise Problem(406, "PGRST107", f"None of these media types are available: {header}")
    return max(ranked, key=lambda pair: pair[0])[1]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def is_object(kind: Kind) -> bool:
    """True when the answer is one object."""
    return kind in ("object", "object-stripped")
