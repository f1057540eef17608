-- The row that an instance is about, by column codes; null when there is none.
-- requires: flow.record_by_codes

create or replace function flow.record_of(p_class bigint, p_record bigint)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row jsonb;
begin
  if p_class is null or p_record is null then
    return null;
  end if;

  execute format('select to_jsonb(r) from data.datarow_%s as r where r.id = $1', p_class) using p_record into v_row;
  return flow.record_by_codes(p_class, v_row);
end;
$$;

comment on function flow.record_of(bigint, bigint) is 'Row of a class by column codes.';

revoke all on function flow.record_of(bigint, bigint) from public;
