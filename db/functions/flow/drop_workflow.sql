-- Drop a workflow with its versions, instances and logs; not while an instance is open.
-- requires: flow.names_workflow meta.being_dropped

create or replace function flow.drop_workflow(p_workflow bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing workflows to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code constant text := (select w.code from flow.workflow as w where w.id = p_workflow);
  v_user text;
begin
  select min(u.name) into v_user
  from (
    select 'rule ' || r.code as name
    from flow.rule as r
    where r.action = 'start' and flow.names_workflow(r.definition ->> 'start', r.model_id, p_workflow)
    union all
    select 'workflow ' || w.code
    from flow.workflow as w
    inner join flow.workflow_version as v on w.id = v.workflow_id and w.version = v.version
    cross join jsonb_each(v.steps) as s
    where s.value ->> 'kind' = 'workflow' and w.id <> p_workflow and flow.names_workflow(s.value ->> 'workflow', w.model_id, p_workflow)
      and not meta.being_dropped('workflow', w.id)
    union all
    select 'job ' || j.code
    from flow.job as j
    cross join jsonb_array_elements(j.compiled) as s
    where s.value -> 'workflow_id' = to_jsonb(p_workflow)
    union all
    select 'its instance ' || min(i.id)
    from flow.instance as i
    where i.workflow_id = p_workflow and i.state in (0, 3, 6)
    having count(*) > 0
  ) as u;

  if v_user is not null then
    raise exception 'workflow % is used by %', v_code, v_user
      using errcode = 'PG118', hint = 'Change that, or cancel the instances, first.';
  end if;

  delete from flow.instance as i where i.workflow_id = p_workflow;
  delete from flow.workflow as w where w.id = p_workflow;
end;
$$;

comment on function flow.drop_workflow(bigint) is 'Drop a workflow. Raises PG118 while something starts it or an instance is open.';

revoke all on function flow.drop_workflow(bigint) from public;
grant execute on function flow.drop_workflow(bigint) to pgears_admin;
