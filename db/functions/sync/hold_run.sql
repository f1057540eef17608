-- Lock a run and its synchronisation for the process that has the lease.

create or replace function sync.hold_run(p_run bigint, p_token uuid, out definition sync.definition, out run sync.run)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  select d.* into definition
  from sync.definition as d
  inner join sync.run as r on r.definition_id = d.id
  where r.id = p_run and d.lease_token = p_token
  for update of d;

  select r.* into run from sync.run as r where r.id = p_run and r.token = p_token and r.ended is null for update;

  if definition.id is null or run.id is null then
    raise exception 'the lease of run % is lost', p_run
      using errcode = 'PG744', hint = 'Another process took the synchronisation over; look at its runs.';
  end if;
end;
$$;

comment on function sync.hold_run(bigint, uuid) is 'Definition and run, locked. Raises PG744 when the lease is lost.';

revoke all on function sync.hold_run(bigint, uuid) from public;
