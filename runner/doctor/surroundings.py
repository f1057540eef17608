"""Checks of the server and of the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
from psycopg import sql

from .. import apply, instance
from ..binaries import OLDEST
from ..config import Settings
from ..db import connect, database_url
from ..errors import ProcessTooOld
from .finding import Finding

CLOCK_SECONDS = 2.0
LISTEN_SECONDS = 2.0
CONNECTIONS = 50


def surroundings(conn: psycopg.Connection, settings: Settings) -> Iterator[Finding]:
    """Version, revision, environment, privileges, clock, notifications, settings."""
    yield _version(conn)
    yield _revision(conn)
    yield from _place(conn, settings)
    yield _privileges(conn)
    yield _clock(conn)
    yield _listen(conn, database_url(settings))
    yield from _server_settings(conn)


def _version(conn: psycopg.Connection) -> Finding:
    major = conn.info.server_version // 10000
    if major < OLDEST:
        return Finding("version", "wrong", f"PostgreSQL {major}", f"Use {OLDEST} or newer.")
    return Finding("version", "fine", f"PostgreSQL {major}")


def _revision(conn: psycopg.Connection) -> Finding:
    found, newest = apply.revision_of(conn), apply.head()
    if found is None:
        return Finding("instance", "doubtful", "none in this database", "pgears init")
    if found < newest:
        return Finding("instance", "wrong", f"revision {found} of {newest}", "pgears upgrade")
    if found > newest:
        text = f"revision {found}, newer than {newest}"
        try:
            instance.check_process(conn, None)
        except ProcessTooOld:
            return Finding("instance", "wrong", text, "Install the newer pgears.")
        return Finding("instance", "doubtful", f"{text}: works", "Install the newer pgears soon.")
    return Finding("instance", "fine", f"revision {found}")


def _place(conn: psycopg.Connection, settings: Settings) -> Iterator[Finding]:
    if apply.revision_of(conn) is None:
        return
    found = instance.environment(conn)
    if instance.is_copy(conn):
        mend = "Say what it is with: pgears environment NAME"
        yield Finding("environment", "wrong", f"an inert copy of a {found} instance", mend)
    elif settings.environment not in (None, found):
        mend = "Correct PGEARS_ENVIRONMENT, or tell the instance: pgears environment NAME"
        yield Finding(
            "environment", "wrong", f"{found}, but PGEARS_ENVIRONMENT={settings.environment}", mend
        )
    else:
        yield Finding("environment", "fine", found)


def _privileges(conn: psycopg.Connection) -> Finding:
    row = conn.execute(
        """
        select
          has_database_privilege(current_database(), 'create'),
          r.rolsuper or r.rolcreaterole,
          coalesce(pg_has_role(n.nspowner, 'usage'), true),
          format('grant create on database %I to %I;', current_database(), current_user),
          format('alter role %I createrole;', current_user)
        from pg_roles as r
        left join pg_namespace as n on n.nspname = 'core'
        where r.rolname = current_user
        """
    ).fetchone()
    creates, makes_roles, owns, grant, alter = row or (False, False, False, "", "")
    if not owns:
        return Finding("privileges", "doubtful", "not the owner", "Connect as owner to upgrade.")
    if not creates:
        return Finding("privileges", "wrong", "may not create schemas", grant)
    if not makes_roles:
        return Finding("privileges", "wrong", "may not create roles", alter)
    return Finding("privileges", "fine", "owner")


def _clock(conn: psycopg.Connection) -> Finding:
    row = conn.execute("select clock_timestamp()").fetchone()
    server = row[0] if row else datetime.now(UTC)
    seconds = abs((datetime.now(UTC) - server).total_seconds())
    if seconds > CLOCK_SECONDS:
        return Finding("clock", "doubtful", f"{seconds:.1f} s apart", "Run a time service on both.")
    return Finding("clock", "fine", f"{seconds:.1f} s apart")


def _listen(conn: psycopg.Connection, sender_url: str) -> Finding:
    """Listen on the direct connection to what the other sends: through a pooler, nothing comes."""
    channel = f"pgears_doctor_{uuid4().hex[:8]}"
    conn.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
    with connect(sender_url, autocommit=True, name="pgears doctor") as sender:
        sender.execute("select pg_notify(%s, '')", (channel,))
    heard = list(conn.notifies(timeout=LISTEN_SECONDS, stop_after=1))
    conn.execute(sql.SQL("unlisten {}").format(sql.Identifier(channel)))
    if heard:
        return Finding("notifications", "fine", "heard")
    return Finding(
        "notifications",
        "doubtful",
        "not heard: a pooler in transaction mode",
        "Set PGEARS_DATABASE_DIRECT_URL to the server itself.",
    )


def _server_settings(conn: psycopg.Connection) -> Iterator[Finding]:
    for name in ("fsync", "full_page_writes"):
        value = _setting(conn, name)
        if value == "on":
            yield Finding(name, "fine", value)
        else:
            yield Finding(name, "wrong", value, f"Set {name} = on: a power cut would lose data.")
    connections = int(_setting(conn, "max_connections"))
    if connections < CONNECTIONS:
        yield Finding(
            "max_connections", "doubtful", str(connections), f"Set {CONNECTIONS} or more."
        )
    else:
        yield Finding("max_connections", "fine", str(connections))
    encoding = _setting(conn, "server_encoding")
    if encoding == "UTF8":
        yield Finding("encoding", "fine", encoding)
    else:
        yield Finding("encoding", "wrong", encoding, "Create the database with encoding UTF8.")


def _setting(conn: psycopg.Connection, name: str) -> str:
    row = conn.execute("select current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""
