-- Before update of a class table: version, modifier, time and source of the change.
--
-- Fires as t10; whatever a later trigger does to these columns is refused by t80. The one
-- trigger function that runs for each row: a SET clause would cost a tenth of it, so names are
-- bound by their schemas. It runs with the writer's own rights, and t80 judges the outcome.
-- Rows of another instance keep what was written there; t90 asks whether the mark is genuine.

create or replace function meta.stamp_row()
returns trigger
language plpgsql
as $$
begin
  if pg_catalog.current_setting('pgears.source', true) operator(pg_catalog.=) 'replica' then
    return new;
  end if;
  new.version := old.version operator(pg_catalog.+) 1;
  new.modifier := coalesce(nullif(pg_catalog.current_setting('role'), 'none'), session_user);
  new.modified := pg_catalog.now();
  new.modified_source := coalesce(nullif(pg_catalog.current_setting('pgears.source', true), ''), 'sql');
  return new;
end;
$$;

comment on function meta.stamp_row() is 'Trigger function: set the system columns of an updated row.';

revoke all on function meta.stamp_row() from public;
