"""What a transaction is told before its statement: role, claims, headers, limits."""

from __future__ import annotations

from psycopg import sql

from ..config import Settings
from ..correlation import SETTING, current
from .exchange import Step
from .request import Request
from .statement import Parameter, compose, join, name

LOCAL = (
    "search_path",
    "request.jwt.claims",
    "request.method",
    "request.path",
    "request.headers",
    "request.cookies",
    "pgears.language",
    "statement_timeout",
)
"""Settings in the order of their parameters. Behind them come the id of the request, where it
can lead to something, timezone and the role."""


def _statement(*, reads: bool, timezone: bool) -> bytes:
    names = (*LOCAL, *(() if reads else (SETTING,)), *(("timezone",) if timezone else ()))
    parts: list[sql.Composable] = []
    if reads:
        parts.append(sql.SQL("pg_catalog.set_config('transaction_read_only', 'on', true)"))
    else:
        parts.append(compose("core.set_source({})", Parameter(len(names) + 3)))
    parts.extend(
        compose("pg_catalog.set_config({}, {}, true)", sql.Literal(setting), Parameter(number))
        for number, setting in enumerate(names, 1)
    )
    parts.append(
        compose(
            "pg_catalog.set_config('role', web.admit({}, {}::boolean, {}), true)",
            Parameter(len(names) + 1),
            Parameter(len(names) + 2),
            Parameter(len(names) + 3),
        )
    )
    return compose("select {}", join(", ", parts)).as_bytes(None)


STATEMENTS = {
    (reads, timezone): _statement(reads=reads, timezone=timezone)
    for reads in (False, True)
    for timezone in (False, True)
}


class Sessions:
    """Makes the first steps of every transaction."""

    def __init__(self, settings: Settings, door: str) -> None:
        self._door = door.encode()
        self._extra = settings.web_extra_search_path
        self._timeout = b"%d" % round(settings.web_statement_timeout * 1000)
        self._paths: dict[str, bytes] = {}
        self._pre_request: Step | None = None
        if settings.web_pre_request is not None:
            function = name(*settings.web_pre_request.split("."))
            self._pre_request = (compose("select {}()", function).as_bytes(None), ())

    def steps(self, request: Request, *, reads: bool) -> list[Step]:
        """Settings, then the role, then the function to run before requests."""
        timezone = request.preferences.timezone
        values: list[bytes | None] = [
            self._search_path(request.schema),
            request.caller.claims.encode(),
            request.method.encode(),
            request.path.encode(),
            request.headers_json().encode(),
            request.cookies_json().encode(),
            _language(request).encode(),
            self._timeout,
        ]
        if not reads:
            values.append((current.get() or "").encode())
        if timezone is not None:
            values.append(timezone.encode())
        values.append(request.caller.role.encode())
        values.append(b"t" if request.caller.anonymous else b"f")
        values.append(self._door)
        found: list[Step] = [(STATEMENTS[reads, timezone is not None], values)]
        if self._pre_request is not None:
            found.append(self._pre_request)
        return found

    def _search_path(self, schema: str) -> bytes:
        known = self._paths.get(schema)
        if known is None:
            parts = [name(part) for part in dict.fromkeys((schema, *self._extra))]
            known = self._paths[schema] = join(", ", parts).as_bytes(None)
        return known


def _language(request: Request) -> str:
    """The first language of Accept-Language, such as de."""
    header = request.headers.get("accept-language", "")
    first = header.split(",")[0].split(";")[0].strip()
    return first if first != "*" and len(first) < 40 and first.isascii() else ""
