"""The outer SELECT: rows become the body of the answer in the database."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import pq, sql
from psycopg.abc import Buffer
from psycopg.pq.abc import PGresult

from .media import Kind
from .problem import Problem
from .statement import compose, join, name

# A row as text is CSV but for its parentheses and doubled backslashes.
CSV = (
    "coalesce("
    "(select pg_catalog.string_agg(k.key, ',') from (select pg_catalog.json_object_keys("
    "(select pg_catalog.row_to_json(f) from shown as f limit 1)) as key) as k)"
    " || e'\\n' || pg_catalog.string_agg(pg_catalog.replace(pg_catalog.substr("
    "r::text, 2, pg_catalog.length(r::text) - 2), e'\\\\\\\\', e'\\\\'), e'\\n'), '')"
)
BODIES: dict[Kind, str] = {
    "json": "coalesce(pg_catalog.json_agg(r), '[]')::text",
    "object": "coalesce(pg_catalog.json_agg(r) -> 0, 'null')::text",
    "stripped": "coalesce(pg_catalog.json_strip_nulls(pg_catalog.json_agg(r)), '[]')::text",
    "object-stripped": (
        "coalesce(pg_catalog.json_strip_nulls(pg_catalog.json_agg(r) -> 0), 'null')::text"
    ),
    "csv": CSV,
}
SCALARS: dict[Kind, str] = {
    "binary": "pg_catalog.string_agg(r.{}::bytea, '')",
    "text": "pg_catalog.string_agg(r.{}::text, '')",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one row that comes back."""

    total: int | None
    shown: int
    body: bytes
    headers: str | None
    status: str | None
    extra: str | None


def body_of(kind: Kind, single: str | None) -> sql.Composable:
    """The body of rows r; binary and text need the only column of the rows."""
    if kind in BODIES:
        return sql.SQL(BODIES[kind])
    if kind in SCALARS and single is not None:
        return compose(SCALARS[kind], name(single))
    raise Problem(
        406,
        "PGRST107",
        "None of these media types are available: "
        + {"binary": "application/octet-stream", "text": "text/plain"}.get(kind, kind),
        hint="Select a single column, or ask for application/json.",
    )


def render(
    source: sql.Composable | None,
    rows: sql.Composable,
    body: sql.Composable,
    *,
    total: sql.Composable | None = None,
    extra: sql.Composable | None = None,
    kind: Kind = "json",
) -> sql.Composed:
    """One statement: source becomes a CTE of that name, rows a SELECT that may read from it."""
    named = [] if source is None else [compose("source as ({})", source)]
    if kind == "csv":  # its first line needs a row as well
        named.append(compose("shown as ({})", rows))
        rows = sql.SQL("table shown")
    before = compose("with {} ", join(", ", named)) if named else sql.SQL("")
    return compose(
        "{}select {}, pg_catalog.count(*), {},"
        " nullif(pg_catalog.current_setting('response.headers', true), ''),"
        " nullif(pg_catalog.current_setting('response.status', true), ''), {}"
        " from ({}) as r",
        before,
        compose("(select pg_catalog.count(*) from ({}) as c)", total)
        if total is not None
        else sql.SQL("null::bigint"),
        body,
        extra if extra is not None else sql.SQL("null"),
        rows,
    )


def outcome(result: PGresult) -> Outcome:
    """Read the row."""
    value = result.get_value
    total, shown, body = value(0, 0), value(0, 1), value(0, 2)
    if body is not None and result.ftype(2) == 17:
        body = pq.Escaping().unescape_bytea(body)
    return Outcome(
        None if total is None else int(total),
        int(shown or 0),
        bytes(body or b""),
        _text(value(0, 3)),
        _text(value(0, 4)),
        _text(value(0, 5)),
    )


def _text(value: Buffer | None) -> str | None:
    return None if value is None else bytes(value).decode()
