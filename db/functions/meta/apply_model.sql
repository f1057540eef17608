-- Make the instance what a model file says: exactly the steps of meta.plan_model(), or none.
--
-- Of two at once the second waits and plans anew. API views are renewed by the runner, whose
-- templates make them: it calls with p_keep_classes, renews, and calls again for the classes
-- (and queries) that had to wait because views still showed them.

create or replace function meta.apply_model(p_file jsonb, p_allow_destructive boolean default false, p_keep_classes boolean default false)
returns table (
  step integer, action text, kind text, object text, path text, detail text, lock text, destructive boolean
)
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_steps jsonb[];
  v_step jsonb;
  v_queries jsonb[] := array[]::jsonb[];
  v_losses text;
  v_count bigint;
  v_mistake jsonb;
  v_mistakes jsonb := '[]'::jsonb;
  v_broken text[] := array[]::text[];
begin
  perform pg_advisory_xact_lock(hashtext('pgears.apply_model'));
  perform meta.check_model(p_file);
  v_steps := array(select p.step from meta.plan_steps(p_file) as p (step) order by (p.step -> 'step')::integer);

  select string_agg(format('drop %s %s: %s', s ->> 'kind', s ->> 'object', s ->> 'detail'), e'\n' order by s -> 'step'), count(*)
  into v_losses, v_count
  from unnest(v_steps) as s
  where (s -> 'destructive')::boolean;

  if v_count > 0 and not p_allow_destructive then
    raise exception 'applying the file would lose something in % %', v_count, case v_count when 1 then 'step' else 'steps' end
      using errcode = 'PG117', detail = v_losses, hint = 'Look at the plan; if the data may go, repeat with --allow-destructive.';
  end if;

  perform meta.begin_changes();
  perform set_config('pgears.dropping', coalesce(
    (select string_agg(concat_ws(' ', s ->> 'kind', s ->> 'object_id'), ',') from unnest(v_steps) as s where s ->> 'action' = 'drop'), ''
  ), true);

  foreach v_step in array v_steps loop
    continue when v_step ->> 'kind' = 'view' or (v_step ->> 'action' = 'drop' and v_step ->> 'kind' = 'class');

    -- Nothing goes away beside a mistake, and what names something with one cannot be judged.
    exit when v_step ->> 'action' = 'drop' and v_mistakes <> '[]';
    continue when v_step ->> 'class_code' = any (v_broken)
      or (v_step -> 'definition')::text ~ ('\m(' || nullif(array_to_string(v_broken, '|'), '') || ')\M');

    if v_step ->> 'action' = 'drop' and v_step ->> 'kind' = 'query' then
      v_queries := v_queries || v_step;
      continue;
    end if;

    -- Columns go after the queries that show them.
    if v_step ->> 'action' = 'drop' and cardinality(v_queries) > 0 then
      perform meta.drop_queries(p_file ->> 'model', v_queries, p_keep_classes);
      v_queries := array[]::jsonb[];
    end if;

    v_mistake := meta.apply_step(p_file ->> 'model', v_step);

    if v_mistake is not null then
      v_mistakes := v_mistakes || v_mistake;
      v_broken := v_broken || (v_step ->> 'code');
    end if;
  end loop;

  perform meta.raise_mistakes(v_mistakes);
  perform meta.drop_queries(p_file ->> 'model', v_queries, p_keep_classes);
  perform set_config('pgears.dropping', '', true);
  perform meta.finish_changes();

  if not p_keep_classes then
    perform meta.begin_changes();

    foreach v_step in array v_steps loop
      continue when v_step ->> 'action' <> 'drop' or v_step ->> 'kind' <> 'class';
      perform meta.apply_step(p_file ->> 'model', v_step);
    end loop;

    perform meta.finish_changes();
  end if;

  return query
  select r.step, r.action, r.kind, r.object, r.path, r.detail, r.lock, r.destructive
  from unnest(v_steps) as s
  cross join jsonb_to_record(s) as r (
    step integer, action text, kind text, object text, path text, detail text, lock text, destructive boolean
  )
  order by r.step;
end;
$$;

comment on function meta.apply_model(jsonb, boolean, boolean) is
'The steps by which a model file was applied. p_keep_classes: leave the drops of classes to a second call. Raises PG101 to PG121, PG123, PG124, and what sections of the file raise.';

revoke all on function meta.apply_model(jsonb, boolean, boolean) from public;
grant execute on function meta.apply_model(jsonb, boolean, boolean) to pgears_admin;
