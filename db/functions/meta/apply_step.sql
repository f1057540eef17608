-- Do one step of a plan, and give null, or what is wrong with the definition it is about.
--
-- A mistake undoes this step alone, so that the next ones can be tried for theirs; all other
-- errors (locks that were not to be had, lost data, a full disk) end it all.

create or replace function meta.apply_step(p_model text, p_step jsonb)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_what constant text := (p_step ->> 'action') || ' ' || (p_step ->> 'kind');
  v_code constant text := p_step ->> 'code';
  v_id constant bigint := (p_step ->> 'object_id')::bigint;
  v_definition constant jsonb := p_step -> 'definition';
  v_model bigint;
  v_class bigint;
  v_section meta.model_section;
  v_detail text;
  v_hint text;
  v_path text := p_step ->> 'path';
begin
  select m.id into v_model from meta.model as m where m.code = p_model;
  select c.id into v_class from meta.class as c where c.model_id = v_model and c.code = p_step ->> 'class_code';

  case v_what
    when 'create model' then perform meta.create_model(p_model, v_definition);
    when 'alter model' then perform meta.alter_model(v_model, v_definition);
    when 'create parameter' then perform core.set_parameter(v_code, v_definition #>> '{}');
    when 'create class' then perform meta.create_class(v_model, v_code, v_definition);
    when 'rename class' then perform meta.rename_class(v_id, v_code);
    when 'alter class' then perform meta.alter_class(v_id, v_definition);
    when 'drop class' then perform meta.drop_class(v_id);
    when 'create column' then perform meta.add_column(v_class, v_code, v_definition);
    when 'rename column' then perform meta.rename_column(v_id, v_code);
    when 'alter column' then perform meta.alter_column(v_id, v_definition);
    when 'drop column' then perform meta.drop_column(v_id);
    when 'create keys', 'alter keys' then perform meta.set_keys(v_class, v_definition);
    when 'alter order' then perform meta.order_columns(v_class, array(select c.code from jsonb_array_elements_text(v_definition) as c (code)));
    else
      select s.* into strict v_section from meta.model_sections() as s where s.place = p_step ->> 'kind';

      if p_step ->> 'action' = 'drop' then
        execute format('select %s($1)', v_section.drop_function) using v_id;
      else
        execute format('select %s($1, $2, $3)', v_section.set_function) using v_model, v_code, v_definition;
      end if;
  end case;

  return null;
exception
  when others then
    get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;

    -- Only the runner has the templates; SQL alone cannot renew what stands in the way.
    if sqlstate = 'PG118' and v_what in ('drop class', 'drop query') and exists (
      select from meta.api_view_states(p_model) as a where a.state = 'stale'
    ) then
      v_hint := 'API views still show it: "pgears model apply" renews them on the way. Other objects must be dropped or changed first.';
    end if;

    if v_detail like '$%' then
      v_path := v_path || substr(split_part(v_detail, e'\n', 1), 2);
      v_detail := substr(v_detail, strpos(v_detail || e'\n', e'\n') + 1);
    end if;

    if p_step ->> 'action' <> 'drop' and p_step ->> 'kind' <> 'model' and sqlstate ~ '^(PG[1-9]|22|42)' and sqlstate <> 'PG121' then
      return jsonb_build_object('code', sqlstate, 'message', sqlerrm, 'path', v_path, 'detail', nullif(v_detail, ''), 'hint', v_hint);
    end if;

    raise exception '%', sqlerrm
      using errcode = sqlstate, detail = concat_ws(e'\n', v_path, nullif(v_detail, '')), hint = v_hint;
end;
$$;

comment on function meta.apply_step(text, jsonb) is
'Part of meta.apply_model: do one step; the mistake (code, message, path, detail, hint) of its definition, or null. Raises all other errors.';

revoke all on function meta.apply_step(text, jsonb) from public;
