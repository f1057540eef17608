"""Addresses that act: /run/<script>, /event/<code>, /import/<code>, /link/<token>.

GET shows what would happen and changes nothing, so that scanners of mails and previews may
open every link. POST acts: by the button of that page, or from a machine with a token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import psycopg
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..auth import Caller
from ..problem import Problem
from ..service import Service
from .inquiry import caller_of
from .page import HEADERS, Page, Site, draw, language_of, problem_of, redirect
from .sizes import check_size

SCOPES = {"0": "instance", "1": "workflow", "2": "global"}
"""Scopes by the numbers of older systems."""
FORM = ("csrf", "lang")


class Actions:
    """Addresses that act, for people and for machines."""

    def __init__(self, site: Site, service: Service) -> None:
        self.site = site
        self.service = service

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            Route("/run/{code}", self.run_script, methods=["GET", "POST"]),
            Route("/event/{code}", self.raise_event, methods=["GET", "POST"]),
            Route("/import/{code}", self.start_import, methods=["GET", "POST"]),
            Route("/link/{token}", self.link, methods=["GET", "POST"]),
        ]

    async def run_script(self, request: Request) -> Response:
        """Run a script that is open to URLs: OK, the file that it gives, or ERROR: and why."""
        code = request.path_params["code"]

        async def act(caller: Caller, given: Mapping[str, str]) -> Response:
            name, kind, content = await self.site.inquiry.row(
                caller,
                "select file_name, content_type, content from api.run_script_by_url($1, $2::jsonb)",
                (code, json.dumps(given)),
            )
            return as_file(name, kind, content)

        return await self._act(request, "run", code, act)

    async def raise_event(self, request: Request) -> Response:
        """Raise an event for steps that are open to URLs: the number of branches that go on."""
        code = request.path_params["code"]

        async def act(caller: Caller, given: Mapping[str, str]) -> Response:
            rest = dict(given)
            scope, id = rest.pop("scope", "global"), rest.pop("id", "0")
            if not id.lstrip("-").isdigit():
                raise Problem(400, "PG637", f'"{id}" is no number of a record')
            count = await self.site.inquiry.call(
                caller,
                "select api.raise_event_by_url($1, $2, $3::bigint, $4::jsonb)::text",
                (code, SCOPES.get(scope, scope), id, json.dumps(rest)),
            )
            return PlainTextResponse(str(count), headers=HEADERS)

        return await self._act(request, "event", code, act)

    async def start_import(self, request: Request) -> Response:
        """Import the file of a form, or the body of the request: OK and the number of the run."""
        code = request.path_params["code"]

        async def act(caller: Caller, given: Mapping[str, str]) -> Response:
            name, content = await uploaded(request)
            values = (code, name, "\\x" + content.hex(), given.get("force", "false"))
            run = await self.site.inquiry.call(
                caller, "select api.import_by_url($1, $2, $3::bytea, $4::boolean)::text", values
            )
            return PlainTextResponse(f"OK {run}", headers=HEADERS)

        return await self._act(request, "import", code, act)

    async def _act(self, request: Request, kind: str, code: str, act: Any) -> Response:
        """As a machine with a token, as a person with a form, or the page that asks a person."""
        try:
            token = request.headers.get("authorization")
            person = None if token else await self.site.logins.person(request)
            if request.method == "GET":
                if person is None and token is None:
                    target = quote(f"{request.url.path}?{request.url.query}", safe="")
                    return redirect(f"/pages/login?returnUrl={target}")
                return self._ask(request, person, kind, code)
            check_size(request, self.service.settings.web_max_body)
            form = await request.form(max_files=1)
            fields = {k: v for k, v in form.items() if isinstance(v, str)}
            given = {**request.query_params, **fields}
            if person is not None:
                page = Page(self.site, request, person, language_of(request, person), form)
                page.check_form()
            caller = caller_of(person.login) if person else self.service.authenticator.caller(token)
            answer: Response = await act(caller, {k: v for k, v in given.items() if k not in FORM})
        except (Problem, psycopg.Error) as error:
            problem = problem_of(error)
            text = f"ERROR: {problem}" + (f"\n{problem.hint}" if problem.hint else "")
            return PlainTextResponse(text, problem.status, headers={**HEADERS, **problem.headers})
        return answer

    def _ask(self, request: Request, person: Any, kind: str, code: str) -> Response:
        return draw(
            self.site.templates,
            "confirm.html.j2",
            language_of(request, person),
            request=request,
            person=person,
            csrf=person.csrf if person else "",
            heading=f"{kind} {code}",
            wants_file=kind == "import",
            given=[(k, v) for k, v in request.query_params.multi_items() if k != "lang"],
            state=None,
        )

    async def link(self, request: Request) -> Response:
        """A link of a mail: who has it may use it once, without logging in."""
        language, status = language_of(request, None), 200
        state, problem = None, None
        values: tuple[str | None, ...]
        try:
            if request.method == "POST":
                check_size(request, self.service.settings.web_max_body)
                form = await request.form(max_files=0, max_fields=20)
                choice = form.get("choice")
                values = (request.path_params["token"], str(choice) if choice else None)
                query = "select api.use_link(%s, %s)"
            else:
                values, query = (request.path_params["token"],), "select api.show_link(%s)"
            async with self.service.pool.connection() as conn:
                row = await (await conn.execute(query, values)).fetchone()
            state = row[0] if row else None
        except (Problem, psycopg.Error) as error:
            problem = problem_of(error)
            status = problem.status
        return draw(
            self.site.templates,
            "link.html.j2",
            language,
            status,
            request=request,
            state=state,
            problem=problem,
        )


async def uploaded(request: Request) -> tuple[str, bytes]:
    """Name and content of the file that a request brings."""
    form = await request.form(max_files=1)
    for value in form.values():
        if isinstance(value, UploadFile):
            return value.filename or "file", await value.read()
    return request.query_params.get("name", "file"), await request.body()


def as_file(name: bytes | None, kind: bytes | None, content: bytes | None) -> Response:
    """What a script gives: a download, or text."""
    data = bytes.fromhex((content or b"\\x")[2:].decode())
    if name is None:
        return PlainTextResponse(data, headers=HEADERS)
    disposition = f"attachment; filename*=UTF-8''{quote(name.decode(), safe='')}"
    headers = {**HEADERS, "Content-Disposition": disposition}
    return Response(data, headers=headers, media_type=(kind or b"text/plain").decode())
