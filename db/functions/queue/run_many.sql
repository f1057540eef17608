-- Do several database tasks in one round trip and one commit, each on its own if it fails.
--
-- A task that fails is undone alone and given back with its error, not settled. Being
-- cancelled (time-out) undoes them all: the runner then runs each by queue.run().
-- requires: queue.run

create or replace function queue.run_many(p_ids bigint[], p_token uuid)
returns table (id bigint, error text)
language plpgsql
volatile
security definer  -- lends: what queue.run() lends
set search_path = pg_catalog, pg_temp
as $$
begin
  foreach id in array p_ids loop
    begin
      perform queue.run(id, p_token);
    exception
      when others then
        error := format('%s: %s', sqlstate, sqlerrm);
        return next;
    end;
  end loop;
end;
$$;

comment on function queue.run_many(bigint[], uuid) is 'Run leased database tasks; gives those that failed, which are still leased.';

revoke all on function queue.run_many(bigint[], uuid) from public;
grant execute on function queue.run_many(bigint[], uuid) to pgears_runner;
