"""Connections to judged addresses only, below httpx: names are resolved and checked here."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from .addresses import Allowance, Forbidden, Resolver

KEEP_ALIVE = 5.0
"""Seconds that an idle connection is kept: most servers keep them longer."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Addresses of a host as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class JudgedBackend(httpcore.AsyncNetworkBackend):
    """Opens a connection after all addresses of the host have passed."""

    def __init__(self, allowance: Allowance, resolver: Resolver) -> None:
        self.allowance = allowance
        self.resolver = resolver
        self.inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self.allowance.check(host, addresses):
            try:
                return await self.inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise Forbidden("sockets of this host are not called")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class JudgedTransport(httpx.AsyncBaseTransport):
    """Transport of httpx over a pool of judged connections."""

    def __init__(
        self, allowance: Allowance, context: ssl.SSLContext, resolver: Resolver = resolve
    ) -> None:
        self.pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=1000,
            max_keepalive_connections=20,
            keepalive_expiry=KEEP_ALIVE,
            network_backend=JudgedBackend(allowance, resolver),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        with _as_httpx():
            response = await self.pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self.pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self.response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self.response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self.response.aclose()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Errors of httpcore under the same names of httpx."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error
