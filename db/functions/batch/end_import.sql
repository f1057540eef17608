-- End a run: counters, lines of the rows in error, what comes after, and the staging tables go.
-- requires: batch.lock_import batch.follow_import batch.locate_errors

create or replace function batch.end_import(p_run bigint, p_token uuid, p_state text, p_counts jsonb default '{}', p_error text default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs, mails and workflows to the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_definition constant jsonb := (select i.definition from batch.import as i where i.id = v_run.import_id);
  v_keep constant boolean := coalesce((v_definition ->> 'keep_table')::boolean, false);
  v_matched bigint := 0;
  v_unmatched bigint := 0;
  v_ignored bigint := 0;
begin
  if p_state = 'done' then
    execute format(
      'select count(t.row_id) filter (where not t.is_ignored), count(*) filter (where t.row_id is null and not t.is_ignored), count(*) filter (where t.is_ignored)'
      ' from batch.import_%s as t where not t.is_error', p_run
    ) into v_matched, v_unmatched, v_ignored;
  end if;

  if to_regclass(format('batch.load_%s', p_run)) is not null then
    perform batch.locate_errors(p_run);
    execute format('drop table batch.load_%s', p_run);
  end if;
  execute format('drop table if exists batch.map_%s', p_run);

  if to_regclass(format('batch.import_%s', p_run)) is not null then
    if v_keep then
      execute format('revoke all on batch.import_%s from %I', p_run, v_run.account);
      execute format('alter table batch.import_%s set logged', p_run);
    else
      execute format('drop table batch.import_%s', p_run);
    end if;
  end if;

  update batch.import_run as r
  set
    state = p_state,
    inserted = coalesce((p_counts ->> 'inserted')::bigint, 0),
    updated = coalesce((p_counts ->> 'updated')::bigint, 0),
    unchanged = case v_definition ->> 'action' when 'insert' then 0 else v_matched - coalesce((p_counts ->> 'updated')::bigint, 0) end,
    ignored = v_ignored + case v_definition ->> 'action' when 'insert' then v_matched when 'update' then v_unmatched else 0 end,
    deleted_before = coalesce((p_counts ->> 'deleted_before')::bigint, 0),
    deleted_missing = coalesce((p_counts ->> 'deleted_missing')::bigint, 0),
    errors = (select count(distinct e.record) from batch.import_error as e where e.run_id = p_run),
    error = p_error,
    ended = core.now()
  where r.id = p_run;

  delete from batch.progress as p where p.kind = 'import' and p.run_id = p_run;
  perform batch.follow_import(p_run);
end;
$$;

comment on function batch.end_import(bigint, uuid, text, jsonb, text) is
'End a run as done, refused or failed, with its counters (inserted, updated, deleted_before, deleted_missing). Raises PG704.';

revoke all on function batch.end_import(bigint, uuid, text, jsonb, text) from public;
grant execute on function batch.end_import(bigint, uuid, text, jsonb, text) to pgears_admin, pgears_runner;
