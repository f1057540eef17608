-- What a run writes to, and how its columns are called there: the class table where the
-- importer may reach it, else the API view.

create or replace function batch.class_target(p_class bigint, p_account text)
returns table (relation text, physical boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_table constant text := format('data.datarow_%s', p_class);
  v_view constant text := (select format('api.%I', v.name) from meta.api_view as v where v.kind = 'class' and v.object_id = p_class);
begin
  if p_class is null then
    return;
  elsif has_schema_privilege(p_account, 'data', 'usage') and has_table_privilege(p_account, v_table, 'select') then
    return query select v_table, true;
  elsif v_view is null then
    raise exception 'class % has no API view', meta.class_path(p_class)
      using errcode = 'PG706', hint = 'Make it with: pgears views update';
  elsif not has_table_privilege(p_account, v_view, 'select') then
    raise exception 'account % may not read %', p_account, meta.class_path(p_class)
      using errcode = 'PG706', hint = 'Imports and exports have the rights of their account; see docs/rights.md.';
  else
    return query select v_view, false;
  end if;
end;
$$;

comment on function batch.class_target(bigint, text) is 'Relation of a class for an account, and whether its columns have their physical names. Raises PG706.';

revoke all on function batch.class_target(bigint, text) from public;
