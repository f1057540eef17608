"""Other services over the same rows: PostGraphile, which takes a token and its role as pgears does.

It reads the twin made by hand, a plain table without row security, and gives the same columns.
"""

from __future__ import annotations

import json

import psycopg
from psycopg import sql

from .orders import COLUMNS, TWIN, fill
from .peers.install import node_folder

NAME = "PostGraphile"
WITHOUT = "Directus not measured: its packages are not among those of the bench"
AUDIENCE = "postgraphile"
FIELDS = " ".join(("id", *COLUMNS, "uid", "version", "creator", "created", "modifier", "modified"))


def _query(text: str) -> str:
    return json.dumps({"query": text, "variables": {"n": "NUMBER"}}).replace('"NUMBER"', "{}")


BODIES = {
    "GET by id": _query(f"query q($n: BigInt!) {{ orderById(id: $n) {{ {FIELDS} }} }}"),
    "GET 100 rows": _query(
        "query q($n: BigInt!) { allOrders(condition: {category: $n}, first: 100)"
        f" {{ nodes {{ {FIELDS} }} }} }}"
    ),
}
"""What is sent for each work; the query stays the same, so that it is parsed once."""


def fill_twin(conn: psycopg.Connection[object], rows: int, categories: int) -> None:
    """The same rows in the twin, for the account that reads."""
    fill(conn, TWIN, rows, categories)
    conn.execute(sql.SQL("create index on {} (category)").format(TWIN))
    conn.execute(sql.SQL("vacuum (freeze, analyze) {}").format(TWIN))
    conn.execute("grant usage on schema public to bench_reader")
    conn.execute(sql.SQL("grant select on {} to bench_reader").format(TWIN))


def command(url: str, port: int, secret: str, connections: int) -> list[str]:
    """How PostGraphile is started; NotInstalled where it cannot be had."""
    return [
        "node", str(node_folder() / "node_modules/postgraphile/cli.js"),
        "--connection", url, "--schema", "public", "--host", "127.0.0.1", "--port", str(port),
        "--jwt-secret", secret, "--max-pool-size", str(connections),
        "--disable-graphiql", "--disable-query-log",
    ]  # fmt: skip
