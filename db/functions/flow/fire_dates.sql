-- Rules by date: have them act for rows whose moment has come, once per record and offset.
--
-- The marks and the tasks are one transaction; a rule that is locked is another runner's. A
-- moment before the rule was made is passed over. A rule that fails says so by a warning and stops no
-- other. Gives the number of records.

create or replace function flow.fire_dates()
returns bigint
language plpgsql
volatile
security definer  -- lends: reading rows and enqueueing the tasks of rules to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := core.now();
  v_rule record;
  v_offset interval;
  v_place bigint;
  v_records jsonb[];
  v_count bigint := 0;
  v_before bigint;
begin
  for v_rule in
    select r.*, e.physical, e.sql_type
    from flow.rule as r
    inner join meta.effective_column as e on r.class_id = e.class_id and r.definition ->> 'date' = format('{{column.%s}}', e.code)
    where r.event = 'on_date' and r.enabled
    order by r.position, r.id
    for update of r skip locked
  loop
    begin
      v_before := v_count;
      for v_offset, v_place in
        select o.span::interval, o.place from jsonb_array_elements_text(v_rule.definition -> 'offsets') with ordinality as o (span, place)
      loop
        -- The column stands alone, so that an index on it can be used.
        execute format(
          'with due as (
            select to_jsonb(r) as record, r.id
            from data.datarow_%1$s as r
            where r.deleted is null and r.%2$I <= ($1 - $2)::%3$s and r.%2$I > ($3 - $2)::%3$s - interval ''1 day'' and r.%2$I + $2 > $3 and r.%2$I + $2 <= $1
              and (%4$s)
              and not exists (select from flow.fired_date as f where f.rule_id = $4 and f.position = $5 and f.record_id = r.id)
            order by r.id
            limit 1000
          ),
          fired as (
            insert into flow.fired_date (rule_id, position, record_id, at)
            select $4, $5, d.id, $1 from due as d
            on conflict do nothing
            returning record_id
          )
          select array_agg(jsonb_build_object(''record'', d.record)) from due as d inner join fired as f on d.id = f.record_id',
          v_rule.class_id, v_rule.physical, v_rule.sql_type,
          coalesce(flow.rule_expression(v_rule.class_id, v_rule.definition ->> 'when', 'r.', 'r.'), 'true')
        )
        using v_now, v_offset, v_rule.since, v_rule.id, v_place
        into v_records;

        for v_at in 1..coalesce(cardinality(v_records), 0) by 100 loop
          perform queue.enqueue('rule', case v_rule.action
            when 'notify' then jsonb_build_object('rule', v_rule.id, 'ids', (
              select jsonb_agg(i.item -> 'record' -> 'id') from unnest(v_records[v_at:v_at + 99]) as i (item)
            ))
            else jsonb_build_object('rule', v_rule.id, 'depth', 1, 'records', to_jsonb(v_records[v_at:v_at + 99]))
          end);
        end loop;

        v_count := v_count + coalesce(cardinality(v_records), 0);
      end loop;
    exception
      when others then
        -- What this rule did in this turn is undone, and so is its count.
        v_count := v_before;
        raise warning 'rule % by date fails: % %', v_rule.code, sqlstate, sqlerrm;
    end;
  end loop;

  return v_count;
end;
$$;

comment on function flow.fire_dates() is 'Have rules by date act for rows whose moment has come; gives the number of records.';

revoke all on function flow.fire_dates() from public;
grant execute on function flow.fire_dates() to pgears_runner;
