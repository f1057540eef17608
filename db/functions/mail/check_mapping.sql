-- Refuse a mapping of a mailbox that could not fill its class: {column: part of the message}.
--
-- "part -> class.column" looks a row of the class up by that column and fills a reference.

create or replace function mail.check_mapping(p_model bigint, p_class bigint, p_mapping jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts constant text[] := array(select p.part from mail.message_part as p order by p.position);
  v_entry record;
  v_part record;
  v_column record;
  v_target record;
begin
  for v_entry in
    select m.key, m.value, l.path
    from jsonb_each_text(p_mapping) as m
    cross join lateral regexp_match(m.value, '^\s*([a-z_]+)\s*(?:->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*)?$') as l (path)
  loop
    select e.column_id, e.type, e.is_array, e.targets, e.target_user into v_column
    from meta.effective_column as e
    where e.class_id = p_class and e.code = v_entry.key and e.stored;

    if not found then
      raise exception 'the mapping names the column "%", which % has not', v_entry.key, meta.class_path(p_class)
        using errcode = 'PG106', detail = '$.mapping.' || v_entry.key, hint = 'Name stored columns of the class by their codes.';
    end if;

    select p.part, p.kind into v_part from mail.message_part as p where p.part = v_entry.path[1];

    if not found then
      raise exception 'a message has no part "%"', v_entry.value
        using
          errcode = 'PG111',
          detail = '$.mapping.' || v_entry.key,
          hint = meta.nearest(coalesce(v_entry.path[1], v_entry.value), v_parts) || 'Parts: ' || array_to_string(v_parts, ', ')
            || '; or "part -> class.column" for a reference.';
    end if;

    if v_entry.path[2] is not null then
      select c.id as class_id, e.column_id, e.is_array into v_target
      from (select meta.find_class(p_model, v_entry.path[2]) as id) as c
      left join meta.effective_column as e on e.class_id = c.id and e.code = v_entry.path[3] and e.stored;

      if v_target.column_id is null or v_target.is_array then
        raise exception 'the mapping looks a row up by the column "%", which % has not', v_entry.path[3], meta.class_path(v_target.class_id)
          using errcode = 'PG106', detail = '$.mapping.' || v_entry.key, hint = 'Name a stored column with a single value.';
      elsif v_column.type <> 'reference' or v_column.is_array or v_column.target_user or v_target.class_id <> all (v_column.targets) or cardinality(v_column.targets) > 1 then
        raise exception 'the column "%" does not refer to % alone', v_entry.key, meta.class_path(v_target.class_id)
          using errcode = 'PG113', detail = '$.mapping.' || v_entry.key, hint = 'Look rows up for single references to one class.';
      end if;
    end if;

    if v_entry.path[2] is null and v_column.type <> all (
      case v_part.kind
        when 'files' then array['file']
        when 'time' then array['timestamp', 'date', 'text', 'middle_text', 'long_text']
        else array['text', 'middle_text', 'long_text', 'html']
      end
    )
      or (v_part.part in ('attachments', 'inline_images') and not v_column.is_array)
      or (v_part.kind = 'files' and v_entry.path[2] is not null)
    then
      raise exception 'the part "%" does not fit the column "%" of type %', v_part.part, v_entry.key, v_column.type
        using
          errcode = 'PG113',
          detail = '$.mapping.' || v_entry.key,
          hint = 'Texts go into texts, times into timestamps, attachments and inline images into a file column with multiple: true.';
    end if;
  end loop;
end;
$$;

comment on function mail.check_mapping(bigint, bigint, jsonb) is
'Check the mapping of a mailbox against its class. Raises PG106, PG111, PG113, PG114.';

revoke all on function mail.check_mapping(bigint, bigint, jsonb) from public;
