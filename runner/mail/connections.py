"""Connections to mail servers, kept open for the next mail of the same account.

A server that closes one meanwhile costs nothing: the mail goes over another. After an error
in the middle of a conversation a connection is not used again.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponseException

from ..tokens import xoauth2
from .reach import Away, Reach

IDLE_SECONDS = 10.0
MOST_MAILS = 200
"""Mails over one connection: servers end longer ones, and load balancers have a say."""
MOST_OPEN = 10
"""Connections to one server at once, from one runner."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to hand over."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "none"
    login: str | None = None
    secret: str | None = field(default=None, repr=False)
    """Password, or with auth xoauth2 an access token."""
    auth: Literal["password", "xoauth2"] = "password"
    timeout: float = 60.0
    context: ssl.SSLContext | None = None
    """Certificates to trust; those of the system when left out."""

    @property
    def place(self) -> tuple[str, int, str | None]:
        """Tokens change, the account stays."""
        return self.host, self.port, self.login


class CannotConnect(Exception):
    """No conversation came about: not reachable, TLS or login refused."""

    def __init__(self, answer: str, code: int | None = None) -> None:
        super().__init__(answer)
        self.code = code


@dataclass(slots=True)
class Connection:
    """One conversation with a server."""

    client: SMTP
    used: int = 0
    reusable: bool = False
    """Set by whoever leaves the conversation where the next mail can begin."""
    since: float = 0.0


class Connections:
    """The connections of one runner."""

    def __init__(self) -> None:
        self.idle: dict[Server, list[Connection]] = defaultdict(list)
        self.room: dict[tuple[str, int, str | None], asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(MOST_OPEN)
        )
        self.reach = Reach()
        self._web: httpx.AsyncClient | None = None
        self._web_users = 0
        self._web_since = 0.0

    @asynccontextmanager
    async def lend(self, server: Server) -> AsyncIterator[Connection]:
        """A connection that is ready for a mail; CannotConnect when there is none to be had."""
        async with self.room[server.place]:
            connection = self._take(server) or await self._open(server)
            connection.reusable = False
            try:
                yield connection
            finally:
                connection.used += 1
                if connection.reusable and connection.used < MOST_MAILS:
                    connection.since = time.monotonic()
                    self.idle[server].append(connection)
                else:
                    connection.client.close()

    @asynccontextmanager
    async def web(self) -> AsyncIterator[httpx.AsyncClient]:
        """What mail by HTTP goes through; its connections stay open for the next."""
        if self._web is None:
            limits = httpx.Limits(max_connections=MOST_OPEN, keepalive_expiry=IDLE_SECONDS)
            self._web = httpx.AsyncClient(follow_redirects=False, limits=limits)
        self._web_users += 1
        try:
            yield self._web
        finally:
            self._web_users -= 1
            self._web_since = time.monotonic()

    async def _open(self, server: Server) -> Connection:
        try:
            begun = self.reach.ask(server.place, 2 * server.timeout)
            return Connection(await connect(server))
        except Away as error:
            raise CannotConnect(f"{error} (not asked again for a moment)") from error
        except CannotConnect as error:
            if error.code is None:
                self.reach.fails(server.place, str(error), begun)
            raise

    def _take(self, server: Server) -> Connection | None:
        waiting = self.idle[server]
        while waiting:
            connection = waiting.pop()
            fresh = time.monotonic() - connection.since < IDLE_SECONDS
            if fresh and connection.client.is_connected:
                return connection
            connection.client.close()
        return None

    async def close(self, older_than: float = 0.0) -> None:
        """Say goodbye on connections that nobody has used for so many seconds."""
        limit = time.monotonic() - older_than
        old = [
            connection
            for waiting in self.idle.values()
            for connection in waiting
            if connection.since <= limit
        ]
        for server, waiting in self.idle.items():
            self.idle[server] = [connection for connection in waiting if connection not in old]
        for server in [server for server, waiting in self.idle.items() if not waiting]:
            del self.idle[server]
        if self._web is not None and self._web_users == 0 and self._web_since <= limit:
            web, self._web = self._web, None
            await web.aclose()
        for connection in old:
            with suppress(SMTPException, OSError):
                await connection.client.quit(timeout=2)
            connection.client.close()


async def connect(server: Server) -> SMTP:
    """A conversation after greeting, TLS and login."""
    client = SMTP(
        hostname=server.host,
        port=server.port,
        timeout=server.timeout,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        tls_context=server.context,
        local_hostname="localhost",
    )
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await _greet(client)
        if server.auth == "xoauth2":
            await _login_by_token(client, server)
        elif server.login is not None:
            await client.login(server.login, server.secret or "")
    except SMTPResponseException as error:
        client.close()
        raise CannotConnect(error.message, error.code) from error
    except (SMTPException, OSError, ssl.SSLError) as error:
        client.close()
        raise CannotConnect(f"{type(error).__name__}: {error}") from error
    except BaseException:
        client.close()
        raise
    return client


def account_server(account: Mapping[str, Any], secret: str | None) -> Server:
    """The server of a mail account."""
    return Server(
        host=account["host"],
        port=account["port"],
        tls=account["tls"],
        login=account["login"],
        secret=secret,
        auth=account["auth"],
        timeout=float(account["timeout_seconds"]),
    )


def sink_server(listen: str) -> Server:
    """The local sink at host:port."""
    host, _, port = listen.rpartition(":")
    return Server(host.strip("[]"), int(port))


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def _login_by_token(client: SMTP, server: Server) -> None:
    """AUTH XOAUTH2; a server that refuses sends a challenge first, answered by an empty line."""
    told = xoauth2(server.login or "", server.secret or "").encode()
    response = await client.execute_command(b"AUTH", b"XOAUTH2", base64.b64encode(told))
    reason = ""
    if response.code == 334:
        with suppress(ValueError):
            reason = base64.b64decode(response.message).decode(errors="replace") + " "
        response = await client.execute_command(b"")
    if response.code != 235:
        raise SMTPResponseException(response.code, reason + response.message)
