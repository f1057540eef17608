-- Refuse to drop a column that a structure or a right is made of.
-- requires: meta.class_path

create or replace function access.guard_column()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user text;
begin
  select min(u.name) into v_user
  from (
    select format('structure "%s"', s.code) as name
    from access.structure as s
    where old.id in (s.superior_id, s.user_id, s.unit_id)
    union all
    select format('role "%s"', o.code)
    from access.role_right as r
    inner join access.role as o on r.role_id = o.id
    where old.id = r.column_id or old.id = any (r.hidden)
  ) as u;

  if v_user is not null then
    raise exception 'column "%" of class % is used by %', old.code, meta.class_path(old.class_id), v_user
      using errcode = 'PG118', hint = 'Take it out of there first.';
  end if;

  return old;
end;
$$;

comment on function access.guard_column() is 'Trigger function: raise PG118 for a dropped column that structures or rights use.';

revoke all on function access.guard_column() from public;
