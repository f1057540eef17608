-- Before update of a class table: version, modifier, time and source of the change.
--
-- Fires as t10; whatever a later trigger does to these columns is refused by t80.

create or replace function meta.stamp_row()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.version := old.version + 1;
  new.modifier := coalesce(nullif(current_setting('role'), 'none'), session_user);
  new.modified := now();
  new.modified_source := coalesce(nullif(current_setting('pgears.source', true), ''), 'sql');
  return new;
end;
$$;

comment on function meta.stamp_row() is 'Trigger function: set the system columns of an updated row.';

revoke all on function meta.stamp_row() from public;
