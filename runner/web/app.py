"""The web service put together: one application with its parts mounted below it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

import psycopg
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from ..config import Settings
from ..db import database_url, direct_url, noticing
from . import health, monitoring, pages
from .auth import Authenticator, Keys
from .handler import Rest
from .loading import Library
from .observed import observed
from .secret import secret_text
from .service import Service
from .standby import Standby

Part = Callable[[Service], Sequence[BaseRoute]]
"""Gives the routes of a part of the application, such as its pages."""

PARTS: tuple[Part, ...] = (health.routes, monitoring.routes, pages.routes)
"""Parts in the order in which they are asked; the PostgREST protocol answers the rest."""


class Application:
    """Paths that begin as a route of a part go there, all others to the PostgREST protocol.

    So a relation cannot have the name of a part, such as "health", and a request for rows does
    not walk through the routes of pages.
    """

    def __init__(self, parts: Starlette, rest: Rest, service: Service) -> None:
        self.parts = parts
        self.rest = rest
        self.service = service
        self._first = frozenset(_first_segment(route) for route in parts.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request, or the lifespan, to whom it is for."""
        if scope["type"] != "http":
            await self.parts(scope, receive, send)
            return
        first = _first_name(scope["path"])
        inner = self.parts if first in self._first else self.rest
        # The rest of a page's address may be the token of a link.
        path = f"/{first}" if inner is self.parts else scope["path"]
        await observed(inner, self.service.tallies, scope, receive, send, path=path)


def _first_name(path: str) -> str:
    return path.lstrip("/").split("/", 1)[0]


def _first_segment(route: BaseRoute) -> str:
    path: str = getattr(route, "path", "")
    found = _first_name(path)
    if not found or "{" in found:
        raise ValueError(f"a part begins with a name of its own, not with {path!r}")
    return found


def build(settings: Settings, parts: Sequence[Part] = PARTS) -> Application:
    """The ASGI application; its database is opened when it starts."""
    pool: AsyncConnectionPool[psycopg.AsyncConnection] = AsyncConnectionPool(
        noticing(database_url(settings)),
        open=False,
        min_size=1,
        max_size=settings.web_pool,
        timeout=settings.web_request_timeout / 2,
        # psycopg must not prepare by itself: it forgets with DEALLOCATE ALL, ours included.
        kwargs={
            "autocommit": True,
            "application_name": "pgears serve",
            "prepare_threshold": None,
        },
    )
    library = Library(pool, settings.web_schemas)
    standby = Standby(settings, pool)
    service = Service(settings, pool, library, authenticator(settings), standby=standby)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with pool:
            await library.renew()
            watching = [
                asyncio.create_task(library.watch(direct_url(settings))),
                asyncio.create_task(standby.watch()),
            ]
            try:
                yield
            finally:
                for task in watching:
                    task.cancel()
                await asyncio.gather(*watching, return_exceptions=True)

    routes = [route for part in parts for route in part(service)]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.service = service
    return Application(app, Rest(service), service)


def authenticator(settings: Settings) -> Authenticator:
    """The authenticator that the settings describe; a wrong key is a UserError."""
    return Authenticator(
        Keys(secret_text(settings)),
        audience=settings.web_jwt_audience,
        role_claim=settings.web_jwt_role_claim,
        anonymous=settings.web_anon_role,
    )
