"""/health/live and /health/ready, for those that keep the service running.

Ready is who has a database that answers and goes with this program.
"""

from __future__ import annotations

import asyncio

import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..apply import head
from ..metrics.health import PROCESS, trouble_of
from .service import Service

READY_SECONDS = 2.0


def routes(service: Service) -> list[Route]:
    """Both routes; neither asks for a token, neither tells anything of the instance."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> Response:
        if not service.catalogue.version:
            return JSONResponse({"status": "the catalogue is not read yet"}, 503)
        try:
            async with service.pool.connection(timeout=READY_SECONDS) as conn:
                async with asyncio.timeout(READY_SECONDS):
                    await conn.execute(PROCESS, (head(),))
        except (psycopg.Error, PoolTimeout, TimeoutError) as error:
            return JSONResponse({"status": trouble_of(error)}, 503)
        return JSONResponse({"status": "ready"})

    return [
        Route("/health/live", live, methods=["GET"]),
        Route("/health/ready", ready, methods=["GET"]),
    ]
