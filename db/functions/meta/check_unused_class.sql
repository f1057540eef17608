-- Refuse to drop a class that others refer to or inherit from.

create or replace function meta.check_unused_class(p_class bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_users text;
begin
  select string_agg(u.name, ', ' order by u.name) into v_users
  from (
    select format('column %s of %s', k.code, meta.class_path(k.class_id)) as name
    from meta.column_target as t
    inner join meta.class_column as k on t.column_id = k.id
    where t.class_id = p_class and k.class_id <> p_class
    union all
    select 'class ' || meta.class_path(c.id)
    from meta.class as c
    where c.parent_id = p_class
  ) as u;

  if v_users is not null then
    raise exception 'class % is in use by %', meta.class_path(p_class), v_users
      using errcode = 'PG118', hint = 'Drop these first.';
  end if;
end;
$$;

comment on function meta.check_unused_class(bigint) is 'Raise PG118 when a class is the target of a reference or the parent of a class.';

revoke all on function meta.check_unused_class(bigint) from public;
