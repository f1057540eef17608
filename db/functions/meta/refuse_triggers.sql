-- Before deletion from a partitioned class: refuse triggers that would borrow the rights of the system.
--
-- Logical deletion there puts back a row at a time, and PostgreSQL gives a row trigger the
-- partition; triggers of others are those of the whole table, looked at once a statement.
-- requires: meta.check_triggers

create or replace function meta.refuse_triggers()
returns trigger
language plpgsql
security definer  -- lends: reading who owns the triggers of the table
set search_path = pg_catalog, pg_temp
as $$
begin
  perform meta.check_triggers(tg_relid);
  return null;
end;
$$;

comment on function meta.refuse_triggers() is 'Trigger function: raise PG140 for a trigger of another owner.';

revoke all on function meta.refuse_triggers() from public;
