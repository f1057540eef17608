-- Find the runs whose process died and that no task will begin again: nothing of them went in.
-- requires: batch.follow_import batch.answer

create or replace function batch.sweep()
returns bigint
language plpgsql
volatile
security definer  -- lends: writing runs to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost record;
  v_count bigint := 0;
begin
  for v_lost in
    select r.id, coalesce(d.error, 'its process died') as error
    from batch.import_run as r
    left join batch.progress as p on p.kind = 'import' and r.id = p.run_id
    left join queue.dead as d on d.kind = 'batch.import' and d.payload @> jsonb_build_object('run', r.id)
    where (r.state = 'running' and r.cause = 'command' and coalesce(p.lease_until, '-infinity') < clock_timestamp())
      or (r.state in ('waiting', 'running') and d.id is not null)
    for update of r skip locked
  loop
    update batch.import_run as r
    set state = 'broken', token = null, error = v_lost.error, ended = core.now()
    where r.id = v_lost.id;
    delete from batch.progress as p where p.kind = 'import' and p.run_id = v_lost.id;
    perform batch.follow_import(v_lost.id);
    v_count := v_count + 1;
  end loop;

  for v_lost in
    select r.id, r.cause, r.cause_key, coalesce(d.error, 'its process died') as error
    from batch.export_run as r
    left join batch.progress as p on p.kind = 'export' and r.id = p.run_id
    left join queue.dead as d on d.kind = 'batch.export' and d.payload @> jsonb_build_object('run', r.id)
    where (r.state = 'running' and r.cause = 'command' and coalesce(p.lease_until, '-infinity') < clock_timestamp())
      or (r.state in ('waiting', 'running') and d.id is not null)
    for update of r skip locked
  loop
    update batch.export_run as r
    set state = 'broken', token = null, error = v_lost.error, ended = core.now()
    where r.id = v_lost.id;
    delete from batch.progress as p where p.kind = 'export' and p.run_id = v_lost.id;
    perform batch.answer(v_lost.cause, v_lost.cause_key, format('export run %s is broken: %s', v_lost.id, v_lost.error), '{}');
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

comment on function batch.sweep() is 'Mark runs of imports and exports as broken whose process died; gives their number.';

revoke all on function batch.sweep() from public;
grant execute on function batch.sweep() to pgears_runner, pgears_admin;
