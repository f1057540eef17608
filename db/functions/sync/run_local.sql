-- Do a run with a relation of this database, from the first row to the last, in the caller's transaction.
--
-- An error is kept with the run, and what the run wrote is undone.
-- requires: sync.begin_run sync.fill_stage sync.compare_run sync.send_changes sync.finish_run sync.fail_run

create or replace function sync.run_local(p_run bigint)
returns text
language plpgsql
volatile
security definer  -- lends: reading and writing for a run to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token constant uuid := gen_random_uuid();
  v_spec jsonb;
  v_position jsonb;
  v_state text;
begin
  if exists (
    select from sync.run as r inner join sync.definition as d on r.definition_id = d.id where r.id = p_run and d.definition ? 'url'
  ) then
    return null;
  end if;

  v_spec := sync.begin_run(p_run, v_token);

  if v_spec is null then
    return (select r.state from sync.run as r where r.id = p_run);
  end if;

  begin
    if v_spec ->> 'direction' = 'in' or v_spec ->> 'compare' = 'values' then
      v_position := sync.fill_stage(p_run);
    end if;

    v_state := sync.compare_run(p_run, v_token, v_position);

    if v_state = 'writing' then
      perform sync.send_changes(p_run);
      perform sync.finish_run(p_run, v_token);
      v_state := 'done';
    end if;
  exception
    when others then
      if sqlstate like '40%' or sqlstate like '57%' then
        raise;
      end if;
      perform sync.fail_run(p_run, v_token, format('%s: %s', sqlstate, sqlerrm));
      v_state := 'failed';
  end;

  return v_state;
end;
$$;

comment on function sync.run_local(bigint) is 'State in which a run with a relation of this database has ended; null for one with another database.';

revoke all on function sync.run_local(bigint) from public;
grant execute on function sync.run_local(bigint) to pgears_admin, pgears_runner;
