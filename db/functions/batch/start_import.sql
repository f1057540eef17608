-- Begin a run, or begin it again after its process was lost, under a new token.
--
-- A file that went in before, or is going in now, is skipped unless forced. Starts of one
-- import are one after the other, so two processes with the same file cannot both begin.
-- requires: batch.import_sources batch.follow_import

create or replace function batch.start_import(p_run bigint, p_size bigint, p_checksum bytea)
returns table (token uuid, state text, account text, definition jsonb)
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_run batch.import_run;
  v_former bigint;
begin
  perform from batch.import as i
  where i.id = (select r.import_id from batch.import_run as r where r.id = p_run)
  for update;

  select r.* into v_run from batch.import_run as r where r.id = p_run for update;
  if not found then
    raise exception 'there is no run % of an import', p_run
      using errcode = 'PG702', hint = '"pgears imports runs" shows the runs.';
  end if;

  if v_run.state not in ('waiting', 'running') then
    return query
    select null::uuid, v_run.state, v_run.account, i.definition
    from batch.import as i
    where i.id = v_run.import_id;
    return;
  end if;

  if not v_run.force then
    v_former := (
      select min(r.id)
      from batch.import_run as r
      where
        r.import_id = v_run.import_id and r.id <> p_run and r.checksum = p_checksum
        and (
          r.state = 'done'
          or (r.state = 'running' and exists (
            select from batch.progress as p where p.kind = 'import' and p.run_id = r.id and p.lease_until > clock_timestamp()
          ))
        )
    );
  end if;

  if v_former is not null then
    update batch.import_run as r
    set
      state = 'skipped', size = p_size, checksum = p_checksum, started = core.now(), ended = core.now(),
      error = format('the same file went in as run %s; --force imports it again', v_former)
    where r.id = p_run;
    perform batch.follow_import(p_run);
  else
    update batch.import_run as r
    set
      state = 'running', token = gen_random_uuid(), size = p_size, checksum = p_checksum, started = core.now()
    where r.id = p_run;

    insert into batch.progress (kind, run_id, lease_until, phase, total)
    values ('import', p_run, clock_timestamp() + interval '1 minute', 'loading', p_size)
    on conflict (kind, run_id) do update
    set lease_until = excluded.lease_until, phase = excluded.phase, done = 0, total = excluded.total;
  end if;

  return query
  select r.token, r.state, r.account, i.definition || jsonb_build_object('sources', batch.import_sources(i.id))
  from batch.import_run as r
  inner join batch.import as i on r.import_id = i.id
  where r.id = p_run;
end;
$$;

comment on function batch.start_import(bigint, bigint, bytea) is
'Token, state (running, skipped, or how the run ended before), account and definition of a run. Raises PG702.';

revoke all on function batch.start_import(bigint, bigint, bytea) from public;
grant execute on function batch.start_import(bigint, bigint, bytea) to pgears_admin, pgears_runner;
