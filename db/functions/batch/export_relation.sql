-- What an export reads from, for its account: the class table where it may be reached, else an
-- API view, that with deleted rows where those are asked for.

create or replace function batch.export_relation(p_export batch.export, p_account text)
returns table (relation text, physical boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_kind constant text := case
    when p_export.query_id is not null then 'query'
    when coalesce(p_export.definition ->> 'rows', 'active') = 'active' then 'class'
    else 'all'
  end;
  v_table constant text := format('data.datarow_%s', p_export.class_id);
  v_view constant text := (
    select format('api.%I', v.name)
    from meta.api_view as v
    where v.kind = v_kind and v.object_id = coalesce(p_export.query_id, p_export.class_id)
  );
begin
  if v_kind <> 'query' and has_schema_privilege(p_account, 'data', 'usage') and has_table_privilege(p_account, v_table, 'select') then
    return query select v_table, true;
  elsif v_view is null then
    raise exception 'export % has no API view to read from', p_export.code
      using errcode = 'PG706', hint = 'Make it with: pgears views update';
  elsif not has_table_privilege(p_account, v_view, 'select') then
    raise exception 'account % may not read %', p_account, v_view
      using errcode = 'PG706', hint = 'Imports and exports have the rights of their account; see docs/rights.md.';
  else
    return query select v_view, false;
  end if;
end;
$$;

comment on function batch.export_relation(batch.export, text) is 'Relation that an export reads from, and whether its columns have their physical names. Raises PG706.';

revoke all on function batch.export_relation(batch.export, text) from public;
