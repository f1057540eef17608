-- Drop a synchronisation with its runs and what it knows of the other side; rows of both sides stay.
-- requires: sync.drop_stages

create or replace function sync.drop_sync(p_sync bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing synchronisations to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from sync.definition as d where d.id = p_sync for update;
  perform sync.drop_stages(r.id) from sync.run as r where r.definition_id = p_sync and r.ended is null;
  delete from sync.definition as d where d.id = p_sync;
end;
$$;

comment on function sync.drop_sync(bigint) is 'Drop a synchronisation; a run that is under way ends without effect.';

revoke all on function sync.drop_sync(bigint) from public;
grant execute on function sync.drop_sync(bigint) to pgears_admin;
