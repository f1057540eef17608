-- Codes and physical names of the stored columns of a class that an account may read.
-- requires: access.visible_columns meta.effective_column

create or replace function web.readable_columns(p_account text, p_class bigint)
returns jsonb
language sql
stable
begin atomic
  select coalesce(jsonb_object_agg(e.code, e.physical), '{}')
  from meta.effective_column as e
  where e.class_id = p_class and e.stored
    and e.column_id = any((select access.visible_columns(p_account, p_class, 'read'))::bigint[]);
end;

comment on function web.readable_columns(text, bigint) is 'Object of physical names by code: the columns of a class that the account may read.';

revoke all on function web.readable_columns(text, bigint) from public;
