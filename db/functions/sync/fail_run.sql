-- A run could not be done: record why. Nothing of it stays, unless the target says otherwise.
--
-- A run that does not have the lease any more is left as it is.
-- requires: sync.end_run

create or replace function sync.fail_run(p_run bigint, p_token uuid, p_error text)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
  from sync.run as r
  inner join sync.definition as d on r.definition_id = d.id
  where r.id = p_run and r.ended is null and (r.token is null or d.lease_token = p_token)
  for update of d;

  if found then
    if exists (select from sync.run as r where r.id = p_run and r.token is null) then
      update sync.run as r set state = 'failed', ended = core.now(), error = p_error where r.id = p_run;
    else
      perform sync.end_run(p_run, 'failed', p_error);
    end if;
  end if;
end;
$$;

comment on function sync.fail_run(bigint, uuid, text) is 'End a run with an error.';

revoke all on function sync.fail_run(bigint, uuid, text) from public;
grant execute on function sync.fail_run(bigint, uuid, text) to pgears_admin, pgears_runner;
