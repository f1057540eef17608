"""The PostgREST protocol as an ASGI application: from a request to its answer."""

from __future__ import annotations

import asyncio
import logging
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

import psycopg
from starlette.types import Receive, Scope, Send

from .calls import call
from .catalogue import Relation
from .contract import contract
from .cors import cross_origin, preflight
from .limits import Limits, read_body
from .media import accepted
from .preferences import NONE, parse_preferences
from .problem import Problem
from .reads import read
from .request import Answer, Request, choose_schema, read_headers, read_path
from .service import Service
from .status import from_database
from .writes import mutate

log = logging.getLogger("pgears.web")

METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
CONTROLS = dict.fromkeys((*range(32), 127))
STALE = frozenset(
    {"PGRST200", "PGRST202", "PGRST204", "PGRST205", "PG601", "42703", "42P01", "42883", "0A000"}
)
"""Errors that a catalogue of yesterday can be the reason of."""


class Rest:
    """`/<relation>` and `/rpc/<function>`."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.limits = Limits(service.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        anonymous = True
        headers: dict[str, str] = {}
        try:
            headers, wishes = read_headers(scope["headers"])
            method: str = scope["method"]
            if method not in METHODS:
                raise Problem(405, "PGRST117", f"Unsupported HTTP method: {method}")
            path = read_path(scope)
            if method == "OPTIONS":
                await send_answer(send, self._options(path, headers), headers, self.service)
                return
            async with asyncio.timeout(self.service.settings.web_request_timeout):
                caller = self.service.authenticator.caller(headers.get("authorization"))
                anonymous = caller.anonymous
                self.limits.count(caller.role)
                reads = method in ("GET", "HEAD")
                schema, negotiated = choose_schema(
                    headers, self.service.settings.web_schemas, reads=reads
                )
                request = Request(
                    method,
                    "/" + "/".join(path),
                    scope.get("root_path", "") + "/" + "/".join(map(quote, path)),
                    scope["query_string"],
                    headers,
                    caller,
                    schema,
                    negotiated,
                    accepted(headers.get("accept")),
                    parse_preferences(wishes) if wishes else NONE,
                )
                if not reads:
                    limit = self.service.settings.web_max_body
                    request.body = await read_body(receive, headers, limit)
                try:
                    answer = await self.answer(request, path)
                finally:
                    if not reads and self.service.standby is not None:
                        self.service.standby.wrote(caller.role)
        except Problem as problem:
            answer = problem_answer(problem)
        except TimeoutError:
            answer = problem_answer(self.limits.too_long())
        except psycopg.Error as error:
            refusal = from_database(error, anonymous=anonymous)
            if refusal.status >= 500:
                log.warning("%s %s: %s", scope["method"], scope["path"], error)
            answer = problem_answer(refusal)
        except Exception:
            log.exception("%s %s", scope["method"], scope["path"])
            answer = problem_answer(Problem(500, "XX000", "an error of the service itself"))
        await send_answer(
            send, answer, headers, self.service, without_body=scope["method"] == "HEAD"
        )

    async def answer(self, request: Request, path: list[str]) -> Answer:
        """The answer; before saying that something is not there, the catalogue is looked at."""
        seen = self.service.catalogue
        try:
            return await self._dispatch(request, path)
        except Problem as problem:
            if problem.code not in STALE or not await self.service.library.is_newer(seen):
                raise
        except psycopg.Error as error:
            if error.sqlstate not in STALE or not await self.service.library.is_newer(seen):
                raise
        return await self._dispatch(request, path)

    async def _dispatch(self, request: Request, path: list[str]) -> Answer:
        if not path:
            if not request.reads:
                raise Problem(405, "PGRST117", f"Unsupported HTTP method: {request.method}")
            return await contract(self.service, request)
        if request.kind == "openapi":
            raise Problem(
                406,
                "PGRST107",
                "None of these media types are available: application/openapi+json",
                hint="It is to be had at /.",
            )
        if len(path) == 1:
            relation = self._relation(request.schema, path[0])
            if request.reads:
                return await read(self.service, request, relation)
            return await mutate(self.service, request, relation)
        if len(path) == 2 and path[0] == "rpc":
            if request.method not in ("GET", "HEAD", "POST"):
                raise Problem(
                    405,
                    "PGRST101",
                    f"Cannot use the {request.method} method on RPC",
                    headers={"Allow": "OPTIONS,GET,HEAD,POST"},
                )
            return await call(self.service, request, path[1])
        raise Problem(404, "PGRST125", "Invalid path specified in request URL")

    def _relation(self, schema: str, name: str) -> Relation:
        relation = self.service.catalogue.relation(schema, name)
        if relation is None:
            raise no_relation(self.service, schema, name)
        return relation

    def _options(self, path: list[str], headers: dict[str, str]) -> Answer:
        """What may be done with a resource; to a browser, before it does."""
        if "origin" in headers and "access-control-request-method" in headers:
            return preflight(headers)
        self.service.authenticator.caller(headers.get("authorization"))
        if len(path) == 2 and path[0] == "rpc":
            return Answer(200, [("Allow", "OPTIONS,GET,HEAD,POST")])
        allow = ["OPTIONS", "GET", "HEAD"]
        if len(path) == 1:
            schema, _ = choose_schema(headers, self.service.settings.web_schemas, reads=True)
            relation = self._relation(schema, path[0])
            if relation.can_insert:
                allow.append("POST")
                if relation.can_update:
                    allow.append("PUT")
            if relation.can_update:
                allow.append("PATCH")
            if relation.can_delete:
                allow.append("DELETE")
        return Answer(200, [("Allow", ",".join(allow))])


def no_relation(service: Service, schema: str, name: str) -> Problem:
    """PGRST205, with the name that is most like it."""
    names = [known for known_schema, known in service.catalogue.relations if known_schema == schema]
    close = get_close_matches(name, names, 1)
    return Problem(
        404,
        "PGRST205",
        f"Could not find the table '{schema}.{name}' in the schema cache",
        hint=f"Perhaps you meant the table '{schema}.{close[0]}'" if close else None,
    )


def problem_answer(problem: Problem) -> Answer:
    """A refusal as an answer."""
    headers = [("Content-Type", "application/json; charset=utf-8")]
    headers.append(("Proxy-Status", f"pgears; error={problem.code}"))
    headers.extend(problem.headers.items())
    return Answer(problem.status, headers, problem.body())


def _clean(text: str) -> bytes:
    """A name or value of a header: what functions of the database say goes through here too."""
    if text.isascii() and text.isprintable():
        return text.encode("ascii")
    return text.translate(CONTROLS).encode("latin-1", "replace")


async def send_answer(
    send: Send,
    answer: Answer,
    headers: dict[str, str],
    service: Service,
    *,
    without_body: bool = False,
) -> None:
    """Send status, headers and body."""
    shared = cross_origin(headers, service.settings.web_cors_origins)
    raw = [(_clean(n.lower()), _clean(v)) for n, v in (*answer.headers, *shared)]
    if answer.status not in (204, 304):
        raw.append((b"content-length", b"%d" % len(answer.body)))
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": answer.status,
        "headers": raw,
    }
    await send(start)
    body = b"" if without_body or answer.status in (204, 304) else answer.body
    await send({"type": "http.response.body", "body": body})
