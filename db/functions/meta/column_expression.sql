-- SQL expression for the text of one column in a format; null when it has none.
--
-- p_stored: for a generated column, so only what is immutable and in the row.
-- requires: meta.effective_column

create or replace function meta.column_expression(p_class bigint, p_code text, p_stored boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.effective_column;
begin
  select e.* into v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.code = p_code and e.stored and not e.is_array;

  if not found then
    return case
      when p_stored then null
      when p_code in ('id', 'uid', 'version', 'creator', 'modifier', 'shortdescription') then meta.column_text('r.' || p_code, 'any')
      when p_code in ('created', 'modified') then meta.column_text('r.' || p_code, 'timestamptz')
    end;
  end if;

  if v_column.sql_type = 'jsonb' or v_column.type = 'class' or (p_stored and v_column.type in ('reference', 'file', 'calculated')) then
    return null;
  elsif v_column.target_user then
    return format('coalesce((select t.login from access.account as t where t.id = r.%I), '''')', v_column.physical);
  elsif v_column.type = 'file' then
    return format('coalesce((select t.name from core.file as t where t.id = r.%I), '''')', v_column.physical);
  elsif v_column.type = 'reference' then
    return (
      select format(
        'coalesce((%s), '''')',
        string_agg(format('select t.shortdescription from data.datarow_%s as t where t.id = r.%I', a.class_id, v_column.physical), ' union all ')
      )
      from meta.ancestry as a
      where a.ancestor_id = v_column.targets[1] and cardinality(v_column.targets) = 1
    );
  end if;

  return meta.column_text(case when p_stored then '' else 'r.' end || v_column.physical, v_column.sql_type);
end;
$$;

comment on function meta.column_expression(bigint, text, boolean) is 'SQL expression of type text for a column, '''' for null; null when the column has no single text.';

revoke all on function meta.column_expression(bigint, text, boolean) from public;
