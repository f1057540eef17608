-- SQL expression of type jsonb for a call as http.store() takes it, from its definition in a rule, step or job.
--
-- What could be wrong is found here: keys, method, target, names of columns. A call without a
-- body sends the record as json, where there is one and the method has a body.
-- requires: flow.call_json flow.call_value

create or replace function flow.compile_call(p_model bigint, p_class bigint, p_call jsonb, p_path text, p_workflow boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known constant text[] := array['target', 'method', 'path', 'headers', 'json', 'text', 'form'];
  v_bodies constant text[] := array(select b.key from unnest(array['json', 'text', 'form']) as b (key) where p_call ? b.key);
  v_key text;
  v_target bigint;
  v_method text;
  v_sql text;
begin
  v_key := (select min(k.key) from jsonb_object_keys(p_call) as k (key) where k.key <> all (v_known));
  if v_key is not null then
    raise exception 'unknown key "%" of a call', v_key
      using errcode = 'PG110', detail = p_path || '.' || v_key, hint = meta.nearest(v_key, v_known) || 'Known keys: ' || array_to_string(v_known, ', ') || '.';
  end if;

  v_target := http.target_id(p_call ->> 'target', p_model);
  v_method := upper(coalesce(p_call ->> 'method', (select t.definition ->> 'method' from http.target as t where t.id = v_target), 'POST'));
  if v_method not in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
    or cardinality(v_bodies) > 1
    or jsonb_typeof(coalesce(p_call -> 'path', '""')) <> 'string'
    or jsonb_typeof(coalesce(p_call -> 'text', '""')) <> 'string'
    or exists (
      select
      from unnest(array['headers', 'form']) as k (key)
      where jsonb_typeof(p_call -> k.key) <> 'object' or jsonb_path_exists(p_call -> k.key, '$.* ? (@.type() <> "string")')
    )
  then
    raise exception 'the call cannot be read'
      using
        errcode = 'PG542',
        detail = p_path,
        hint = 'path and text are texts, headers and form pairs of texts; one body of json, text, form; a method such as POST.';
  end if;

  v_sql := format('jsonb_build_object(''method'', %L::text, ''path'', %s)', v_method, flow.call_value(p_class, coalesce(p_call ->> 'path', ''), 'url', p_workflow));

  for v_key in select k.key from unnest(array['headers', 'form']) as k (key) where p_call ? k.key loop
    v_sql := v_sql || format(' || jsonb_build_object(%L::text, %s)', v_key, (
      select coalesce(
        string_agg(format('jsonb_build_object(%L::text, %s)', h.key, flow.call_value(p_class, h.value, 'text', p_workflow)), ' || ' order by h.key), '''{}''::jsonb'
      )
      from jsonb_each_text(p_call -> v_key) as h
    ));
  end loop;

  if p_call ? 'text' then
    v_sql := v_sql || format(' || jsonb_build_object(''text'', %s)', flow.call_value(p_class, p_call ->> 'text', 'text', p_workflow));
  elsif p_call ? 'json' then
    v_sql := v_sql || format(' || jsonb_build_object(''json'', %s)', flow.call_json(p_class, p_call -> 'json', p_workflow));
  elsif v_bodies = '{}' and p_class is not null and v_method in ('POST', 'PUT', 'PATCH') then
    v_sql := v_sql || format(' || jsonb_build_object(''json'', %s)', flow.call_value(p_class, '{{record}}', 'json', p_workflow));
  end if;

  return v_sql;
end;
$$;

comment on function flow.compile_call(bigint, bigint, jsonb, text, boolean) is
'SQL expression for a call over r (row) and, in workflows, x (instance). Raises PG106, PG110, PG541, PG542.';

revoke all on function flow.compile_call(bigint, bigint, jsonb, text, boolean) from public;
