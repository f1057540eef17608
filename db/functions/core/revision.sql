-- The revision that the instance is at: health checks compare it with that of the program.

create or replace function core.revision()
returns text
language sql
stable
security definer  -- lends: reading the number of the revision to services
set search_path = pg_catalog, pg_temp
begin atomic
  select v.version_num::text from core.alembic_version as v;
end;

comment on function core.revision() is 'Number of the newest migration that was run, such as 0028.';

revoke all on function core.revision() from public;
grant execute on function core.revision() to pgears_admin, pgears_runner;
