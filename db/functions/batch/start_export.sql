-- Begin a run, or begin it again after its process was lost, under a new token.
-- requires: batch.export_plan

create or replace function batch.start_export(p_run bigint)
returns table (token uuid, state text, account text, definition jsonb)
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform from batch.export_run as r where r.id = p_run for update;
  if not found then
    raise exception 'there is no run % of an export', p_run
      using errcode = 'PG702', hint = '"pgears exports runs" shows the runs.';
  end if;

  update batch.export_run as r
  set state = 'running', token = gen_random_uuid(), started = core.now()
  where r.id = p_run and r.state in ('waiting', 'running');

  if found then
    insert into batch.progress (kind, run_id, lease_until, phase)
    values ('export', p_run, clock_timestamp() + interval '1 minute', 'writing')
    on conflict (kind, run_id) do update
    set lease_until = excluded.lease_until, phase = excluded.phase, done = 0, total = null;
  end if;

  return query
  select
    r.token,
    r.state,
    r.account,
    e.definition || jsonb_build_object(
      'code', e.code,
      'name', replace(
        replace(
          replace(
            replace(
              coalesce(
                e.definition ->> 'file',
                e.code || '.' || coalesce(e.definition ->> 'format', 'csv') || case when e.definition -> 'gzip' = 'true' then '.gz' else '' end
              ),
              '{{now}}', to_char(core.now() at time zone coalesce(e.definition ->> 'time_zone', 'UTC'), 'YYYY-MM-DD_HH24-MI-SS')
            ),
            '{{today}}', to_char(core.now() at time zone coalesce(e.definition ->> 'time_zone', 'UTC'), 'YYYY-MM-DD')
          ),
          '{{export}}', e.code
        ),
        '{{run}}', p_run::text
      )
    )
  from batch.export_run as r
  inner join batch.export as e on r.export_id = e.id
  where r.id = p_run;
end;
$$;

comment on function batch.start_export(bigint) is 'Token, state, account and definition of a run; its definition has code, and name of the file. Raises PG702.';

revoke all on function batch.start_export(bigint) from public;
grant execute on function batch.start_export(bigint) to pgears_admin, pgears_runner;
