"""Connections to the instance, each with the name of its purpose."""

from __future__ import annotations

from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .config import Settings, checked_url
from .embedded import Server
from .errors import UserError


def database_url(settings: Settings, *, make: bool = False) -> str:
    """The instance's URL; where none is set, the embedded server is started, and made if wished."""
    if settings.database_url is not None:
        return settings.database_url
    server = Server(settings.home, settings.pg_bin)
    if not make and not server.exists():
        raise UserError(
            f"there is no instance in {settings.home}",
            "Go to the folder of yours, or set PGEARS_HOME or PGEARS_DATABASE_URL;"
            " pgears up makes one here.",
        )
    return server.ensure()


def direct_url(settings: Settings, *, make: bool = False) -> str:
    """The URL for LISTEN, migrations and session locks: past any pooler."""
    return settings.database_direct_url or database_url(settings, make=make)


# A server that is gone without a word is missed after a quarter of a minute, not of an hour.
NOTICES = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "connect_timeout": 10,
}


def noticing(url: str) -> str:
    """The URL for connections that stay: what it does not say itself is set so that losses show."""
    given = conninfo_to_dict(url)
    return make_conninfo(url, **{key: value for key, value in NOTICES.items() if key not in given})


def connection_string(url: str) -> str:
    """The URL, whose password shows nowhere from now on; a UserError that does not repeat it."""
    try:
        return checked_url(url)
    except ValueError as error:
        raise UserError(str(error)) from None


def account_url(url: str, login: str) -> str:
    """The same database for another login, who is asked for the password."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    host, database = (quote(parts.get(name, ""), safe=":") for name in ("host", "dbname"))
    if ":" in host:
        host = f"[{host}]"
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{quote(login, safe='')}@{host}{port}/{database}"


def connect(url: str, *, autocommit: bool = False, name: str = "pgears") -> psycopg.Connection:
    """Open a connection; an unreachable server is a UserError."""
    try:
        return psycopg.connect(url, autocommit=autocommit, application_name=name)
    except psycopg.OperationalError as error:
        raise _unreachable(error) from error


async def connect_async(
    url: str, *, autocommit: bool = False, name: str = "pgears"
) -> psycopg.AsyncConnection:
    """Open a connection for asyncio; the caller handles OperationalError."""
    return await psycopg.AsyncConnection.connect(
        noticing(url), autocommit=autocommit, application_name=name
    )


def _unreachable(error: psycopg.OperationalError) -> UserError:
    lines = str(error).strip().splitlines()
    return UserError(
        lines[0] if lines else "the database cannot be reached",
        "Look at PGEARS_DATABASE_URL, or start the embedded server with: pgears up",
    )
