-- The class table behind a code, for triggers and grants of one's own.
-- requires: meta.class_id

create or replace function meta.table_of(p_path text)
returns regclass
language sql
stable
begin atomic
  select format('data.datarow_%s', meta.class_id(p_path))::regclass;
end;

comment on function meta.table_of(text) is
'Table that holds the rows of a class given as model.class. Raises PG106 when there is none.';

revoke all on function meta.table_of(text) from public, pgears_runner;
grant execute on function meta.table_of(text) to pgears_admin;
