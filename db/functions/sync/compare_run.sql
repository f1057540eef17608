-- Rows are read: find the difference, and inwards write it; outwards it waits to be sent.
--
-- One transaction: inwards the class, the position of the watermark, the snapshot and the
-- end of the run are all there or none. p_position is the highest watermark read. Rows that refer to
-- rows of the same class are written in a second turn, when those are there.
-- requires: sync.hold_run sync.build_typed sync.difference_in sync.difference_out sync.refusal

create or replace function sync.compare_run(p_run bigint, p_token uuid, p_position jsonb default null)
returns text
language plpgsql
volatile
security definer  -- lends: writing class tables to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_former constant text := core.source();
  v_held record;
  v_inwards boolean;
  v_again smallint[];
  v_total bigint := 0;
  v_refusal record;
  v_problems sync.problem[];
begin
  select h.* into v_held from sync.hold_run(p_run, p_token) as h;
  v_inwards := (v_held.definition).definition ->> 'direction' = 'in';
  execute format('analyze sync.stage_%s', p_run);

  if v_inwards or (v_held.run).compare = 'values' then
    perform sync.build_typed(p_run);
  end if;

  if not exists (select from sync.problem as p where p.run_id = p_run) then
    v_total := case when v_inwards then sync.difference_in(p_run) else sync.difference_out(p_run) end;
  end if;

  select f.* into v_refusal from sync.refusal(p_run, v_total) as f;

  if v_refusal.state is not null or (v_held.run).plan then
    if to_regclass(format('sync.change_%s', p_run)) is not null then
      perform sync.take_samples(p_run);
    end if;
    perform sync.end_run(p_run, coalesce(v_refusal.state, 'done'), v_refusal.reason);
    return coalesce(v_refusal.state, 'done');
  end if;

  if not v_inwards then
    update sync.definition as d set unsure = true where d.id = (v_held.definition).id;
    update sync.run as r set state = 'writing' where r.id = p_run;
    return 'writing';
  end if;

  begin
    perform core.set_source('sync');
    perform sync.merge_in(p_run);
    v_again := array(
      select m.place::smallint from sync.mapped((v_held.definition).id) as m
      where m.lookup_class = (v_held.definition).class_id and not m.is_key
    );

    if cardinality(v_again) > 0 then
      perform sync.merge_again(p_run, v_again);
      v_problems := array(select p from sync.problem as p where p.run_id = p_run order by p.id);

      if cardinality(v_problems) > 0 then
        raise exception 'undo' using errcode = 'PGUND', hint = 'Caught below: what was written is undone, the problems stay.';
      end if;
    end if;

    perform sync.keep_snapshot(p_run, 'typed_' || p_run);
    perform core.set_source(v_former);
  exception
    when sqlstate 'PGUND' then
      insert into sync.problem (run_id, key, column_code, value, reason)
      select p.run_id, p.key, p.column_code, p.value, p.reason from unnest(v_problems) as p;
      select f.* into v_refusal from sync.refusal(p_run, v_total) as f;
      perform sync.end_run(p_run, 'failed', v_refusal.reason);
      return 'failed';
  end;

  update sync.definition as d
  set unsure = false, position = coalesce(p_position, d.position)
  where d.id = (v_held.definition).id;

  update sync.run as r set position = p_position where r.id = p_run;
  perform sync.end_run(p_run, 'done');

  return 'done';
end;
$$;

comment on function sync.compare_run(bigint, uuid, jsonb) is
'Compare what was read and go on: gives done, refused or failed, or writing when changes wait to be sent. Raises PG744, and what writing the class raises.';

revoke all on function sync.compare_run(bigint, uuid, jsonb) from public;
grant execute on function sync.compare_run(bigint, uuid, jsonb) to pgears_admin, pgears_runner;
