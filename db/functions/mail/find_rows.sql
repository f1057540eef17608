-- Ids of at most two rows of a class whose column has a value; two say that it is ambiguous.

create or replace function mail.find_rows(p_class bigint, p_code text, p_value text)
returns bigint[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_ids bigint[];
begin
  select e.physical, e.sql_type into v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.code = p_code and e.stored;

  if not found then
    raise exception 'class % has no column "%"', meta.class_path(p_class), p_code
      using errcode = 'PG106', hint = 'Correct the mapping of the mailbox.';
  end if;

  execute format(
    'select array(select t.id from data.datarow_%s as t where t.%I = $1::%s and t.deleted is null limit 2)',
    p_class, v_column.physical, v_column.sql_type
  )
  using p_value
  into v_ids;

  return v_ids;
end;
$$;

comment on function mail.find_rows(bigint, text, text) is
'Ids of up to two rows of a class that have a value in a column. Raises PG106 for an unknown column.';

revoke all on function mail.find_rows(bigint, text, text) from public;
