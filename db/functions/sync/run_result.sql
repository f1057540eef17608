-- A run as others are told of it.

create or replace function sync.run_result(p_run bigint)
returns jsonb
language plpgsql
stable
security definer  -- lends: reading one run to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'run', r.id, 'sync', r.sync, 'plan', r.plan, 'state', r.state, 'compare', r.compare, 'read', r.read,
      'inserted', r.inserted, 'updated', r.updated, 'deleted', r.deleted, 'error', r.error
    )
    || case when r.samples is null then '{}' else jsonb_build_object('samples', r.samples) end
    || case when r.problems is null then '{}' else jsonb_build_object('problems', r.problems) end
    from sync.run_status as r
    where r.id = p_run
  );
end;
$$;

comment on function sync.run_result(bigint) is 'State, numbers and error of a run; samples of a plan, problems with rows.';

revoke all on function sync.run_result(bigint) from public;
grant execute on function sync.run_result(bigint) to pgears_admin, pgears_runner;
