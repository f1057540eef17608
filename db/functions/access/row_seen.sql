-- True when the account under a seal may read a row of a class; behind access.sees_row().
-- requires: access.reads_data access.sealed_account

create or replace function access.row_seen(p_account text, p_seal text, p_class bigint, p_row bigint)
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
  perform access.sealed_account(p_account, p_seal);

  if v_table is null or p_row is null then
    return false;
  end if;

  execute format('select to_jsonb(r) from %s as r where r.id = $1', v_table) using p_row into v_data;
  return access.reads_data(p_account, p_class, v_data);
end;
$$;

comment on function access.row_seen(text, text, bigint, bigint) is 'Whether the account of a seal may read a row, deleted or not. Raises PG008 for a wrong seal.';

-- It believes the seal alone.
revoke all on function access.row_seen(text, text, bigint, bigint) from public;
grant execute on function access.row_seen(text, text, bigint, bigint) to public;
