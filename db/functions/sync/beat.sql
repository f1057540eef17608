-- Move the lease of a run on; false when another process has it.

create or replace function sync.beat(p_run bigint, p_token uuid, p_lease interval default '2 minutes')
returns boolean
language sql
volatile
security definer  -- lends: writing leases to administrators and the service
begin atomic
  with beaten as (
    update sync.definition as d
    set lease_until = core.now() + p_lease
    from sync.run as r
    where r.id = p_run and r.ended is null and d.id = r.definition_id and d.lease_token = p_token
    returning d.id
  )
  select count(*) > 0 from beaten;
end;

comment on function sync.beat(bigint, uuid, interval) is 'Move the lease of a run on; false when it is lost.';

revoke all on function sync.beat(bigint, uuid, interval) from public;
grant execute on function sync.beat(bigint, uuid, interval) to pgears_admin, pgears_runner;
