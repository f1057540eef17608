-- Say how far a run is and that its process is alive; null when it is over.

create or replace function batch.beat(p_kind text, p_run bigint, p_phase text, p_done bigint, p_total bigint)
returns boolean
language sql
volatile
security definer  -- lends: writing progress to administrators and the service
begin atomic
  update batch.progress as p
  set lease_until = clock_timestamp() + interval '1 minute', phase = p_phase, done = p_done, total = p_total
  where p.kind = p_kind and p.run_id = p_run
  returning true;
end;

comment on function batch.beat(text, bigint, text, bigint, bigint) is 'Record the progress of a running import or export and extend its lease; null when it is over.';

revoke all on function batch.beat(text, bigint, text, bigint, bigint) from public;
grant execute on function batch.beat(text, bigint, text, bigint, bigint) to pgears_admin, pgears_runner;
