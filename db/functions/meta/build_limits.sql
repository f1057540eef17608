-- Renew the check constraint of a class whose limits have changed.
--
-- Not valid: rows written under former limits stay readable and are judged when they are
-- next written; adding it reads no row.

create or replace function meta.build_limits(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_expression constant text := meta.limits_expression(p_class);
begin
  if v_expression is not distinct from (select c.limits_sql from meta.class as c where c.id = p_class)
    and (v_expression is not null) = exists (
      select from pg_constraint as k
      where k.conrelid = to_regclass('data.datarow_' || p_class) and k.conname = format('datarow_%s_limits_check', p_class)
    )
  then
    return;
  end if;

  execute format('alter table data.datarow_%1$s drop constraint if exists datarow_%1$s_limits_check', p_class);

  if v_expression is not null then
    execute format(
      'alter table data.datarow_%1$s add constraint datarow_%1$s_limits_check check (%2$s) not valid',
      p_class, v_expression
    );
  end if;

  update meta.class as c
  set limits_sql = v_expression
  where c.id = p_class;
end;
$$;

comment on function meta.build_limits(bigint) is 'Make the check constraint of a class table follow the limits of its columns.';

revoke all on function meta.build_limits(bigint) from public;
