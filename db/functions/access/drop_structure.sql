-- Drop an organisation structure; its classes and rows stay.

create or replace function access.drop_structure(p_model bigint, p_code text)
returns void
language plpgsql
volatile
security definer  -- lends: building class triggers to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure constant access.structure := access.find_structure(p_model, p_code);
  v_users text;
begin
  perform access.lock();

  select string_agg(distinct format('role "%s"', o.code), ', ') into v_users
  from access.role_right as r
  inner join access.role as o on r.role_id = o.id
  where r.structure_id = v_structure.id;

  if v_users is not null then
    raise exception 'structure "%" is used by %', p_code, v_users
      using errcode = 'PG118', hint = 'Take it out of their rights first.';
  end if;

  perform access.unhook_structure(v_structure.id);
  delete from access.structure as s where s.id = v_structure.id;
end;
$$;

comment on function access.drop_structure(bigint, text) is 'Drop a structure. Raises PG118 while rights use it, PG912 when there is none.';

revoke all on function access.drop_structure(bigint, text) from public;
grant execute on function access.drop_structure(bigint, text) to pgears_admin;
