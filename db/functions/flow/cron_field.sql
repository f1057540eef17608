-- Values that one field of a cron expression stands for.

create or replace function flow.cron_field(p_field text, p_from integer, p_to integer, p_names text[] default '{}')
returns integer[]
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_values integer[] := array[]::integer[];
  v_item text;
  v_found text[];
  v_first integer;
  v_last integer;
  v_step integer;
begin
  foreach v_item in array string_to_array(lower(p_field), ',') loop
    for v_at in 1..cardinality(p_names) loop
      v_item := replace(v_item, p_names[v_at], (v_at - 1 + p_from)::text);
    end loop;

    v_found := regexp_match(v_item, '^(?:(\*)|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?$');
    v_step := coalesce(v_found[4], '1')::integer;
    v_first := coalesce(v_found[2]::integer, p_from);
    v_last := coalesce(v_found[3]::integer, case when v_found[1] is null and v_found[4] is null then v_first else p_to end);

    if v_found is null or v_step = 0 or v_first < p_from or v_last > p_to or v_first > v_last then
      raise exception '"%" is no field of a cron expression from % to %', p_field, p_from, p_to
        using errcode = 'PG521', hint = 'Write *, a number, a range 1-5, a step */15, or a list of these.';
    end if;

    v_values := v_values || array(select v from generate_series(v_first, v_last, v_step) as v);
  end loop;

  if v_values = '{}' then
    raise exception 'a cron expression has an empty field'
      using errcode = 'PG521', hint = 'Write minute, hour, day, month, weekday, such as 30 2 * * 1-5.';
  end if;

  return v_values;
end;
$$;

comment on function flow.cron_field(text, integer, integer, text[]) is 'Numbers of a cron field. Raises PG521.';

revoke all on function flow.cron_field(text, integer, integer, text[]) from public;
