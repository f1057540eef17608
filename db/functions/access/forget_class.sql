-- Take the rights on a class away before it is dropped; refuse while a structure is made of it.
-- requires: access.apply_rights meta.class_path

create or replace function access.forget_class(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user text;
  v_policy record;
begin
  select s.code into v_user
  from access.structure as s
  where p_class in (s.class_id, s.membership_id)
  limit 1;

  if v_user is not null then
    raise exception 'class % makes the structure "%"', meta.class_path(p_class), v_user
      using errcode = 'PG118', hint = 'Drop the structure first.';
  end if;

  delete from access.role_right as r where r.class_id = p_class;
  perform access.apply_rights(array[p_class]);

  -- Links of a column that is gone but not swept yet.
  for v_policy in
    select p.polname, p.polrelid::regclass as relation
    from pg_depend as d
    inner join pg_policy as p on d.objid = p.oid
    where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid = to_regclass('data.datarow_' || p_class) and p.polrelid <> d.refobjid and p.polname ~ '^role_[0-9]+_'
  loop
    execute format('drop policy if exists %I on %s', v_policy.polname, v_policy.relation);
  end loop;
end;
$$;

comment on function access.forget_class(bigint) is 'Part of meta.drop_class(): end all rights on a class. Raises PG118 while a structure is made of it.';

revoke all on function access.forget_class(bigint) from public;
