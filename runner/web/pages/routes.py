"""Addresses of the pages, and what is common to all: login, language, forms, errors."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import psycopg
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ...db import direct_url
from ...paths import templates_dir
from ..problem import Problem
from ..request import logged_path
from ..service import Service
from . import files, listing, overview, record, runs, status, tasks, workflows
from .actions import Actions
from .inquiry import Inquiry
from .login import Logins, set_cookie
from .page import (
    LANGUAGE_COOKIE,
    Page,
    Site,
    draw,
    environment,
    language_of,
    problem_of,
    redirect,
    safe_address,
)
from .sizes import check_size
from .texts import languages

log = logging.getLogger("pgears.web")

Handler = Callable[..., Awaitable[Response]]


class Number(Convertor[int]):
    """The number of a record: digits that a bigint can hold, not as many as somebody sends."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        """From the address."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Into an address."""
        return str(value)


register_url_convertor("number", Number())
FORM_OF_LOGIN = 10_000
"""Most bytes of a form that logs somebody in."""
FIELDS = 10_000
"""Most fields of a form: a column with several references has one for each."""
YEAR = 365 * 24 * 3600


def routes(service: Service) -> list[BaseRoute]:
    """Routes of the pages."""
    settings = service.settings
    site = Site(
        Inquiry(service),
        Logins(service.pool, direct_url(settings), settings.web_login_header),
        environment(),
    )

    def page(address: str, handler: Handler, *methods: str) -> Route:
        return Route(
            f"/pages{address}", Door(site, handler, settings.web_max_body).answer, methods=methods
        )

    one, many = "/{model:str}/{code:str}/{id:number}", "/{model:str}/{code:str}"
    static = StaticFiles(directory=templates_dir() / "pages" / "static")
    file = Door(site, files.show_file, settings.web_max_body)
    return [
        *Actions(site, service).routes(),
        Route("/files/{id:number}", file.answer, methods=["GET"]),
        Mount("/pages/static", static),
        Route("/pages/login", Login(site).answer, methods=["GET", "POST"]),
        page("", overview.show_home, "GET"),
        page("/", overview.show_home, "GET"),
        page("/logout", log_out, "POST"),
        page("/tasks", tasks.show_tasks, "GET"),
        page("/tasks/{id:number}", tasks.complete_task, "POST"),
        page("/monitor", tasks.show_monitor, "GET"),
        page("/runs", runs.show_runs, "GET"),
        page("/runs/import/{run:number}", runs.show_import, "GET"),
        page("/runs/import/{run:number}/errors", runs.show_errors, "GET"),
        page("/runs/{kind:str}/{run:number}/file", runs.show_file, "GET"),
        page("/workflows", workflows.show_workflows, "GET"),
        page(f"/workflows{many}", workflows.show_workflow, "GET"),
        page("/instances/{id:number}", workflows.show_instance, "GET"),
        page("/status", status.show_status, "GET"),
        page("/{model:str}", overview.show_model, "GET"),
        page(many, listing.show_list, "GET"),
        page(f"{many}/new", record.new_record, "GET"),
        page(f"{many}/new", insert_record, "POST"),
        page(f"{many}/suggest/{{column:str}}", record.suggest, "GET"),
        page(one, record.show_record, "GET"),
        page(f"{one}/edit", record.edit_record, "GET"),
        page(f"{one}/edit", record.save_record, "POST"),
        page(f"{one}/delete", record.delete_record, "GET", "POST"),
    ]


class Door:
    """Lets a person through to a handler: session, form of this session, errors as pages."""

    def __init__(self, site: Site, handler: Handler, most: int) -> None:
        self.site = site
        self.handler = handler
        self.most = most

    async def answer(self, request: Request) -> Response:
        """The page, the way to the login, or the page of an error."""
        person = None
        try:
            token = None
            person = await self.site.logins.person(request)
            if person is None:
                token = await self.site.logins.by_header(request)
                if token is None:
                    return redirect(f"/pages/login?returnUrl={quote(own_target(request), safe='')}")
                answer = redirect(own_target(request))
                set_cookie(answer, token, secure=request.url.scheme == "https")
                return answer
            page = Page(self.site, request, person, language_of(request, person))
            if request.method == "POST":
                check_size(request, self.most)
                page.form = await request.form(max_fields=FIELDS, max_part_size=self.most)
                page.check_form()
            answer = await self.handler(page, **request.path_params)
        except (Problem, psycopg.Error) as error:
            answer = self._problem(request, error, person)
        if request.query_params.get("lang") in languages():
            chosen = request.query_params["lang"]
            answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR, path="/", samesite="lax")
        return answer

    def _problem(self, request: Request, error: Exception, person: object) -> Response:
        problem = problem_of(error)
        if problem.status >= 500:
            log.warning("%s %s: %s", request.method, logged_path(request.url.path), error)
        return draw(
            self.site.templates,
            "error.html.j2",
            language_of(request, None),
            problem.status,
            request=request,
            problem=problem,
            person=person,
            csrf=getattr(person, "csrf", ""),
        )


class Login:
    """The form by which people log in."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def answer(self, request: Request) -> Response:
        """The form, or the session that it opens."""
        language = language_of(request, None)
        back, problem, status = request.query_params.get("returnUrl", ""), None, 200
        login = ""
        if request.method == "POST":
            try:
                check_origin(request)
                check_size(request, FORM_OF_LOGIN)
                form = await request.form(max_files=0, max_fields=10)
                login, back = str(form.get("login", "")), str(form.get("returnUrl", ""))
                address = request.client.host if request.client else ""
                token = await self.site.logins.by_password(
                    login, str(form.get("password", "")), address
                )
            except (Problem, psycopg.Error) as error:
                problem = problem_of(error)
                status = problem.status
            else:
                answer = redirect(safe_address(back) or "/pages/")
                set_cookie(answer, token, secure=request.url.scheme == "https")
                return answer
        return draw(
            self.site.templates,
            "login.html.j2",
            language,
            status,
            request=request,
            back=safe_address(back) or "",
            login=login,
            problem=problem,
        )


async def log_out(page: Page) -> Response:
    """End the session."""
    await page.site.logins.close(page.request)
    return redirect("/pages/login")


async def insert_record(page: Page, model: str, code: str) -> Response:
    """Save the form of a new record."""
    return await record.save_record(page, model, code, None)


def own_target(request: Request) -> str:
    """Path and query of a request."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def check_origin(request: Request) -> None:
    """Refuse a login that another site sends, so that nobody is logged in as somebody else."""
    origin = request.headers.get("origin")
    # "null" is what the frame of another site sends that hides where it is from.
    if origin is not None and origin.split("://")[-1] != request.headers.get("host"):
        raise Problem(403, "PG636", "the form is not of this site")
