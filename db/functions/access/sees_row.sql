-- True when the caller may read a row of a class.
--
-- Runs with the caller's rights, so row security of the class table answers. For what belongs
-- to a row without being in its table, such as its mails.

create or replace function access.sees_row(p_class bigint, p_row bigint)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table constant regclass := to_regclass('data.datarow_' || p_class);
  v_found boolean := false;
begin
  if v_table is not null and p_row is not null
    and has_schema_privilege('data', 'usage') and has_column_privilege(v_table, 'id', 'select')
  then
    execute format('select exists (select from %s as r where r.id = $1)', v_table) using p_row into v_found;
  end if;

  return v_found;
end;
$$;

comment on function access.sees_row(bigint, bigint) is 'Whether the caller may read the row with this id, deleted or not, of a class given by its id.';

-- Views call it with the rights of whoever reads; it tells what he could read anyway.
revoke all on function access.sees_row(bigint, bigint) from public;
grant execute on function access.sees_row(bigint, bigint) to public;
