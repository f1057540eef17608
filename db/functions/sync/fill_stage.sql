-- Read a relation of this database into the stage of a run; gives the highest watermark, null without one.
-- requires: sync.mapped sync.relation_columns

create or replace function sync.fill_stage(p_run bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_definition sync.definition;
  v_relation text;
  v_condition text;
  v_name text;
  v_type text;
  v_category "char";
  v_position jsonb;
begin
  select d.* into strict v_definition from sync.definition as d inner join sync.run as r on r.definition_id = d.id where r.id = p_run;
  v_relation := (v_definition.definition ->> 'table')::regclass::text;
  v_condition := format('(%s)', coalesce(v_definition.definition ->> 'filter', 'true'));

  if v_definition.definition ? 'watermark' then
    select c.name, c.sql_type, c.category into strict v_name, v_type, v_category
    from sync.relation_columns(v_relation) as c
    where c.name = v_definition.definition ->> 'watermark';

    if v_definition.position is not null then
      v_condition := v_condition || format(
        ' and (t.%1$I is null or t.%1$I >= %2$L::%3$s - %4$L::%5$s)',
        v_name, v_definition.position ->> 'value', v_type,
        coalesce(v_definition.definition ->> 'overlap', '0'),
        case v_category when 'D' then 'interval' else 'numeric' end
      );
    end if;
  end if;

  -- One statement, so that rows and watermark are of one moment.
  execute (
    select format(
      'with filled as (insert into sync.stage_%s (n, %s) select row_number() over (), %s from %4$s as t where %5$s) %6$s',
      p_run,
      string_agg(format('v%s', m.place), ', ' order by m.place),
      string_agg(format('t.%I::text', m.foreign_name), ', ' order by m.place),
      v_relation, v_condition,
      case
        when v_name is null then 'select null::jsonb'
        else format(
          'select jsonb_build_object(''value'', greatest(max(t.%1$I), %2$L::%3$s)::text) from %4$s as t where %5$s',
          v_name, v_definition.position ->> 'value', v_type, v_relation, v_condition
        )
      end
    )
    from sync.mapped(v_definition.id) as m
  )
  into v_position;

  return case when v_position ->> 'value' is not null then v_position end;
end;
$$;

comment on function sync.fill_stage(bigint) is 'Read a relation of this database for a run and give the position of its watermark.';

revoke all on function sync.fill_stage(bigint) from public;
