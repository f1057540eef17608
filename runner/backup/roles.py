"""The roles that an instance needs, as SQL that can be run on a server that has some of them."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

ATTRIBUTES = {
    "rolsuper": "superuser",
    "rolinherit": "inherit",
    "rolcreaterole": "createrole",
    "rolcreatedb": "createdb",
    "rolcanlogin": "login",
    "rolreplication": "replication",
    "rolbypassrls": "bypassrls",
}

NEEDED = """
with listed (oid) as (
  select d.refobjid from pg_shdepend as d
  inner join pg_database as b on b.datname = current_database()
  where d.refclassid = 'pg_authid'::regclass
    and (d.dbid = b.oid or (d.classid = 'pg_database'::regclass and d.objid = b.oid))
  union
  select b.datdba from pg_database as b where b.datname = current_database()
  union
  select r.oid from pg_roles as r
  where r.rolname in (select login from access.account_state)
    or r.rolname in (select group_name from access.role_state)
    or r.rolname in ('pgears_admin', 'pgears_runner')
)
select r.*, shobj_description(r.oid, 'pg_authid') as comment
from pg_roles as r
where r.rolname !~ '^pg_'
  and (
    r.oid in (select l.oid from listed as l)
    or r.oid in (
      select m.member from pg_auth_members as m
      inner join pg_roles as g on g.oid = m.roleid
      where g.rolname in ('pgears_admin', 'pgears_runner')
        or g.rolname in (select group_name from access.role_state)
    )
  )
order by r.rolname
"""
"""Owners, holders of privileges, accounts, group roles, and who belongs to those."""


def script(conn: psycopg.Connection[Any]) -> tuple[str, list[str], bool]:
    """SQL that makes the roles and memberships, their names, and whether passwords are in it.

    A role that is there is left as it is. Settings of roles (alter role ... set) are not in it.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        roles = cursor.execute(NEEDED.encode()).fetchall()
    names = [str(role["rolname"]) for role in roles]
    passwords = _passwords(conn, names)
    parts = [_role(role, (passwords or {}).get(role["rolname"])) for role in roles]
    parts += _memberships(conn, names)
    return "".join(part.as_string(conn) for part in parts), names, passwords is not None


def _role(role: dict[str, Any], password: str | None) -> sql.Composed:
    name = sql.Identifier(role["rolname"])
    attributes = [word if role[key] else f"no{word}" for key, word in ATTRIBUTES.items()]
    text = sql.SQL("create role {} {} connection limit {}").format(
        name, sql.SQL(" ".join(attributes)), sql.SQL(str(int(role["rolconnlimit"])))
    )
    if password is not None:
        text += sql.SQL(" password {}").format(sql.Literal(password))
    if role["rolvaliduntil"] is not None:
        text += sql.SQL(" valid until {}").format(sql.Literal(str(role["rolvaliduntil"])))
    text += sql.SQL(";\n    comment on role {} is {}").format(name, sql.Literal(role["comment"]))
    return sql.SQL(
        "do $do$ begin\n"
        "  if not exists (select from pg_roles where rolname = {}) then\n"
        "    {};\n"
        "  end if;\n"
        "end $do$;\n"
    ).format(sql.Literal(role["rolname"]), text)


def _memberships(conn: psycopg.Connection[Any], names: list[str]) -> list[sql.Composed]:
    """Before 16 a membership had the admin option alone; rights came by the member's own."""
    rows = conn.execute(
        """
        select g.rolname, r.rolname,
          bool_or(m.admin_option),
          bool_or(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit)),
          bool_or(coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))
        from pg_auth_members as m
        inner join pg_roles as g on g.oid = m.roleid
        inner join pg_roles as r on r.oid = m.member
        where g.rolname = any (%s) and r.rolname = any (%s)
        group by 1, 2
        order by 1, 2
        """,
        (names, names),
    ).fetchall()
    return [_membership(*row) for row in rows]


def _membership(group: str, member: str, admin: bool, inherit: bool, may_set: bool) -> sql.Composed:
    grant = sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(member))
    options = f" with admin {admin}, inherit {inherit}, set {may_set}".lower()
    return sql.SQL(
        "do $do$ begin\n"
        "  execute {} || case when current_setting('server_version_num')::integer >= 160000"
        " then {} else {} end;\n"
        "end $do$;\n"
    ).format(
        sql.Literal(grant.as_string()),
        sql.Literal(options),
        sql.Literal(" with admin option" if admin else ""),
    )


def _passwords(conn: psycopg.Connection[Any], names: list[str]) -> dict[str, str] | None:
    """The verifiers, which only a superuser may read; else None."""
    allowed = conn.execute("select has_table_privilege('pg_authid', 'select')").fetchone()
    if allowed != (True,):
        return None
    rows = conn.execute(
        "select rolname, rolpassword from pg_authid"
        " where rolname = any (%s) and rolpassword is not null",
        (names,),
    ).fetchall()
    return dict(rows)
