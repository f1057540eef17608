-- Refuse steps that could not run: unknown kinds, keys missing or unknown, ways into nowhere, steps that nothing leads to.
-- requires: flow.step_edges flow.step_kinds

create or replace function flow.check_steps(p_steps jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step record;
  v_key text;
  v_way record;
begin
  if (select count(*) from jsonb_each(p_steps) as s where s.value ->> 'kind' = 'start') <> 1 then
    raise exception 'a workflow has one step of kind start'
      using errcode = 'PG511', detail = '$.steps', hint = 'Add one such as start: {kind: start, next: first}.';
  end if;

  for v_step in
    select s.key as code, s.value as step, k.required, k.optional
    from jsonb_each(p_steps) as s
    left join flow.step_kinds() as k on s.value ->> 'kind' = k.kind
    order by s.key
  loop
    perform meta.check_code(v_step.code, 'step');

    if v_step.required is null then
      raise exception 'step "%" is of no known kind', v_step.code
        using
          errcode = 'PG511',
          detail = '$.steps.' || v_step.code || '.kind',
          hint = 'Kinds: ' || (select string_agg(k.kind, ', ' order by k.kind) from flow.step_kinds() as k) || '.';
    end if;

    v_key := (select min(r.key) from unnest(v_step.required) as r (key) where not v_step.step ? r.key);
    if v_key is not null then
      raise exception 'step "%" lacks "%"', v_step.code, v_key
        using errcode = 'PG511', detail = '$.steps.' || v_step.code, hint = 'A step of this kind needs ' || array_to_string(v_step.required, ', ') || '.';
    end if;

    v_key := (select min(k.key) from jsonb_object_keys(v_step.step) as k (key) where k.key <> all (array['kind', 'name'] || v_step.required || v_step.optional));
    if v_key is not null then
      raise exception 'step "%" has the key "%", which its kind does not know', v_step.code, v_key
        using
          errcode = 'PG511',
          detail = '$.steps.' || v_step.code || '.' || v_key,
          hint = 'Known keys: ' || array_to_string(array['kind', 'name'] || v_step.required || v_step.optional, ', ') || '.';
    end if;

    if v_step.step ->> 'kind' = 'task' and (v_step.step ? 'next') = (v_step.step ? 'outcomes')
      or v_step.step ->> 'kind' in ('event', 'http') and (v_step.step ? 'deadline') <> (v_step.step ? 'on_deadline')
      or v_step.step ? 'on_deadline' and not v_step.step ? 'deadline'
    then
      raise exception 'step "%" has not one way for each thing that can happen', v_step.code
        using
          errcode = 'PG511',
          detail = '$.steps.' || v_step.code,
          hint = 'A task has either next or outcomes; deadline and on_deadline go together.';
    end if;

    v_key := (
      select min(o.key)
      from jsonb_each(case when v_step.step ->> 'kind' = 'http' then coalesce(v_step.step -> 'outcomes', '{}') end) as o
      where o.key !~ '^([1-5][0-9][0-9]|[1-5]xx|done|refused|dead|unknown|cancelled)$' or jsonb_typeof(o.value) <> 'string'
    );
    if v_key is not null then
      raise exception 'step "%" has the outcome "%", which a call cannot have', v_step.code, v_key
        using
          errcode = 'PG511',
          detail = '$.steps.' || v_step.code || '.outcomes',
          hint = 'Outcomes of a call: a status such as 404, a class such as 4xx, or done, refused, dead, unknown, cancelled.';
    end if;

    for v_key in select k.key from unnest(array['wait', 'deadline']) as k (key) where jsonb_typeof(v_step.step -> k.key) = 'string' loop
      perform flow.check_interval(v_step.step ->> v_key, '$.steps.' || v_step.code || '.' || v_key);
    end loop;
  end loop;

  select e.* into v_way from flow.step_edges(p_steps) as e where not p_steps ? coalesce(e.target, '') order by e.step limit 1;
  if found then
    raise exception 'step "%" leads to "%", which is no step', v_way.step, v_way.target
      using errcode = 'PG511', detail = '$.steps.' || v_way.step, hint = 'Name a step of the same workflow.';
  end if;

  with recursive reached (step) as (
    select s.key from jsonb_each(p_steps) as s where s.value ->> 'kind' = 'start'
    union
    select e.target
    from reached as r
    inner join flow.step_edges(p_steps) as e on r.step = e.step
  )
  select min(s.key) into v_key from jsonb_object_keys(p_steps) as s (key) where s.key not in (select r.step from reached as r);
  if v_key is not null then
    raise exception 'nothing leads to the step "%"', v_key
      using errcode = 'PG511', detail = '$.steps.' || v_key, hint = 'Lead a way to it, or take it out.';
  end if;
end;
$$;

comment on function flow.check_steps(jsonb) is 'Check the steps of a workflow. Raises PG101, PG111, PG511.';

revoke all on function flow.check_steps(jsonb) from public;
