-- Take the lease of a synchronisation for a run and say what is to be read.
--
-- A run that another process began and did not end is over: that process has lost its
-- lease, so it writes no more here, and what it wrote on the other side is found by reading that
-- side. Null when the run itself has ended.
-- requires: sync.drop_stages sync.mapped

create or replace function sync.begin_run(p_run bigint, p_token uuid, p_lease interval default '2 minutes')
returns jsonb
language plpgsql
volatile
security definer  -- lends: writing runs and making their tables to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run sync.run;
  v_definition sync.definition;
  v_compare text;
  v_lost bigint;
begin
  select d.* into v_definition
  from sync.definition as d
  inner join sync.run as r on r.definition_id = d.id
  where r.id = p_run
  for update of d;

  select r.* into v_run from sync.run as r where r.id = p_run and r.ended is null;
  if not found then
    return null;
  end if;

  if v_definition.lease_token <> p_token and v_definition.lease_until > core.now() then
    raise exception 'synchronisation % is being done by another process', v_definition.code
      using errcode = 'PG743', hint = format('Wait until it ends; if it was killed, its lease ends in %s seconds.', ceil(extract(epoch from v_definition.lease_until - core.now())));
  end if;

  for v_lost in
    select r.id from sync.run as r where r.definition_id = v_definition.id and r.ended is null and r.state in ('reading', 'writing')
  loop
    perform sync.drop_stages(v_lost);
    update sync.run as r
    set state = 'failed', ended = core.now(), token = null, error = 'the process that did it was lost'
    where r.id = v_lost and r.id <> p_run;
  end loop;

  v_compare := coalesce(v_definition.definition ->> 'compare', 'values');
  if v_compare = 'snapshot' and v_definition.definition ->> 'direction' = 'out' and v_definition.unsure then
    v_compare := 'values';
  end if;

  update sync.definition as d
  set lease_token = p_token, lease_until = core.now() + p_lease
  where d.id = v_definition.id;

  update sync.run as r
  set state = 'reading', token = p_token, started = core.now(), compare = v_compare
  where r.id = p_run;

  execute (
    select format('create unlogged table sync.stage_%s (n bigint, %s)', p_run, string_agg(format('v%s text', m.place), ', ' order by m.place))
    from sync.mapped(v_definition.id) as m
  );
  execute format('comment on table sync.stage_%s is %L', p_run, 'Rows of the other side in a run that is not over.');
  execute format('grant insert on sync.stage_%s to pgears_admin, pgears_runner', p_run);

  return v_definition.definition || jsonb_build_object(
    'local', not v_definition.definition ? 'url',
    'compare', v_compare,
    'position', v_definition.position,
    'overlap', case
      when v_definition.definition ->> 'overlap' ~ '^[0-9]+$' then (v_definition.definition ->> 'overlap')::numeric
      else extract(epoch from (v_definition.definition ->> 'overlap')::interval)
    end,
    'copy', format('sync.stage_%s', p_run),
    'columns', (
      select jsonb_agg(
        jsonb_build_object('code', m.code, 'name', m.foreign_name, 'type', m.value_type, 'key', m.is_key) order by m.place
      )
      from sync.mapped(v_definition.id) as m
    )
  );
end;
$$;

comment on function sync.begin_run(bigint, uuid, interval) is
'Definition of a run, with columns and the table for rows read; null when the run has ended. Raises PG743 while another process has the lease.';

revoke all on function sync.begin_run(bigint, uuid, interval) from public;
grant execute on function sync.begin_run(bigint, uuid, interval) to pgears_admin, pgears_runner;
