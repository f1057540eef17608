"""What belongs to a view beside its query, as the catalogue keeps it."""

from __future__ import annotations

from typing import Any

import psycopg

# Everything by what a column shows, so that a renamed column is the same column.
API_VIEWS = """
select
  r.kind || r.object_id as view,
  pg_get_userbyid(c.relowner),
  array(
    select (x.grantor::regrole, x.grantee::regrole, x.privilege_type, x.is_grantable)::text
    from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as x order by 1
  ),
  array(select unnest(c.reloptions) order by 1),
  obj_description(c.oid, 'pg_class'),
  array(select pg_get_userbyid(c.relowner) || t.tgname || pg_get_triggerdef(t.oid) from pg_trigger as t where t.tgrelid = c.oid order by 1)
from meta.api_view as r
inner join pg_class as c on r.name = c.relname and c.relnamespace = 'api'::regnamespace
order by 1
"""  # noqa: E501

COLUMNS = """
select
  r.kind || r.object_id || ' ' || r.columns[a.attnum] as source,
  a.atttypid::regtype::text,
  col_description(c.oid, a.attnum),
  pg_get_expr(d.adbin, d.adrelid),
  array(
    select (x.grantor::regrole, x.grantee::regrole, x.privilege_type, x.is_grantable)::text
    from aclexplode(a.attacl) as x order by 1
  )
from meta.api_view as r
inner join pg_class as c on r.name = c.relname and c.relnamespace = 'api'::regnamespace
inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0
left join pg_attrdef as d on c.oid = d.adrelid and a.attnum = d.adnum
where r.kind <> 'query'
order by 1
"""

OTHERS = """
select
  c.oid,
  c.relname,
  c.relkind,
  pg_get_userbyid(c.relowner),
  c.relacl::text,
  array(select unnest(c.reloptions) order by 1),
  obj_description(c.oid, 'pg_class'),
  array(
    select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || coalesce(col_description(c.oid, a.attnum), '')
    from pg_attribute as a
    where a.attrelid = c.oid and a.attnum > 0
    order by a.attnum
  )
from pg_class as c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
order by 2
"""  # noqa: E501

EXACTLY = """
select c.relname, c.oid, pg_get_viewdef(c.oid), c.relacl::text,
  array(select a.attname::text || a.atttypid from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 order by a.attnum)
from pg_class as c
where c.relkind in ('v', 'm') and c.relnamespace in ('api'::regnamespace, 'public'::regnamespace)
order by 1
"""  # noqa: E501


def rows(conn: psycopg.Connection[Any], query: str) -> list[tuple[Any, ...]]:
    """Rows of one of the queries above."""
    return conn.execute(query.encode()).fetchall()


def by_first(conn: psycopg.Connection[Any], query: str) -> dict[Any, tuple[Any, ...]]:
    """The same by the first column."""
    return {row[0]: row[1:] for row in rows(conn, query)}
