-- Give a run back that was begun and cannot be ended now: it waits again, and nothing of it stays.
--
-- Steps of jobs and workflows make another run when they are tried again.
-- requires: sync.hold_run sync.drop_stages sync.withdraw_run

create or replace function sync.release_run(p_run bigint, p_token uuid)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.hold_run(p_run, p_token);
  perform sync.drop_stages(p_run);
  update sync.definition as d
  set lease_token = null, lease_until = null
  from sync.run as r
  where r.id = p_run and d.id = r.definition_id;

  update sync.run as r set state = 'waiting', token = null where r.id = p_run;
  perform sync.withdraw_run(p_run) from sync.run as r where r.id = p_run and r.cause <> 'manual';
end;
$$;

comment on function sync.release_run(bigint, uuid) is 'Let a run wait again and free its lease. Raises PG744.';

revoke all on function sync.release_run(bigint, uuid) from public;
grant execute on function sync.release_run(bigint, uuid) to pgears_admin, pgears_runner;
