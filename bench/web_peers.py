"""Other services over the same rows: PostGraphile and Directus.

Both read the twin made by hand, a plain table without row security, and give the same columns.
PostGraphile takes a token and its role as pgears does. Directus has accounts of its own; it is
asked by nobody, which spares it the look-up of an account, and may read the twin.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from .orders import COLUMNS, TWIN, fill
from .peers.install import NotInstalled, node_folder

POSTGRAPHILE = "PostGraphile"
DIRECTUS = "Directus"
DIRECTUS_MINUTES = 30
"""Its installation is more than a thousand packages."""
AUDIENCE = "postgraphile"
FIELDS = " ".join(("id", *COLUMNS, "uid", "version", "creator", "created", "modifier", "modified"))
WITHOUT = f"{DIRECTUS} not measured: ask for it with --directus"


@dataclass(frozen=True)
class WebPeer:
    """How a service is started, and for each work the path and the body that it is asked with."""

    name: str
    command: Sequence[str]
    asked: Mapping[str, tuple[str, str]]
    settings: Mapping[str, str] = field(default_factory=dict)
    takes_token: bool = False


def _query(text: str) -> str:
    return json.dumps({"query": text, "variables": {"n": "NUMBER"}}).replace('"NUMBER"', "{}")


# The query stays the same, so that it is parsed once.
IN_GRAPHQL = {
    "GET by id": (
        "/graphql",
        _query(f"query q($n: BigInt!) {{ orderById(id: $n) {{ {FIELDS} }} }}"),
    ),
    "GET 100 rows": (
        "/graphql",
        _query(
            "query q($n: BigInt!) { allOrders(condition: {category: $n}, first: 100)"
            f" {{ nodes {{ {FIELDS} }} }} }}"
        ),
    ),
}
IN_REST = {
    "GET by id": ("/items/orders/{}", ""),
    "GET 100 rows": ("/items/orders?filter[category][_eq]={}&limit=100", ""),
}


def fill_twin(conn: psycopg.Connection[object], rows: int, categories: int) -> None:
    """The same rows in the twin, for the account that reads."""
    fill(conn, TWIN, rows, categories)
    conn.execute(sql.SQL("create index on {} (category)").format(TWIN))
    conn.execute(sql.SQL("vacuum (freeze, analyze) {}").format(TWIN))
    conn.execute("grant usage on schema public to bench_reader")
    conn.execute(sql.SQL("grant select on {} to bench_reader").format(TWIN))


def postgraphile(url: str, port: int, secret: str, connections: int) -> WebPeer:
    """PostGraphile; NotInstalled where it cannot be had."""
    command = [
        "node", str(node_folder("postgraphile") / "node_modules/postgraphile/cli.js"),
        "--connection", url, "--schema", "public", "--host", "127.0.0.1", "--port", str(port),
        "--jwt-secret", secret, "--max-pool-size", str(connections),
        "--disable-graphiql", "--disable-query-log",
    ]  # fmt: skip
    return WebPeer(POSTGRAPHILE, command, IN_GRAPHQL, {"NODE_ENV": "production"}, takes_token=True)


def directus(url: str, port: int, secret: str, connections: int) -> WebPeer:
    """Directus, whose own tables are made in the database; NotInstalled where it cannot be had."""
    folder = node_folder("directus", DIRECTUS_MINUTES)
    # Its file cli.js asks a registry for newer versions first.
    command = ["node", str(folder / "node_modules/@directus/api/dist/cli/run.js")]
    settings = {
        "NODE_ENV": "production",
        "DB_CLIENT": "pg",
        "DB_CONNECTION_STRING": url,
        "DB_POOL__MIN": "1",
        "DB_POOL__MAX": str(connections),
        "SECRET": secret,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "CACHE_ENABLED": "false",
        "RATE_LIMITER_ENABLED": "false",
        "PRESSURE_LIMITER_ENABLED": "false",
        "WEBSOCKETS_ENABLED": "false",
        "SERVE_APP": "false",
        "TELEMETRY": "false",
        "LOG_LEVEL": "silent",
        "ADMIN_EMAIL": "bench@example.com",
        "ADMIN_PASSWORD": secret,
    }
    _bootstrap([*command, "bootstrap"], settings, folder)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            "insert into directus_permissions (collection, action, permissions, fields, policy)"
            " select 'orders', 'read', '{}', '*', id from directus_policies"
            " where name = '$t:public_label'"
        )
    return WebPeer(DIRECTUS, [*command, "start"], IN_REST, settings)


def _bootstrap(command: Sequence[str], settings: Mapping[str, str], folder: Path) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise NotInstalled(f"its bootstrap failed: {lines[-1]}")
