-- A run is over: its tables go and the lease is free.
-- requires: sync.drop_stages

create or replace function sync.end_run(p_run bigint, p_state text, p_error text default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.drop_stages(p_run);

  update sync.run as r
  set state = p_state, ended = core.now(), token = null, error = p_error
  where r.id = p_run;

  update sync.definition as d
  set lease_token = null, lease_until = null
  from sync.run as r
  where r.id = p_run and d.id = r.definition_id;
end;
$$;

comment on function sync.end_run(bigint, text, text) is 'End a run with a state and, where it did not succeed, an error.';

revoke all on function sync.end_run(bigint, text, text) from public;
