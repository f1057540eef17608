"""Calls from pages of other origins."""

from __future__ import annotations

from collections.abc import Sequence

from .request import Answer, Headers

EXPOSED = (
    "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server,"
    " Transfer-Encoding, Range-Unit, Preference-Applied, Content-Profile, Idempotent-Replayed,"
    " Retry-After, X-Request-Id"
)
METHODS = "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"
DAY = "86400"


def cross_origin(headers: Headers, origins: Sequence[str]) -> list[tuple[str, str]]:
    """Headers that let a page of an allowed origin read the answer.

    Tokens come in a header that only the page can set, never by cookie, so no credentials.
    """
    origin = headers.get("origin")
    if origin is None:
        return []
    if "*" in origins:
        allowed = [("Access-Control-Allow-Origin", "*")]
    elif origin in origins:
        allowed = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
    else:
        return [("Vary", "Origin")]
    return [*allowed, ("Access-Control-Expose-Headers", EXPOSED)]


def preflight(headers: Headers) -> Answer:
    """The answer to the question of a browser before a call."""
    asked = headers.get("access-control-request-headers", "")
    clean = "".join(c for c in asked if c.isalnum() or c in "-_, ")
    return Answer(
        200,
        [
            ("Access-Control-Allow-Methods", METHODS),
            ("Access-Control-Allow-Headers", clean or "Authorization, Content-Type, Prefer"),
            ("Access-Control-Max-Age", DAY),
        ],
    )
