-- Refuse a synchronisation whose other side is not said clearly, or not there.
-- requires: sync.relation_columns

create or replace function sync.check_side(p_class bigint, p_definition jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column text;
  v_rows text;
begin
  if p_definition ? 'url' and p_definition ->> 'url' !~ '^(env|file):.' then
    raise exception '"url" is a reference, not a URL'
      using errcode = 'PG111', detail = '$.url', hint = 'Write env:NAME or file:PATH; the runner finds the URL there, with its password.';
  elsif (p_definition ? 'table') = (p_definition ? 'select') then
    raise exception 'a synchronisation has either "table" or "select"'
      using errcode = 'PG113', detail = '$', hint = 'Name the table of the other side, or give a SELECT for direction in.';
  elsif p_definition ? 'select' and (p_definition ->> 'direction' = 'out' or not p_definition ? 'url') then
    raise exception '"select" is for direction in with a url'
      using errcode = 'PG113', detail = '$.select', hint = 'Name a table; in this database, make a view.';
  elsif (p_definition ->> 'compare' = 'watermark') is distinct from (p_definition ? 'watermark') and (p_definition ? 'watermark' or p_definition ->> 'compare' = 'watermark') then
    raise exception '"compare: watermark" and "watermark" go together'
      using errcode = 'PG113', detail = '$.compare', hint = 'Name the column of the other side that grows with each change.';
  elsif p_definition ->> 'compare' = 'watermark' and (p_definition ->> 'direction' = 'out' or p_definition ->> 'missing' = 'delete') then
    raise exception 'a watermark reads changes inwards only and cannot see deleted rows'
      using errcode = 'PG113', detail = '$.compare', hint = 'Take compare: snapshot or values for direction out, and with missing: delete.';
  elsif (p_definition ->> 'delete_limit')::integer not between 0 and 100 then
    raise exception '"delete_limit" cannot be %', p_definition ->> 'delete_limit'
      using errcode = 'PG111', detail = '$.delete_limit', hint = 'Write percents from 0 to 100.';
  elsif (p_definition ->> 'batch_size')::integer not between 1 and 100000 then
    raise exception '"batch_size" cannot be %', p_definition ->> 'batch_size'
      using errcode = 'PG111', detail = '$.batch_size', hint = 'Write a number from 1 to 100000.';
  elsif not exists (select from pg_timezone_names as z where z.name = coalesce(p_definition ->> 'time_zone', 'UTC')) then
    raise exception 'there is no time zone "%"', p_definition ->> 'time_zone'
      using errcode = 'PG111', detail = '$.time_zone', hint = 'Write a name such as Europe/Prague.';
  end if;

  if p_definition ? 'overlap' and p_definition ->> 'overlap' !~ '^[0-9]+$' then
    begin
      perform (p_definition ->> 'overlap')::interval;
    exception
      when data_exception then
        raise exception '"overlap" cannot be "%"', p_definition ->> 'overlap'
          using errcode = 'PG111', detail = '$.overlap', hint = 'Write a time such as 10 minutes, or a number for a numeric watermark.';
    end;
  end if;

  begin
    v_rows := meta.condition_expression(p_class, coalesce(p_definition ->> 'rows', 'true'), 'r.');
    execute format('select from data.datarow_%s as r where (%s) limit 0', p_class, v_rows);
  exception
    when syntax_error_or_access_rule_violation or datatype_mismatch or undefined_function then
      raise exception 'the condition on rows does not compile: %', sqlerrm
        using errcode = 'PG119', detail = '$.rows', hint = 'Write an SQL condition over {{column.x}}.';
  end;

  if p_definition ? 'url' then
    return;
  end if;

  if to_regclass(p_definition ->> 'table') is null then
    raise exception 'there is no relation %', p_definition ->> 'table'
      using errcode = 'PG106', detail = '$.table', hint = 'Create it first and name it with its schema, or give a url when it is in another database.';
  end if;

  select w.name into v_column
  from (
    select btrim(split_part(m.value, '->', 1)) from jsonb_each_text(p_definition -> 'columns') as m
    union all
    select p_definition ->> 'watermark'
  ) as w (name)
  where w.name is not null and w.name not in (select c.name from sync.relation_columns(p_definition ->> 'table') as c)
  limit 1;

  if v_column is not null then
    raise exception 'the relation % has no column "%"', p_definition ->> 'table', v_column
      using errcode = 'PG106', detail = '$.columns', hint = 'Name columns as PostgreSQL has them.';
  end if;

  if p_definition ? 'filter' then
    begin
      execute format('select from %s as t where (%s) limit 0', (p_definition ->> 'table')::regclass, p_definition ->> 'filter');
    exception
      when syntax_error_or_access_rule_violation or datatype_mismatch or undefined_function then
        raise exception 'the filter does not compile: %', sqlerrm
          using errcode = 'PG119', detail = '$.filter', hint = 'Write an SQL condition over the columns of the table.';
    end;
  end if;
end;
$$;

comment on function sync.check_side(bigint, jsonb) is 'Check what a synchronisation says about the other side. Raises PG106, PG111, PG113, PG119.';

revoke all on function sync.check_side(bigint, jsonb) from public;
