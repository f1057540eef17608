-- Make the group role of a role.
--
-- A group of this name that carries our mark and has no members is taken over (a database
-- dropped and made again leaves such groups); any other is refused, because its members
-- would have rights that nobody here gave them.

create or replace function access.ensure_group(p_code text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := access.group_name(p_code);
  v_mark constant text := format('pgears role %s of database %s', p_code, current_database());
begin
  if not exists (select from pg_roles as r where r.rolname = v_name) then
    execute format('create role %I nologin', v_name);
    execute format('comment on role %I is %L', v_name, v_mark);
  elsif exists (
    select
    from pg_roles as r
    where r.rolname = v_name
      and (
        r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole
        or shobj_description(r.oid, 'pg_authid') is distinct from v_mark
        or exists (
          select
          from pg_auth_members as m
          where m.roleid = r.oid and access.belongs(pg_get_userbyid(m.member), r.rolname)
        )
      )
  ) then
    raise exception 'the PostgreSQL role "%" is there already and is not this instance''s', v_name
      using errcode = 'PG902', hint = format('Choose another code, or if nobody needs it: drop role %I', v_name);
  end if;
end;
$$;

comment on function access.ensure_group(text) is 'Make the group role of a role code. Raises PG902 when the name is taken.';

revoke all on function access.ensure_group(text) from public;
