-- Codes and physical names of the stored columns of a class that the caller may read.
-- requires: access.current_account meta.effective_column

create or replace function web.readable_columns(p_class bigint)
returns jsonb
language sql
stable
security definer  -- lends: reading names of columns that the caller may read
begin atomic
  select coalesce(jsonb_object_agg(e.code, e.physical), '{}')
  from meta.effective_column as e
  where e.class_id = p_class and e.stored
    and has_column_privilege(access.current_account(), to_regclass('data.datarow_' || p_class), e.physical, 'select');
end;

comment on function web.readable_columns(bigint) is 'Object of physical names by code: the columns of a class that the caller may read.';

revoke all on function web.readable_columns(bigint) from public;
grant execute on function web.readable_columns(bigint) to public;
