-- Make or change a synchronisation: checked against the class, and what is in this database, before a row is read.
--
-- What was known of the other side is forgotten when it, or the columns, are others now.
-- requires: sync.check_columns sync.check_rights sync.check_side

create or replace function sync.set_sync(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing synchronisations to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_told constant text[] := array['url', 'table', 'select', 'columns', 'keys', 'filter', 'rows', 'direction', 'compare', 'watermark', 'time_zone'];
  v_class bigint;
  v_former record;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'sync');
  perform meta.check_definition('sync', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');
  perform sync.check_side(v_class, p_definition);

  select d.id, d.class_id, d.definition into v_former
  from sync.definition as d
  where d.model_id = p_model and d.code = p_code
  for update;

  insert into sync.definition as d (model_id, code, class_id, enabled, integration, owner, definition)
  values (
    p_model, p_code, v_class,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, false),
    access.current_account(),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    enabled = excluded.enabled,
    integration = excluded.integration,
    owner = excluded.owner,
    definition = excluded.definition
  returning d.id into v_id;

  perform sync.check_columns(v_id);
  perform sync.check_rights(access.current_account(), v_class, p_definition);

  if v_former.id is not null and (
    v_former.class_id <> v_class or exists (select from unnest(v_told) as k (key) where v_former.definition -> k.key is distinct from p_definition -> k.key)
  ) then
    delete from sync.snapshot as s where s.definition_id = v_id;
    update sync.definition as d set position = null, unsure = true where d.id = v_id;
  end if;

  return v_id;
end;
$$;

comment on function sync.set_sync(bigint, text, jsonb) is
'Id of a synchronisation, made or changed. Keys: see meta.vocabulary. Raises PG106, PG110 to PG114, PG119, PG741.';

revoke all on function sync.set_sync(bigint, text, jsonb) from public;
grant execute on function sync.set_sync(bigint, text, jsonb) to pgears_admin;
