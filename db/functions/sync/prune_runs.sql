-- Delete runs that ended 90 days ago with their problems; the last one of each synchronisation stays.
--
-- A run whose task gave up has failed.
-- requires: core.now

create or replace function sync.prune_runs()
returns bigint
language sql
volatile
security definer  -- lends: deleting old runs to the runner
begin atomic
  update sync.run as r
  set state = 'failed', ended = core.now(), error = d.error
  from queue.dead as d
  where d.kind = 'sync.run' and r.id = (d.payload ->> 'run')::bigint and r.state = 'waiting';

  with gone as (
    delete from sync.run as r
    where coalesce(r.ended, r.created) < (select core.now()) - interval '90 days'
      and r.id < (select max(l.id) from sync.run as l where l.definition_id = r.definition_id)
    returning r.id
  )
  select count(*) from gone as g;
end;

comment on function sync.prune_runs() is 'Delete old runs; gives their number.';

revoke all on function sync.prune_runs() from public;
grant execute on function sync.prune_runs() to pgears_runner;
