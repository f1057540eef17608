"""Who is at a page: a session in the database, its token in a cookie of the browser.

The password is tried where it is kept, by logging in to PostgreSQL as the account; pgears
never stores it. Behind a proxy that logs people in, a header names the account instead.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response

from ..problem import Problem

COOKIE = "pgears_session"
LIFETIME = timedelta(hours=12)
TRIES = 5
PAUSE = 60.0
KEPT = 10_000


@dataclass(frozen=True)
class Person:
    """The account of a session."""

    login: str
    name: str
    csrf: str
    language: str | None
    administers: bool


class Logins:
    """Opens, finds and closes sessions."""

    def __init__(self, pool: AsyncConnectionPool[Any], url: str, header: str | None) -> None:
        self._pool = pool
        self._url = url
        self._header = header
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    async def person(self, request: Request) -> Person | None:
        """Who the cookie belongs to, as long as the session holds.

        A cookie of somebody else than the proxy names is worth nothing.
        """
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        async with self._pool.connection() as conn:
            cursor = await conn.execute("select * from web.session(%s)", (hashed(token),))
            row = await cursor.fetchone()
        person = None if row is None else Person(*row)
        named = self._named(request)
        return None if person is None or named not in (None, person.login) else person

    async def by_header(self, request: Request) -> str | None:
        """A token for the account that the proxy names; None where no header is trusted."""
        login = self._named(request)
        return await self._open(login) if login else None

    def _named(self, request: Request) -> str | None:
        return (request.headers.get(self._header) or None) if self._header else None

    async def by_password(self, login: str, password: str, address: str) -> str:
        """A token of a new session, or a Problem: one for a wrong login or password alike."""
        who = (login, address)
        self._count(who)
        if not await self._proved(login, password):
            raise refused()
        token = await self._open(login)
        self._failures.pop(who, None)
        return token

    def _count(self, who: tuple[str, str]) -> None:
        """Count an attempt before its end, so that attempts at the same time count as well."""
        count, since = self._failures.get(who, (0, 0.0))
        if count >= TRIES:
            if time.monotonic() - since < PAUSE:
                raise Problem(
                    429,
                    "PG633",
                    "too many attempts to log in",
                    hint="Wait a minute and try again.",
                    headers={"Retry-After": str(round(PAUSE))},
                )
            count = 0
        self._failures[who] = (count + 1, time.monotonic())
        self._failures.move_to_end(who)
        if len(self._failures) > KEPT:
            self._failures.popitem(last=False)

    async def close(self, request: Request) -> None:
        """End the session of the cookie."""
        token = request.cookies.get(COOKIE)
        if token:
            async with self._pool.connection() as conn:
                await conn.execute("select web.close_session(%s)", (hashed(token),))

    async def _proved(self, login: str, password: str) -> bool:
        if not login or not password or "\0" in login + password:
            return False
        try:
            conn = await psycopg.AsyncConnection.connect(
                self._url,
                user=login,
                password=password,
                connect_timeout=10,
                application_name="pgears login",
            )
        except psycopg.OperationalError as error:
            if error.sqlstate is None and "password" not in str(error):
                text = str(error)
                # The server's words for a login that may not connect; anything else is trouble.
                if not any(word in text for word in ("role", "authentication", "permission")):
                    raise
            return False
        async with conn:
            # A server that trusts everybody has proved nothing.
            return bool(conn.pgconn.used_password)

    async def _open(self, login: str) -> str:
        token = secrets.token_urlsafe(32)
        async with self._pool.connection() as conn:
            await conn.execute(
                "select web.open_session(%s, %s, %s, %s)",
                (login, hashed(token), secrets.token_urlsafe(24), LIFETIME),
            )
        return token


def refused() -> Problem:
    """The one answer to a wrong login and to a wrong password."""
    return Problem(
        401,
        "PG634",
        "login or password is wrong",
        hint="An administrator sets a password in psql: \\password LOGIN.",
    )


def hashed(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def set_cookie(response: Response, token: str, *, secure: bool) -> None:
    """Give the browser the token: out of reach for scripts, and not sent by other sites' forms."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=round(LIFETIME.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
