"""Examine an instance and what surrounds it; each finding names what mends it."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.errors import InsufficientPrivilege

from .. import apply, instance
from ..config import Settings
from ..db import connect, database_url, direct_url
from ..errors import UserError
from .disk import disks
from .endpoint import Endpoint, endpoints, located, of_database
from .finding import Finding
from .rooms import rooms
from .secretfiles import certificate_files, secret_files
from .servers import servers
from .surroundings import surroundings

__all__ = ["Finding", "examine"]


def examine(settings: Settings, others: bool = False) -> list[Finding]:
    """All findings; without a connection there is only that one.

    With others, servers that the instance talks to are connected to, after the database is left.
    """
    try:
        conn = connect(direct_url(settings), autocommit=True, name="pgears doctor")
    except UserError as error:
        return [Finding("connection", "wrong", str(error), error.hint or "")]
    found = [Finding("connection", "fine", f"{conn.info.user}@{conn.info.host}:{conn.info.port}")]
    with conn:
        if conn.info.parameter_status("server_encoding") == "SQL_ASCII":
            conn.execute("set client_encoding to 'UTF8'")  # else all texts would be bytes
        try:
            for check in (surroundings(conn, settings), disks(conn, settings), rooms(conn)):
                found.extend(check)
            known = endpoints(conn)
            is_copy = apply.revision_of(conn) is not None and instance.is_copy(conn)
        except InsufficientPrivilege as error:
            text = f"{conn.info.user} may not look into the instance: {error.diag.message_primary}"
            mend = "Connect as the owner of the instance."
            return [*found, Finding("privileges", "wrong", text, mend)]
    known = [*_databases(settings), *map(located, known)]
    return [
        *found,
        *secret_files(settings, known),
        *certificate_files(known),
        *_servers(known, others, is_copy),
    ]


def _databases(settings: Settings) -> Iterator[Endpoint]:
    """PostgreSQL itself, as the settings name it."""
    yield of_database(Endpoint("database", "postgresql"), database_url(settings))
    if settings.database_direct_url is not None:
        direct = Endpoint("database without the pooler", "postgresql")
        yield of_database(direct, settings.database_direct_url)
    if settings.web_replica_url is not None:
        yield of_database(Endpoint("replica", "postgresql"), settings.web_replica_url)


def _servers(known: list[Endpoint], others: bool, is_copy: bool) -> Iterator[Finding]:
    if not others:
        yield Finding("servers", "fine", "not looked at; that is done by: pgears doctor --servers")
    elif is_copy:
        yield Finding("servers", "fine", "not looked at: an inert copy calls nobody")
    else:
        yield from servers(known)
