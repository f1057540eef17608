-- Public: store a file of the caller, to be put into a file column.
--
-- Whoever stored a file may read it; others may from when a row that they see holds it. One
-- that no row takes is a file of nobody else.
-- requires: core.store_file

create or replace function api.store_file(name text, media_type text, content bytea)
returns bigint
language sql
volatile
security definer  -- lends: storing a file as the caller
begin atomic
  select core.store_file(name, media_type, content);
end;

comment on function api.store_file(text, text, bytea) is 'Number of a new file of the caller.';

revoke all on function api.store_file(text, text, bytea) from public;
grant execute on function api.store_file(text, text, bytea) to public;
