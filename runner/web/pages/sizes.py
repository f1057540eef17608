"""How large a form may be."""

from __future__ import annotations

from starlette.requests import Request

from ..problem import Problem


def check_size(request: Request, most: int) -> None:
    """Refuse a form that says it is too large, or does not say how large it is."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Problem(411, "PG640", "no length was sent", hint="Send Content-Length.")
    if int(length) > most:
        raise Problem(
            413,
            "PG640",
            f"the form is larger than {most:,} bytes",
            hint="PGEARS_WEB_MAX_BODY sets the limit.",
        )
