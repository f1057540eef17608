-- Record what became of a step.
--
-- The settings are for the plan of the foreign key, which is kept from when there were few instances.
-- requires: core.now

create or replace function flow.log_step(p_branch flow.branch, p_outcome text, p_next text, p_detail text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  insert into flow.step_log (instance_id, branch_id, step, outcome, next, at, detail)
  values (p_branch.instance_id, p_branch.id, p_branch.step, p_outcome, p_next, core.now(), p_detail);
end;
$$;

comment on function flow.log_step(flow.branch, text, text, text) is 'Record the outcome of the step at which a branch stands.';

revoke all on function flow.log_step(flow.branch, text, text, text) from public;
