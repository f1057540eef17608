-- As batch.class_target, and nothing where the account may not read the class.
-- requires: batch.class_target

create or replace function batch.readable_target(p_class bigint, p_account text)
returns table (relation text, physical boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query select t.relation, t.physical from batch.class_target(p_class, p_account) as t;
exception
  when sqlstate 'PG706' then
    return;
end;
$$;

comment on function batch.readable_target(bigint, text) is 'Relation of a class for an account, no row where it may not read it.';

revoke all on function batch.readable_target(bigint, text) from public;
