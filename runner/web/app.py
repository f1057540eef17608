"""The web service put together: one application with its parts mounted below it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

import psycopg
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from ..config import Settings
from ..db import database_url, direct_url
from . import health, pages
from .auth import Authenticator, Keys
from .handler import Rest
from .loading import Library
from .secret import secret_text
from .service import Service

Part = Callable[[Service], Sequence[BaseRoute]]
"""Gives the routes of a part of the application, such as its pages."""

PARTS: tuple[Part, ...] = (health.routes, pages.routes)
"""Parts in the order in which they are asked; the PostgREST protocol answers the rest."""


def build(settings: Settings, parts: Sequence[Part] = PARTS) -> Starlette:
    """The ASGI application; its database is opened when it starts."""
    pool: AsyncConnectionPool[psycopg.AsyncConnection] = AsyncConnectionPool(
        database_url(settings),
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
    service = Service(settings, pool, library, authenticator(settings))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with pool:
            await library.renew()
            watching = asyncio.create_task(library.watch(direct_url(settings)))
            try:
                yield
            finally:
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching

    routes = [route for part in parts for route in part(service)]
    app = Starlette(routes=[*routes, Mount("/", Rest(service))], lifespan=lifespan)
    app.state.service = service
    return app


def authenticator(settings: Settings) -> Authenticator:
    """The authenticator that the settings describe; a wrong key is a UserError."""
    return Authenticator(
        Keys(secret_text(settings)),
        audience=settings.web_jwt_audience,
        role_claim=settings.web_jwt_role_claim,
        anonymous=settings.web_anon_role,
    )
