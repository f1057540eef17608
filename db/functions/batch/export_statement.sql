-- The SELECT of an export and its columns, to be run with the role of its account.
-- requires: batch.lock_export batch.export_plan batch.export_relation batch.scope_expression

create or replace function batch.export_statement(p_run bigint, p_token uuid)
returns table (statement text, headers text[], texts boolean[])
language plpgsql
volatile
security definer  -- lends: reading definitions to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_run constant batch.export_run := batch.lock_export(p_run, p_token);
  v_export batch.export;
  v_definition jsonb;
  v_source record;
  v_format text;
  v_missing text;
begin
  select e.* into strict v_export from batch.export as e where e.id = v_run.export_id;
  v_definition := v_export.definition;
  v_format := coalesce(v_definition ->> 'format', 'csv');
  select s.* into strict v_source from batch.export_relation(v_export, v_run.account) as s;

  select string_agg(c.code, ', ') into v_missing
  from jsonb_array_elements_text(v_definition -> 'columns') as c (code)
  where not exists (select from batch.export_plan(p_run) as p where p.code = c.code);

  if v_missing is not null then
    raise exception 'there is no column % to export', v_missing
      using errcode = 'PG706', hint = 'Look at the columns of the export; for a new column of a class: pgears views update.';
  end if;

  return query
  select
    concat(
      case when v_format = 'jsonl' then 'select row_to_json(j) from (' end,
      'select ',
      string_agg(format('%s as %I', case v_format when 'csv' then p.as_text else p.as_value end, p.header), ', ' order by p.place),
      ' from ', v_source.relation, ' as r',
      ' where true',
      case when v_export.class_id is not null then
        case v_definition ->> 'rows' when 'all' then '' when 'deleted' then ' and r.deleted is not null' else ' and r.deleted is null' end
      end,
      ' and (' || case
        when v_export.class_id is not null then batch.scope_expression(v_export.class_id, v_definition ->> 'filter', v_source.physical)
        else regexp_replace(v_definition ->> 'filter', '\{\{\s*column\.([a-z0-9_-]+)\s*\}\}', 'r."\1"', 'g')
      end || ')',
      ' order by ' || (
        select string_agg(
          format('r.%I%s', case when v_source.physical then coalesce(e.physical, o.code) else o.code end, case when o.code <> o.named then ' desc nulls last' end),
          ', ' order by o.place
        )
        from (
          select ltrim(o.named, '-') as code, o.named, o.place
          from jsonb_array_elements_text(v_definition -> 'order') with ordinality as o (named, place)
        ) as o
        left join meta.effective_column as e on e.class_id = v_export.class_id and e.code = o.code and e.stored
      ),
      case when v_format = 'jsonl' then ') as j' end
    ),
    array_agg(p.header order by p.place),
    array_agg(p.is_text order by p.place)
  from batch.export_plan(p_run) as p;
end;
$$;

comment on function batch.export_statement(bigint, uuid) is 'Statement, headers, and which columns are texts, of a running export. Raises PG704, PG706.';

revoke all on function batch.export_statement(bigint, uuid) from public;
grant execute on function batch.export_statement(bigint, uuid) to pgears_admin, pgears_runner;
