-- True when the caller may read a row of a class.
--
-- For what belongs to a row without being in its table, such as its mails.
-- requires: access.reads_data

create or replace function access.sees_row(p_class bigint, p_row bigint)
returns boolean
language plpgsql
stable
security definer  -- lends: reading a row for a yes or no
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table constant regclass := to_regclass('data.datarow_' || p_class);
  v_data jsonb;
begin
  if v_table is null or p_row is null then
    return false;
  end if;

  execute format('select to_jsonb(r) from %s as r where r.id = $1', v_table) using p_row into v_data;
  return access.reads_data(p_class, v_data);
end;
$$;

comment on function access.sees_row(bigint, bigint) is 'Whether the caller may read the row with this id, deleted or not, of a class given by its id.';

-- It tells each account what its own queries would tell it.
revoke all on function access.sees_row(bigint, bigint) from public;
grant execute on function access.sees_row(bigint, bigint) to public;
