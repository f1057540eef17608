-- Do one step of a plan; an error says in the first line of its DETAIL where the file has it.

create or replace function meta.apply_step(p_model text, p_step jsonb)
returns void
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
exception
  when others then
    get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;

    -- Only the runner has the templates; SQL alone cannot renew what stands in the way.
    if sqlstate = 'PG118' and v_what in ('drop class', 'drop query') and exists (
      select from meta.api_view_states(p_model) as a where a.state = 'stale'
    ) then
      v_hint := 'API views still show it: "pgears model apply" renews them on the way. Other objects must be dropped or changed first.';
    end if;

    raise exception '%', sqlerrm
      using
        errcode = sqlstate,
        detail = case
          when v_detail like '$%' then (p_step ->> 'path') || substr(v_detail, 2)
          else concat_ws(e'\n', p_step ->> 'path', nullif(v_detail, ''))
        end,
        hint = v_hint;
end;
$$;

comment on function meta.apply_step(text, jsonb) is 'Part of meta.apply_model: do one step. Raises what the functions of the step raise.';

revoke all on function meta.apply_step(text, jsonb) from public;
