"""A request for a page: the person, the language, the class; and how a page is drawn."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jinja2
import psycopg
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ...paths import templates_dir
from ..problem import Problem
from ..status import from_database
from . import shown
from .description import Description, read_description
from .inquiry import Inquiry, caller_of
from .login import Logins, Person
from .texts import languages, wanted, words

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LANGUAGE_COOKIE = "pgears_language"


@dataclass
class Site:
    """What all pages share."""

    inquiry: Inquiry
    logins: Logins
    templates: jinja2.Environment


@dataclass
class Page:
    """One request by one person."""

    site: Site
    request: Request
    person: Person
    language: str
    form: FormData = field(default_factory=FormData)

    @property
    def words(self) -> Mapping[str, str]:
        """Texts in the person's language."""
        return words(self.language)

    async def ask(self, method: str, *path: str, **how: Any) -> Any:
        """Ask the web service as this person."""
        return await self.site.inquiry.ask(
            self.person.login, method, path, language=self.language, **how
        )

    async def call(self, text: str, *values: str | None) -> Any:
        """JSON that a statement gives as this person."""
        return await self.site.inquiry.call(caller_of(self.person.login), text, values)

    async def describe(self, model: str, code: str) -> Description:
        """The class of the address; a Problem when there is none for this person."""
        found = await self.call(
            "select web.page_class($1, $2, $3)::text", model, code, self.language
        )
        if found is None:
            raise Problem(
                404,
                "PG635",
                f'there is no page "{model}/{code}" for you',
                hint="The class does not exist here, or no role of yours has a right to it.",
            )
        return read_description(found)

    def own_address(self, name: str = "returnUrl") -> str | None:
        """An address to go back to, if it is one of these pages."""
        wish = self.form.get(name) or self.request.query_params.get(name)
        return safe_address(wish) if isinstance(wish, str) else None

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """Draw a page."""
        return draw(
            self.site.templates,
            template,
            self.language,
            status,
            request=self.request,
            person=self.person,
            csrf=self.person.csrf,
            **values,
        )

    def check_form(self) -> None:
        """Refuse a form that was not made for this session."""
        token = self.form.get("csrf")
        if not isinstance(token, str) or not secrets.compare_digest(token, self.person.csrf):
            raise Problem(
                403,
                "PG636",
                "the form is not of this session",
                hint="Open the page anew and send the form again.",
            )


def safe_address(text: str) -> str | None:
    """The address, when it leads to a page of this site and nowhere else."""
    parts = urlsplit(text)
    clean = not parts.scheme and not parts.netloc and "\\" not in text and text.isprintable()
    return text if clean and parts.path.startswith("/pages/") else None


def environment() -> jinja2.Environment:
    """Templates of the pages: everything is escaped, a name that is missing is an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir() / "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["languages"] = languages()
    shown.add_filters(found)
    return found


def draw(
    templates: jinja2.Environment, template: str, language: str, status: int = 200, **values: Any
) -> Response:
    """A template as an answer."""
    text = templates.get_template(template).render(
        language=language, t=words(language), **{"person": None, "csrf": "", **values}
    )
    return HTMLResponse(text, status, headers=HEADERS)


def language_of(request: Request, person: Person | None) -> str:
    """Chosen here, else that of the account, else that of the browser."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in languages():
        return chosen
    if person is not None and person.language in languages():
        return str(person.language)
    return wanted(request.headers.get("accept-language", ""))


def problem_of(error: Exception) -> Problem:
    """A refusal of the database or of this service, as one kind of thing."""
    return from_database(error, anonymous=False) if isinstance(error, psycopg.Error) else error  # type: ignore[return-value]


def redirect(address: str) -> Response:
    """Go there by GET."""
    return RedirectResponse(address, 303, headers=HEADERS)
