-- SQL expression for a column of the row "r", or of a row that it refers to, and so on.
--
-- Texts of several rows are joined; p_address: what a header of recipients takes, so users
-- give their addresses, and a reference to rows must name the column that has them. The
-- middle select carries the reference, because the row referred to is named "r" as well.
-- requires: meta.column_expression

create or replace function flow.path_expression(p_class bigint, p_path text[], p_address boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.effective_column;
  v_rows text;
  v_last constant boolean := cardinality(p_path) = 1;
begin
  select e.* into v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.code = p_path[1] and e.stored;

  if v_column.column_id is null or v_column.type not in ('reference', 'file') then
    return case when v_last and v_column.type is distinct from 'class' then meta.column_expression(p_class, p_path[1], false) end;
  end if;

  if v_column.target_user then
    v_rows := case
      when cardinality(p_path) > 2 then null
      when p_path[2] in ('login', 'full_name', 'email', 'language') then format('select t.%I as value from access.account as t where t.id = k.id', p_path[2])
      when not v_last then null
      when p_address then 'select t.email as value from access.account as t where t.id = k.id and t.enabled'
      else 'select coalesce(t.full_name, t.login) as value from access.account as t where t.id = k.id'
    end;
  elsif v_column.type = 'file' then
    v_rows := case when v_last and not p_address then 'select t.name as value from core.file as t where t.id = k.id' end;
  elsif cardinality(v_column.targets) = 1 and not (v_last and p_address) then
    select string_agg('select ' || x.expression || format(' as value from data.datarow_%s as r where r.id = k.id', a.class_id), ' union all ')
    into v_rows
    from meta.ancestry as a
    cross join lateral (
      select case when v_last then 'r.shortdescription' else flow.path_expression(v_column.targets[1], p_path[2:], p_address) end as expression
    ) as x
    where a.ancestor_id = v_column.targets[1];
  end if;

  if v_rows is null then
    return null;
  end if;

  return format(
    'coalesce((select (select string_agg(x.value, %L order by k.position) from unnest(o.ids) with ordinality as k (id, position)'
    ' cross join lateral (%s) as x where x.value <> '''') from (select %s as ids) as o), '''')',
    case when p_address then '; ' else ', ' end,
    v_rows,
    format(case when v_column.is_array then 'r.%I' else 'array[r.%I]' end, v_column.physical)
  );
end;
$$;

comment on function flow.path_expression(bigint, text[], boolean) is
'SQL expression of type text over a row "r" for the codes of a path; null when there is no such column or it has no text.';

revoke all on function flow.path_expression(bigint, text[], boolean) from public;
