-- Refuse a logical deletion whose rows a trigger of somebody has dropped or changed.

create or replace function meta.refuse_loss(p_class bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '%: a trigger has changed or dropped a row that a deletion keeps', meta.class_path(p_class)
    using
      errcode = 'PG141',
      hint = 'Logical deletion inserts the row again, marked as deleted: give triggers before insert the condition "when (new.deleted is null)".';
end;
$$;

comment on function meta.refuse_loss(bigint) is 'Raise PG141 for a deletion that would lose a row or its system columns.';

revoke all on function meta.refuse_loss(bigint) from public;
