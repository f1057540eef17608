-- Some of what a run would write, for people: up to five of each kind, with the values before and after.
-- requires: sync.mapped

create or replace function sync.take_samples(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_definition sync.definition;
  v_samples jsonb;
begin
  select d.* into strict v_definition from sync.definition as d inner join sync.run as r on r.definition_id = d.id where r.id = p_run;

  execute (
    select case
      when v_definition.definition ->> 'direction' = 'in' then format(
        'select jsonb_agg(x.sample order by x.op desc, x.place) from ('
        'select c.op, row_number() over (partition by c.op order by c.n, c.id) as place, jsonb_build_object(''op'', %1$s)'
        ' || case when r.id is null then ''{}'' else jsonb_build_object(''before'', %2$s) end'
        ' || case when c.op = ''d'' then ''{}'' else jsonb_build_object(''after'', %3$s) end as sample'
        ' from sync.change_%4$s as c left join data.datarow_%5$s as r on c.id = r.id) as x where x.place <= 5',
        'case c.op when ''i'' then ''insert'' when ''u'' then ''update'' else ''delete'' end',
        string_agg(format('jsonb_build_object(%L, r.%I)', m.code, m.physical), ' || ' order by m.place),
        string_agg(format('jsonb_build_object(%L, c.v%s)', m.code, m.place), ' || ' order by m.place),
        p_run, v_definition.class_id
      )
      else format(
        'select jsonb_agg(x.sample order by x.op desc, x.place) from ('
        'select c.op, row_number() over (partition by c.op order by c.n) as place, jsonb_build_object(''op'', %1$s, ''key'', to_jsonb(c.key))'
        ' || case when c.before is null then ''{}'' else jsonb_build_object(''before'', %2$s) end'
        ' || case when c.vals is null then ''{}'' else jsonb_build_object(''after'', %3$s) end as sample from sync.change_%4$s as c) as x where x.place <= 5',
        'case c.op when ''i'' then ''insert'' when ''u'' then ''update'' else ''delete'' end',
        string_agg(format('jsonb_build_object(%L, c.before[%s])', m.foreign_name, m.place), ' || ' order by m.place),
        string_agg(format('jsonb_build_object(%L, c.vals[%s])', m.foreign_name, m.place), ' || ' order by m.place),
        p_run
      )
    end
    from sync.mapped(v_definition.id) as m
  )
  into v_samples;

  update sync.run as r set samples = coalesce(v_samples, '[]') where r.id = p_run;
end;
$$;

comment on function sync.take_samples(bigint) is 'Keep with a run some of what it would write.';

revoke all on function sync.take_samples(bigint) from public;
