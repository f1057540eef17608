-- Delete stored answers that are older than a day: who repeats a request does so sooner.

create or replace function web.prune_answers()
returns integer
language plpgsql
volatile
security definer  -- lends: deleting old rows of web.answer to runners
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from web.answer as a where a.created < core.now() - interval '1 day';
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function web.prune_answers() is 'Delete answers kept for repeated requests that are older than a day, and give their number.';

revoke all on function web.prune_answers() from public;
grant execute on function web.prune_answers() to pgears_admin, pgears_runner;
