-- Ids of the columns that a right leaves out.
-- requires: meta.effective_column

create or replace function access.hidden_columns(p_class bigint, p_codes jsonb, p_path text)
returns bigint[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hidden bigint[];
  v_unknown text;
begin
  select
    coalesce(array_agg(e.column_id order by c.position) filter (where e.column_id is not null), '{}'),
    min(c.code) filter (where e.column_id is null)
  into v_hidden, v_unknown
  from jsonb_array_elements_text(coalesce(p_codes, '[]')) with ordinality as c (code, position)
  left join meta.effective_column as e on e.class_id = p_class and c.code = e.code;

  if v_unknown is not null then
    raise exception 'there is no column "%" to hide', v_unknown
      using errcode = 'PG914', detail = p_path || '.hide', hint = 'Name columns of the class; other kinds of objects and system columns hide nothing.';
  end if;

  return v_hidden;
end;
$$;

comment on function access.hidden_columns(bigint, jsonb, text) is 'Ids of columns of a class by codes. Raises PG914 for an unknown one.';

revoke all on function access.hidden_columns(bigint, jsonb, text) from public;
