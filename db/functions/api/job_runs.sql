-- Public: runs of a job whose log the caller may view, the newest first.
-- requires: flow.my_run

create or replace function api.job_runs(code text, rows integer default 100)
returns table (
  id bigint, job text, cause text, slot timestamptz, state text, started timestamptz, ended timestamptz, error text, steps jsonb
)
language sql
stable
begin atomic
  select
    r.id,
    r.job,
    r.cause,
    r.slot,
    r.state,
    r.started,
    r.ended,
    r.error,
    r.steps
  from flow.my_run as r
  where r.job = job_runs.code or r.code = job_runs.code
  order by r.id desc
  limit job_runs.rows;
end;

comment on function api.job_runs(text, integer) is 'Runs of a job with start, end, result and steps; nothing without the right "view_log".';

grant execute on function api.job_runs(text, integer) to public;
