-- SQL expression of type jsonb for a body of a call whose texts are filled.
-- requires: flow.call_value

create or replace function flow.call_json(p_class bigint, p_value jsonb, p_workflow boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Items are joined rather than listed, because a function takes a hundred arguments.
  return case jsonb_typeof(p_value)
    when 'string' then flow.call_value(p_class, p_value #>> '{}', 'json', p_workflow)
    when 'object' then (
      select coalesce(
        string_agg(format('jsonb_build_object(%L::text, %s)', o.key, flow.call_json(p_class, o.value, p_workflow)), ' || ' order by o.key),
        '''{}''::jsonb'
      )
      from jsonb_each(p_value) as o
    )
    when 'array' then (
      select coalesce(string_agg(format('jsonb_build_array(%s)', flow.call_json(p_class, a.value, p_workflow)), ' || ' order by a.place), '''[]''::jsonb')
      from jsonb_array_elements(p_value) with ordinality as a (value, place)
    )
    else format('%L::jsonb', p_value)
  end;
end;
$$;

comment on function flow.call_json(bigint, jsonb, boolean) is 'SQL expression of type jsonb for a value with {{...}} in its texts. Raises PG106.';

revoke all on function flow.call_json(bigint, jsonb, boolean) from public;
