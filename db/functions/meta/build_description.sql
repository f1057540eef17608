-- Renew the short description of a class whose format has changed.
--
-- The old generated column steps aside under another name, because API views still read
-- it; the sweep after their renewal drops it.

create or replace function meta.build_description(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_expression text;
  v_former text;
begin
  -- A child without a format of its own is described as its parent is.
  select meta.format_expression(p_class, coalesce(min(c.description), ''), true) into v_expression
  from (
    select c.description
    from meta.ancestry as a
    inner join meta.class as c on a.ancestor_id = c.id
    where a.class_id = p_class and c.description <> ''
    order by a.depth
    limit 1
  ) as c;

  if v_expression = (select c.description_sql from meta.class as c where c.id = p_class) then
    return;
  end if;

  select a.attname || '_' || c.description_column into v_former
  from meta.class as c
  inner join pg_attribute as a on a.attrelid = to_regclass('data.datarow_' || c.id) and a.attname = 'shortdescription'
  where c.id = p_class;

  if v_former is not null then
    execute format('alter table data.datarow_%s rename column shortdescription to %I', p_class, v_former);
    insert into meta.dropped_column (class_id, physical) values (p_class, v_former);
  end if;

  execute format(
    'alter table data.datarow_%s add column shortdescription text generated always as (%s) stored',
    p_class, v_expression
  );

  update meta.class as c
  set description_sql = v_expression, description_column = c.description_column + (v_former is not null)::integer
  where c.id = p_class;
end;
$$;

comment on function meta.build_description(bigint) is 'Make the generated column shortdescription follow the description format.';

revoke all on function meta.build_description(bigint) from public;
