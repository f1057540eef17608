"""docs/privileges.md: all that the processes of an instance may do in its database."""

# ruff: noqa: E501 - lines of the page and of a query

from __future__ import annotations

from typing import Any

import psycopg

PAGE = """# Privileges of processes

Written by `make docs-reference` from the catalogue of a fresh instance, and compared with it by a test: what stands
here is all that a service login may do by itself. None of these roles is superuser, makes roles or databases,
replicates or passes row security, and none has a privilege on a class table, an archive or a file. How logins are
made and what they may do as an account is in [security](security.md#least-privileges).
"""

ROLES = {
    "pgears_runner": "The runner: `pgears run`",
    "pgears_web": "The web service: `pgears serve`",
    "pgears_peer": "Another instance that reads rows from here",
}

GRANTS = """
with object as (
  select n.nspname::text as schema, c.relname::text as name, c.relacl as acl, c.relkind <> 'v' as stored
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all
  select n.nspname::text, p.proname::text, p.proacl, null
  from pg_proc as p
  join pg_namespace as n on n.oid = p.pronamespace
  union all
  select n.nspname::text, null, n.nspacl, null
  from pg_namespace as n
)

select
  o.schema,
  case when o.name is null then '' when o.stored is null then 'execute' else lower(a.privilege_type) end as privilege,
  coalesce(o.stored, false) as stored,
  array_agg(distinct o.name order by o.name) filter (where o.name is not null) as names
from object as o
cross join lateral aclexplode(o.acl) as a
where a.grantee = %s::regrole
group by 1, 2, 3
order by 1, 2, 3
"""


def grants(conn: psycopg.Connection[Any], role: str) -> list[tuple[Any, ...]]:
    """Schema, privilege, whether the objects hold data, and their names, for a role."""
    return conn.execute(GRANTS.encode(), (role,)).fetchall()


def page(conn: psycopg.Connection[Any]) -> str:
    """The page."""
    parts = [PAGE]
    for role, purpose in ROLES.items():
        found = grants(conn, role)
        schemas = ", ".join(f"`{schema}`" for schema, privilege, _, _ in found if not privilege)
        parts.append(
            f"\n## {role}\n\n{purpose}. Names resolve in the schemas {schemas}.\n\n"
            "| schema | may | |\n|---|---|---|\n"
        )
        for schema, privilege, _, names in found:
            if privilege:
                listed = ", ".join(f"`{name}`" for name in names)
                parts.append(f"| {schema} | {privilege} | {listed} |\n")
    return "".join(parts)
