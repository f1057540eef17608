-- A condition of a definition over a row "r" of the relation that an account works with.

create or replace function batch.scope_expression(p_class bigint, p_text text, p_physical boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_text;
  v_code text;
  v_name text;
begin
  for v_code in select distinct c.found[1] from regexp_matches(p_text, '\{\{\s*column\.([a-z0-9_-]+)\s*\}\}', 'g') as c (found) loop
    v_name := (
      select case when p_physical then e.physical else e.code end
      from meta.effective_column as e
      where e.class_id = p_class and e.code = v_code
      union all
      select v_code
      where v_code in ('id', 'uid', 'version', 'creator', 'created', 'modifier', 'modified', 'deleter', 'deleted', 'shortdescription')
      limit 1
    );

    if v_name is null then
      raise exception 'class % has no column "%"', meta.class_path(p_class), v_code
        using errcode = 'PG106', hint = 'Name columns of the class by their codes.';
    end if;

    v_text := regexp_replace(v_text, format('\{\{\s*column\.%s\s*\}\}', v_code), format('r.%I', v_name), 'g');
  end loop;

  return v_text;
end;
$$;

comment on function batch.scope_expression(bigint, text, boolean) is 'Condition with {{column.code}} as SQL over a row "r"; by physical names or codes. Raises PG106.';

revoke all on function batch.scope_expression(bigint, text, boolean) from public;
