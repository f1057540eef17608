"""docs/sql.md: functions and views that others may call, from their comments in the catalogue."""

# ruff: noqa: E501 - lines of the page and of a query

from __future__ import annotations

from typing import Any

import psycopg

PAGE = """# SQL

Written by `make docs-reference` from the comments of the catalogue. Names are promises: what stands here keeps its
name and its parameters. `everybody` asks for the right of whoever calls, or tells nothing that is not the caller's
own; `administrators` are members of `pgears_admin`, `runner`, `web service` and `peer` those of `pgears_runner`,
`pgears_web` and `pgears_peer` ([least privileges](security.md#least-privileges)).
"""

INTRODUCTIONS = {
    "api": "The public schema: the functions below, and the [views of classes and queries](api-views.md).",
    "core": "Settings of the instance, the clock, files, marks of the data source.",
    "access": "Accounts, roles, rights and structures; see [rights](rights.md).",
    "meta": "Models, classes and their views; model files do this from outside, see [model files](model-files.md).",
    "queue": "Tasks; see [the queue](queue.md).",
    "feed": "The change feed.",
    "mail": "Mail out and in; see [mail](mail.md) and [mailboxes](mailboxes.md).",
    "http": "Calls of other systems; see [HTTP](http.md).",
    "flow": "Rules, scripts, events, workflows, jobs; see [workflows](workflows.md) and [jobs](jobs.md).",
    "batch": "Imports and exports; see [imports](imports.md) and [exports](exports.md).",
    "sync": "Synchronisation with other databases; see [synchronisation](sync.md).",
    "replica": "Replication between instances; see [replication](replication.md).",
    "web": "What the web service asks; see [web service](web-service.md).",
}

CALLERS = {
    "pgears_admin": "administrators",
    "pgears_runner": "runner",
    "pgears_web": "web service",
    "pgears_peer": "peer",
    "public": "everybody",
}

OBJECTS = """
with object as (
  select
    n.nspname::text as schema,
    p.proname::text as name,
    pg_get_function_arguments(p.oid) as arguments,
    pg_get_function_result(p.oid) as result,
    obj_description(p.oid, 'pg_proc') as comment,
    coalesce(p.proacl, acldefault('f', p.proowner)) as acl,
    'EXECUTE' as privilege,
    'function' as kind,
    p.proowner as owner
  from pg_proc as p
  join pg_namespace as n on n.oid = p.pronamespace
  where p.prorettype <> 'trigger'::regtype
  union all
  select
    n.nspname::text, c.relname::text, '', '', obj_description(c.oid, 'pg_class'), c.relacl, 'SELECT', 'view', c.relowner
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  where c.relkind = 'v'
)

select o.schema, o.kind, o.name, o.arguments, o.result, o.comment, array_agg(distinct coalesce(r.rolname::text, 'public')) as callers
from object as o
cross join lateral aclexplode(o.acl) as a
left join pg_roles as r on a.grantee = r.oid
where o.schema = any (%s) and a.privilege_type = o.privilege and a.grantee <> o.owner
group by o.schema, o.kind, o.name, o.arguments, o.result, o.comment
order by o.kind, o.name collate "C", o.arguments collate "C"
"""


def objects(conn: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """What somebody beside the owner may call or read."""
    return conn.execute(OBJECTS.encode(), (list(INTRODUCTIONS),)).fetchall()


def page(conn: psycopg.Connection[Any]) -> str:
    """The page."""
    found = objects(conn)
    parts = [PAGE]
    for schema, introduction in INTRODUCTIONS.items():
        own = [row[1:] for row in found if row[0] == schema]
        if not own:
            continue
        parts.append(f"\n## Schema {schema}\n\n{introduction}\n\n| | for | |\n|---|---|---|\n")
        for kind, name, arguments, result, comment, callers in own:
            call = f"{schema}.{name}"
            if kind == "function":
                call += f"({arguments}) → {result}"
            who = ", ".join(words for role, words in CALLERS.items() if role in callers)
            cells = (f"`{call}`", who, _plain(comment or ""))
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(parts)


def _plain(text: str) -> str:
    """A comment as text, not as markup."""
    for sign in "\\<*_[":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
