-- The other side has committed what was sent: the run is done.
-- requires: sync.hold_run sync.keep_snapshot sync.end_run

create or replace function sync.finish_run(p_run bigint, p_token uuid)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_held record;
begin
  select h.* into v_held from sync.hold_run(p_run, p_token) as h;
  perform sync.keep_snapshot(p_run, 'side_' || p_run);
  update sync.definition as d set unsure = false where d.id = (v_held.definition).id;
  perform sync.end_run(p_run, 'done');
end;
$$;

comment on function sync.finish_run(bigint, uuid) is 'End a run outwards that was committed on the other side. Raises PG744.';

revoke all on function sync.finish_run(bigint, uuid) from public;
grant execute on function sync.finish_run(bigint, uuid) to pgears_admin, pgears_runner;
