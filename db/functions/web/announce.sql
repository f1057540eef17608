-- Tell running servers at commit that what they serve has changed.
--
-- A hint, as every NOTIFY: servers look at web.catalogue_version() as well, every few seconds
-- and before they answer that something is not there.

create or replace function web.announce()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  notify pgears_web;
  return null;
end;
$$;

comment on function web.announce() is 'Trigger function: NOTIFY pgears_web.';

revoke all on function web.announce() from public;
