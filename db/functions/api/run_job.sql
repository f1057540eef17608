-- Public: start a job now, whatever its times.
-- requires: flow.request

create or replace function api.run_job(code text)
returns bigint
language sql
volatile
begin atomic
  insert into flow.request (operation, object)
  values ('run_job', code)
  returning result::bigint;
end;

comment on function api.run_job(text) is 'Start a job and give the id of the run. Raises PG503, PG520, PG560 to PG562.';

grant execute on function api.run_job(text) to public;
