"""Headers and status of an answer, those that the database set included."""

from __future__ import annotations

import json

from .media import CONTENT_TYPE, Kind
from .problem import Problem
from .rendering import Outcome
from .request import Answer, Request


def content_range(offset: int, shown: int, total: int | None) -> str:
    """The header Content-Range without its unit, as PostgREST writes it."""
    whole = "*" if total is None else str(total)
    return f"{offset}-{offset + shown - 1}/{whole}" if shown else f"*/{whole}"


def check_single(kind: Kind, shown: int) -> None:
    """One object was asked for: more or none is PGRST116."""
    if kind in ("object", "object-stripped") and shown != 1:
        raise Problem(
            406,
            "PGRST116",
            "Cannot coerce the result to a single JSON object",
            details=f"The result contains {shown} rows",
        )


def answer(
    request: Request, status: int, headers: list[tuple[str, str]], body: bytes, found: Outcome
) -> Answer:
    """The answer with what response.status and response.headers say."""
    if found.status is not None:
        if not found.status.isdecimal() or not 100 <= int(found.status) <= 599:
            raise Problem(500, "PGRST112", "response.status guc must be a valid status code")
        status = int(found.status)
    if body:
        headers.append(("Content-Type", CONTENT_TYPE[request.kind]))
    if request.negotiated:
        headers.append(("Content-Profile", request.schema))
    if found.headers is not None:
        headers = _merged(headers, _set_by_database(found.headers))
    return Answer(status, headers, body)


def _set_by_database(text: str) -> list[tuple[str, str]]:
    try:
        read = json.loads(text)
        pairs = [pair for entry in read for pair in entry.items()]
        if all(isinstance(v, str) and _clean(k) and _clean(v) for k, v in pairs):
            return pairs
    except (ValueError, AttributeError, TypeError):
        pass
    raise Problem(
        500,
        "PGRST111",
        "response.headers guc must be a JSON array composed of objects with a single key"
        " and a string value",
    )


def _clean(text: str) -> bool:
    return text.isprintable() and text.isascii()


def _merged(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers of the database go before ours; Set-Cookie may come several times."""
    names = {name.lower() for name, _ in theirs}
    return [(name, value) for name, value in ours if name.lower() not in names] + theirs
