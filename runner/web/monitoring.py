"""/metrics of the web service: the database's, and the requests of this process.

It is there only where PGEARS_METRICS_TOKEN is set, and asks for that token.
"""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..db import database_url
from ..metrics.guard import admits, token_of
from ..metrics.process import REQUESTS, TallyCollector, registry
from .service import Service


def routes(service: Service) -> list[Route]:
    """The one route."""
    token = token_of(service.settings)
    found: CollectorRegistry = registry(
        lambda: database_url(service.settings), TallyCollector(*REQUESTS, service.tallies)
    )

    async def metrics(request: Request) -> Response:
        if token is None:
            return JSONResponse({"status": "set PGEARS_METRICS_TOKEN to have metrics here"}, 404)
        if not admits(token, request.headers.get("authorization")):
            return JSONResponse(
                {"status": "a bearer token is needed"}, 401, {"WWW-Authenticate": "Bearer"}
            )
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(await asyncio.to_thread(encode, found), media_type=content_type)

    return [Route("/metrics", metrics, methods=["GET"])]
