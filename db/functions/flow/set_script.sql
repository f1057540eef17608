-- Make or change a script and write its function data.script_<id>.
--
-- The function belongs to the account that stores the script and runs with its rights: whoever
-- may write scripts gains no right by it. Syntax is checked here; where the extension
-- plpgsql_check is installed, names and types too, but for API views that come later in
-- the same change (flow.script_trouble asks again).
-- requires: flow.script_trouble

create or replace function flow.set_script(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing scripts to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := (select m.code from meta.model as m where m.id = p_model) || '.' || p_code;
  v_body text;
  v_id bigint;
  v_trouble text;
begin
  perform meta.check_code(p_code, 'script');
  perform meta.check_definition('script', p_definition, '$');

  if (p_definition ? 'sql') = (p_definition ? 'function') then
    raise exception 'script "%" has either "sql" or "function"', p_code
      using errcode = 'PG113', detail = '$', hint = 'Write the statements under sql, or name a function of yours (jsonb) that returns jsonb.';
  end if;

  if p_definition ? 'function' then
    if to_regprocedure((p_definition ->> 'function') || '(jsonb)') is null then
      raise exception 'there is no function %(jsonb)', p_definition ->> 'function'
        using errcode = 'PG106', detail = '$.function', hint = 'Create it first, with its schema in the name.';
    end if;
    v_body := format('result := %s(context);', to_regprocedure((p_definition ->> 'function') || '(jsonb)')::regproc);
  else
    v_body := meta.query_text(split_part(v_name, '.', 1), p_definition ->> 'sql');
    v_body := rtrim(v_body, e' \n\t') || case when rtrim(v_body, e' \n\t') like '%;' then '' else e'\n;' end;
  end if;

  insert into flow.script as s (model_id, code, class_id, enabled, integration, url, web_service, definition)
  values (
    p_model,
    p_code,
    case when p_definition ? 'class' then meta.find_class(p_model, p_definition ->> 'class') end,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, false),
    coalesce((p_definition ->> 'url')::boolean, false),
    coalesce((p_definition ->> 'web_service')::boolean, false),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    enabled = excluded.enabled,
    integration = excluded.integration,
    url = excluded.url,
    web_service = excluded.web_service,
    definition = excluded.definition
  returning s.id into v_id;

  begin
    execute format(
      'create or replace function data.script_%s(context jsonb, out result jsonb) language plpgsql volatile security definer'
      ' set search_path = pg_catalog, pg_temp as %L',
      v_id, e'begin\n' || v_body || e'\nend;'
    );
  exception
    when syntax_error_or_access_rule_violation then
      raise exception 'script "%" does not compile: %', p_code, sqlerrm
        using errcode = 'PG119', detail = '$.sql', hint = 'Write statements of PL/pgSQL; set "result" to give something back.';
  end;

  execute format('revoke all on function data.script_%s(jsonb) from public', v_id);
  execute format('comment on function data.script_%s(jsonb) is %L', v_id, 'Script ' || v_name || '. Generated.');
  execute format('alter function data.script_%s(jsonb) owner to %I', v_id, access.current_account());

  v_trouble := flow.script_trouble(v_id);
  if v_trouble is not null then
    raise exception 'script "%" cannot work: %', p_code, v_trouble
      using errcode = 'PG119', detail = '$.sql', hint = 'plpgsql_check found it; correct the script.';
  end if;

  return v_id;
end;
$$;

comment on function flow.set_script(bigint, text, jsonb) is
'Id of a script, made or changed. Keys: name, sql, function, class, enabled, integration, url, web_service. Raises PG106, PG110 to PG114, PG119.';

revoke all on function flow.set_script(bigint, text, jsonb) from public;
grant execute on function flow.set_script(bigint, text, jsonb) to pgears_admin;
