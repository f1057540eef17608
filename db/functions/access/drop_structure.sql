-- Drop an organisation structure; its classes and rows stay.

create or replace function access.drop_structure(p_structure bigint)
returns void
language plpgsql
volatile
security definer  -- lends: building class triggers to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure access.structure;
  v_users text;
begin
  perform access.lock();
  select s.* into strict v_structure from access.structure as s where s.id = p_structure;

  select string_agg(distinct format('role "%s"', o.code), ', ') into v_users
  from access.role_right as r
  inner join access.role as o on r.role_id = o.id
  where r.structure_id = v_structure.id;

  if v_users is not null then
    raise exception 'structure "%" is used by %', v_structure.code, v_users
      using errcode = 'PG118', hint = 'Take it out of their rights first.';
  end if;

  perform access.unhook_structure(v_structure.id);
  delete from access.structure as s where s.id = v_structure.id;
end;
$$;

comment on function access.drop_structure(bigint) is 'Drop a structure. Raises PG118 while rights use it.';

revoke all on function access.drop_structure(bigint) from public;
grant execute on function access.drop_structure(bigint) to pgears_admin;
