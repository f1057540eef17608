-- Refuse an import whose keys do not go together or name what the class does not have.
-- requires: meta.effective_column

create or replace function batch.check_import(p_model bigint, p_class bigint, p_definition jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_path constant text := meta.class_path(p_class);
  v_model constant text := (select m.code from meta.model as m where m.id = p_model);
  v_named record;
  v_moment text;
  v_script text;
begin
  for v_named in
    select n.key, n.code, e.column_id, e.type, e.sql_type, cardinality(e.targets) > 1 as many, e.stored
    from (
      select 'columns' as key, c.code from jsonb_object_keys(p_definition -> 'columns') as c (code)
      union all
      select 'defaults', c.code from jsonb_object_keys(p_definition -> 'defaults') as c (code)
      union all
      select 'references', c.code from jsonb_object_keys(p_definition -> 'references') as c (code)
      union all
      select 'match', c.code from jsonb_array_elements_text(p_definition -> 'match') as c (code)
      union all
      select 'scope', c.found[1] from regexp_matches(p_definition ->> 'scope', '\{\{\s*column\.([a-z0-9_-]+)\s*\}\}', 'g') as c (found)
    ) as n
    left join meta.effective_column as e on e.class_id = p_class and e.code = n.code
  loop
    if v_named.column_id is null then
      raise exception 'class % has no column "%"', v_path, v_named.code
        using errcode = 'PG106', detail = '$.' || v_named.key || case v_named.key when 'match' then '' when 'scope' then '' else '.' || v_named.code end, hint = 'Name columns of the class by their codes.';
    elsif not v_named.stored or v_named.type in ('calculated', 'file') or v_named.many then
      raise exception 'the column "%" of class % cannot be imported', v_named.code, v_path
        using
          errcode = 'PG701',
          detail = '$.' || v_named.key,
          hint = 'Calculated columns, reverse references, files and references to several classes do not come from files.';
    elsif v_named.key = 'references' and v_named.type <> 'reference' then
      raise exception 'the column "%" of class % is no reference', v_named.code, v_path
        using errcode = 'PG701', detail = '$.references', hint = 'Name columns of type reference.';
    elsif v_named.key = 'match' and v_named.sql_type like '%[]' then
      raise exception 'the column "%" of class % cannot find records', v_named.code, v_path
        using errcode = 'PG701', detail = '$.match', hint = 'Match by columns with a single value.';
    end if;
  end loop;

  if length(coalesce(p_definition ->> 'quote', '"')) <> 1
    or (length(coalesce(p_definition ->> 'separator', ',')) <> 1 and p_definition ->> 'separator' <> 'tab')
    or coalesce(p_definition ->> 'separator', ',') = coalesce(p_definition ->> 'quote', '"')
    or coalesce(p_definition ->> 'separator', ',') in (e'\n', e'\r') or coalesce(p_definition ->> 'quote', '"') in (e'\n', e'\r')
  then
    raise exception 'separator and quote are one character each, and not the same'
      using errcode = 'PG701', detail = '$.separator', hint = 'Write tab for a tabulator.';
  elsif p_definition ->> 'grouping' = coalesce(p_definition ->> 'decimal', '.') then
    raise exception 'one character cannot stand before the decimals and between the thousands'
      using errcode = 'PG701', detail = '$.grouping', hint = 'Choose another one, or leave it out.';
  elsif (p_definition ->> 'format' = 'xml') <> (p_definition ? 'item') then
    raise exception 'item belongs to the format xml, which needs it'
      using errcode = 'PG701', detail = '$.item', hint = 'Write the path of the records, such as /orders/order.';
  elsif p_definition -> 'header' = 'false' and coalesce(p_definition ->> 'format', 'csv') in ('csv', 'xlsx') and exists (
    select from jsonb_each_text(p_definition -> 'columns') as c where c.value !~ '^[1-9][0-9]{0,3}$'
  ) then
    raise exception 'without a header, columns of the file are numbers'
      using errcode = 'PG701', detail = '$.columns', hint = 'Count the columns of the file from 1.';
  elsif (p_definition -> 'header' = 'false' or p_definition ->> 'format' = 'xml') and not p_definition ? 'columns' then
    raise exception 'the import does not say which column is which'
      using errcode = 'PG701', detail = '$', hint = 'Write columns: code of the class and number or path in the file.';
  elsif p_definition -> 'delete_missing' = 'true' and jsonb_array_length(coalesce(p_definition -> 'match', '[]')) = 0 then
    raise exception 'delete_missing needs columns that find records'
      using errcode = 'PG701', detail = '$.delete_missing', hint = 'Name them under match.';
  elsif p_definition ->> 'action' = 'update' and jsonb_array_length(coalesce(p_definition -> 'match', '[]')) = 0 then
    raise exception 'an update needs columns that find records'
      using errcode = 'PG701', detail = '$.action', hint = 'Name them under match.';
  elsif exists (select from unnest(regexp_split_to_array(p_definition ->> 'item', '/')) with ordinality as s (name, place) where (s.name = '') <> (s.place = 1)) then
    raise exception 'the path "%" of records cannot be read', p_definition ->> 'item'
      using errcode = 'PG701', detail = '$.item', hint = 'Write names with a / before each, such as /orders/order.';
  end if;

  perform from pg_timezone_names as z where z.name = p_definition ->> 'time_zone';
  if not found and p_definition ? 'time_zone' then
    raise exception 'there is no time zone "%"', p_definition ->> 'time_zone'
      using errcode = 'PG701', detail = '$.time_zone', hint = 'Write a name such as Europe/Prague.';
  end if;

  for v_moment, v_script in select h.key, h.value from jsonb_each_text(p_definition -> 'hooks') as h loop
    if v_moment not in ('typed', 'before_match', 'before_merge', 'after') then
      raise exception 'there is no moment "%" of an import', v_moment
        using errcode = 'PG701', detail = '$.hooks.' || v_moment, hint = 'Moments: typed, before_match, before_merge, after.';
    end if;
    perform flow.script_id(v_script, p_model);
  end loop;

  if p_definition ? 'workflow' then
    perform flow.workflow_id(p_definition ->> 'workflow', p_model);
  end if;
  if p_definition ? 'notify' then
    perform flow.notification_id(case when p_definition ->> 'notify' like '%.%' then '' else v_model || '.' end || (p_definition ->> 'notify'));
  end if;
end;
$$;

comment on function batch.check_import(bigint, bigint, jsonb) is 'Check the definition of an import. Raises PG106, PG501, PG510, PG701.';

revoke all on function batch.check_import(bigint, bigint, jsonb) from public;
