-- Refuse an export whose keys do not go together or name what the class does not have.

create or replace function batch.check_export(p_model bigint, p_class bigint, p_definition jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_system constant text[] := array[
    'id', 'uid', 'version', 'creator', 'created', 'created_source', 'modifier', 'modified', 'modified_source',
    'deleter', 'deleted', 'deleted_source', 'shortdescription'
  ];
  v_named record;
begin
  for v_named in
    select n.key, n.code, e.type
    from (
      select 'columns' as key, c.code from jsonb_array_elements_text(p_definition -> 'columns') as c (code)
      union all
      select 'headers', c.code from jsonb_object_keys(p_definition -> 'headers') as c (code)
      union all
      select 'references', c.code from jsonb_object_keys(p_definition -> 'references') as c (code)
      union all
      select 'order', ltrim(c.code, '-') from jsonb_array_elements_text(p_definition -> 'order') as c (code)
      union all
      select 'filter', c.found[1] from regexp_matches(p_definition ->> 'filter', '\{\{\s*column\.([a-z0-9_-]+)\s*\}\}', 'g') as c (found)
    ) as n
    left join meta.effective_column as e on e.class_id = p_class and e.code = n.code and e.stored
    where p_class is not null
  loop
    if v_named.type is null and v_named.code <> all (v_system) then
      raise exception 'class % has no column "%"', meta.class_path(p_class), v_named.code
        using errcode = 'PG106', detail = '$.' || v_named.key, hint = 'Name columns of the class by their codes, or system columns.';
    elsif v_named.key = 'references' and v_named.type is distinct from 'reference' then
      raise exception 'the column "%" of class % is no reference', v_named.code, meta.class_path(p_class)
        using errcode = 'PG711', detail = '$.references', hint = 'Name columns of type reference.';
    end if;
  end loop;

  if p_class is null and (p_definition ? 'rows' or p_definition ? 'references') then
    raise exception 'rows and references are about classes'
      using errcode = 'PG711', detail = '$', hint = 'A query says itself what it shows.';
  elsif length(coalesce(p_definition ->> 'separator', ',')) <> 1 and p_definition ->> 'separator' <> 'tab'
    or coalesce(p_definition ->> 'separator', ',') in ('"', e'\n', e'\r')
  then
    raise exception 'the separator is one character'
      using errcode = 'PG711', detail = '$.separator', hint = 'Write tab for a tabulator.';
  elsif coalesce(p_definition ->> 'file', '') ~ '[/\\]' or p_definition ->> 'file' ~ '^[.]' then
    raise exception 'the name "%" of the file is not possible', p_definition ->> 'file'
      using errcode = 'PG711', detail = '$.file', hint = 'Write a name without folders; the folder has a key of its own.';
  elsif p_definition ->> 'sheet' ~ '[]*?:/\\[]|^''|''$' then
    raise exception 'the name "%" of the sheet is not possible', p_definition ->> 'sheet'
      using errcode = 'PG711', detail = '$.sheet', hint = 'A workbook allows none of [ ] : * ? / \ in it.';
  elsif p_definition ? 'item' and p_definition ->> 'item' !~ '^/[A-Za-z_][A-Za-z0-9_.-]*/[A-Za-z_][A-Za-z0-9_.-]*$' then
    raise exception 'the path "%" of rows cannot be written', p_definition ->> 'item'
      using errcode = 'PG711', detail = '$.item', hint = 'Write two names of elements, such as /rows/row.';
  elsif p_definition ? 'time_zone' and not exists (select from pg_timezone_names as z where z.name = p_definition ->> 'time_zone') then
    raise exception 'there is no time zone "%"', p_definition ->> 'time_zone'
      using errcode = 'PG711', detail = '$.time_zone', hint = 'Write a name such as Europe/Prague.';
  end if;

  if p_definition ? 'notify' then
    perform flow.notification_id(
      case when p_definition ->> 'notify' like '%.%' then '' else (select m.code from meta.model as m where m.id = p_model) || '.' end
      || (p_definition ->> 'notify')
    );
  end if;
end;
$$;

comment on function batch.check_export(bigint, bigint, jsonb) is 'Check the definition of an export. Raises PG106, PG711.';

revoke all on function batch.check_export(bigint, bigint, jsonb) from public;
