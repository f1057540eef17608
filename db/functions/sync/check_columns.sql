-- Refuse columns of a synchronisation that could not be read or written.
-- requires: sync.mapped

create or replace function sync.check_columns(p_definition bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition record;
  v_column record;
  v_key text;
begin
  select d.class_id, d.model_id, d.definition into strict v_definition from sync.definition as d where d.id = p_definition;

  for v_column in
    select m.*, e.type, e.is_array, e.targets, e.target_user, v_definition.definition -> 'columns' ->> m.code as value
    from sync.mapped(p_definition) as m
    left join meta.effective_column as e on e.class_id = v_definition.class_id and e.code = m.code
    order by m.place
  loop
    if v_column.physical is null then
      raise exception 'the class % has no column "%"', meta.class_path(v_definition.class_id), v_column.code
        using
          errcode = 'PG106',
          detail = '$.columns.' || v_column.code,
          hint = 'Name stored columns of the class by their codes; outwards also id, uid, version, shortdescription, creator, created, modifier, modified.';
    elsif v_column.is_array or v_column.sql_type = 'jsonb' or v_column.type = 'file' then
      raise exception 'the column "%" cannot be synchronised: it has no single value', v_column.code
        using errcode = 'PG113', detail = '$.columns.' || v_column.code, hint = 'Leave it out: localised texts, files and multiple references have no counterpart.';
    elsif v_column.type = 'calculated' and v_definition.definition ->> 'direction' = 'in' then
      raise exception 'the column "%" is calculated and cannot be written', v_column.code
        using errcode = 'PG113', detail = '$.columns.' || v_column.code, hint = 'Leave it out.';
    elsif v_column.value ~ '->' and v_column.lookup_physical is null then
      raise exception 'there is no column "%" to find records by', btrim(split_part(v_column.value, '->', 2))
        using errcode = 'PG106', detail = '$.columns.' || v_column.code, hint = 'Write "foreign column -> class.column" with a stored column of a class.';
    elsif v_column.lookup_physical is not null
      and (v_column.type is distinct from 'reference' or v_column.target_user or v_column.targets <> array[v_column.lookup_class])
    then
      raise exception 'the column "%" does not refer to % alone', v_column.code, meta.class_path(v_column.lookup_class)
        using errcode = 'PG113', detail = '$.columns.' || v_column.code, hint = 'Records are found for single references to one class.';
    end if;
  end loop;

  select k.code into v_key
  from jsonb_array_elements_text(v_definition.definition -> 'keys') as k (code)
  where not v_definition.definition -> 'columns' ? k.code
  limit 1;

  if v_key is not null or v_definition.definition -> 'keys' = '[]' then
    raise exception 'the key "%" is not one of the columns', coalesce(v_key, '')
      using errcode = 'PG113', detail = '$.keys', hint = 'Name at least one column of the class that is under columns, too.';
  end if;
end;
$$;

comment on function sync.check_columns(bigint) is 'Check columns and keys of a synchronisation. Raises PG106, PG113.';

revoke all on function sync.check_columns(bigint) from public;
