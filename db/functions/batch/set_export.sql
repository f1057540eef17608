-- Make or change an export. What could never work is refused here.
-- requires: batch.check_export

create or replace function batch.set_export(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing exports to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := (select m.code from meta.model as m where m.id = p_model);
  v_class bigint;
  v_query bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'export');
  perform meta.check_definition('export', p_definition, '$');

  if (p_definition ? 'class') = (p_definition ? 'query') then
    raise exception 'export "%" has either a class or a query', p_code
      using errcode = 'PG711', detail = '$', hint = 'Name one of them.';
  elsif p_definition ? 'class' then
    v_class := meta.find_class(p_model, p_definition ->> 'class');
  else
    select q.id into v_query
    from meta.query as q
    inner join meta.model as m on q.model_id = m.id
    where m.code || '.' || q.code = case when p_definition ->> 'query' like '%.%' then '' else v_model || '.' end || (p_definition ->> 'query');

    if not found then
      raise exception 'there is no query "%"', p_definition ->> 'query'
        using errcode = 'PG106', detail = '$.query', hint = 'Name a query of the same model by its code, one of another model by model.query.';
    end if;
  end if;

  perform batch.check_export(p_model, v_class, p_definition);

  insert into batch.export as e (model_id, code, class_id, query_id, enabled, integration, definition)
  values (
    p_model,
    p_code,
    v_class,
    v_query,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, false),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    query_id = excluded.query_id,
    enabled = excluded.enabled,
    integration = excluded.integration,
    definition = excluded.definition
  returning e.id into v_id;

  return v_id;
end;
$$;

comment on function batch.set_export(bigint, text, jsonb) is
'Id of an export, made or changed; docs/exports.md has the keys. Raises PG101, PG103, PG106, PG110 to PG114, PG711.';

revoke all on function batch.set_export(bigint, text, jsonb) from public;
grant execute on function batch.set_export(bigint, text, jsonb) to pgears_admin;
