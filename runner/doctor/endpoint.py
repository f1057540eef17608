"""Servers that the instance talks to, and where their certificates and secrets are found."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from ..secrets import SecretMissing, read_secret

Protocol = Literal["smtp", "imap", "http", "postgresql"]

# Schemes of SQLAlchemy too: synchronisations name their databases so.
_POSTGRESQL = ("postgresql", "postgres")
_VERIFIED: dict[str, Literal["name", "authority"]] = {
    "verify-full": "name",
    "verify-ca": "authority",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server as an account, mailbox, target or peer names it."""

    name: str
    protocol: Protocol
    host: str | None = None
    port: int | None = None
    tls: str = "tls"
    """none, prefer (databases alone), starttls or tls."""
    ca_file: str | None = None
    allow: tuple[str, ...] | None = None
    """Addresses inside that may be called; none where all may."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    renewed: str | None = None
    """Reference of a refresh token, which is written back."""
    verified: Literal["name", "authority", "nothing"] = "name"
    """What of its certificate must be right before anybody talks to it."""

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"{self.host}:{self.port}"


def endpoints(conn: psycopg.Connection) -> list[Endpoint]:
    """Those of all rooms; of an instance before them, none."""
    known = conn.execute("select to_regprocedure('core.endpoints()')").fetchone()
    if known in (None, (None,)):
        return []
    rows = conn.execute(
        """
        select name, protocol, host, port, url, tls, ca_file, allow, secrets, renewed
        from core.endpoints()
        """
    ).fetchall()
    return [_endpoint(*row) for row in rows]


def _endpoint(
    name: str,
    protocol: Protocol,
    host: str | None,
    port: int | None,
    url: str | None,
    tls: str | None,
    ca_file: str | None,
    allow: list[str] | None,
    secrets: list[str],
    renewed: str | None,
) -> Endpoint:
    found = Endpoint(
        name,
        protocol,
        host,
        port,
        tls or "tls",
        ca_file,
        allow=None if allow is None else tuple(allow),
        secrets=tuple(secrets),
        renewed=renewed,
    )
    if url is None:
        return found
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        number = parts.port or (443 if secure else 80)
    except ValueError:
        return found
    return replace(found, host=parts.hostname, port=number, tls="tls" if secure else "none")


def located(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose place is a secret, with it; unchanged where the secret is not found."""
    if endpoint.host is not None or endpoint.protocol != "postgresql":
        return endpoint
    try:
        url = read_secret(endpoint.secrets[0]) or ""
    except SecretMissing:
        return endpoint
    return of_database(endpoint, url)


def of_database(endpoint: Endpoint, url: str) -> Endpoint:
    """With the place and the certificates of a connection string of PostgreSQL; else unchanged."""
    scheme, colon, rest = url.partition("://")
    if colon:
        if scheme.partition("+")[0] not in _POSTGRESQL:
            return endpoint
        url = f"postgresql://{rest}"
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
        port = int(parts.get("port") or 5432)
    except (ProgrammingError, ValueError):
        return endpoint
    host = str(parts.get("host") or "")
    if not host or host.startswith(("/", "@")) or "," in host:
        return endpoint
    ca_file = parts.get("sslrootcert") or os.environ.get("PGSSLROOTCERT")
    usual = Path(os.environ.get("HOME", "/")) / ".postgresql" / "root.crt"
    if ca_file is None and usual.exists():
        ca_file = str(usual)
    mode = str(parts.get("sslmode") or os.environ.get("PGSSLMODE") or "prefer")
    if ca_file == "system":
        mode = "verify-full"
    elif ca_file is not None and mode == "require":
        mode = "verify-ca"  # so does libpq, for the sake of old versions
    return replace(
        endpoint,
        host=host,
        port=port,
        tls={"disable": "none", "allow": "none", "prefer": "prefer"}.get(mode, "starttls"),
        ca_file=None if ca_file == "system" else ca_file,
        verified=_VERIFIED.get(mode, "nothing"),
    )
