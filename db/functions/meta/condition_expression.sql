-- SQL condition over the columns of a class: {{column.x}} becomes a column of p_alias.

create or replace function meta.condition_expression(p_class bigint, p_sql text, p_alias text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sql text := p_sql;
  v_code text;
  v_physical text;
begin
  for v_code in
    select distinct m.found[1] from regexp_matches(p_sql, '\{\{\s*column\.([a-z][a-z0-9_-]*)\s*\}\}', 'g') as m (found)
  loop
    select e.physical into v_physical
    from meta.effective_column as e
    where e.class_id = p_class and e.code = v_code and e.stored;

    if v_physical is null then
      raise exception 'the condition or calculation names the column "%", which % does not store', v_code, meta.class_path(p_class)
        using errcode = 'PG106', hint = 'Name a stored column of the class.';
    end if;

    v_sql := regexp_replace(v_sql, format('\{\{\s*column\.%s\s*\}\}', v_code), p_alias || v_physical, 'g');
  end loop;

  return v_sql;
end;
$$;

comment on function meta.condition_expression(bigint, text, text) is
'SQL over physical columns, each with the prefix p_alias (such as "n." or ""), from SQL with {{column.code}}. Raises PG106.';

revoke all on function meta.condition_expression(bigint, text, text) from public;
