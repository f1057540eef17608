-- Whether a name, as written in a model, means this workflow; one that means nothing does not.

create or replace function flow.names_workflow(p_name text, p_model bigint, p_workflow bigint)
returns boolean
language sql
stable
begin atomic
  select count(*) > 0
  from flow.workflow as w
  inner join meta.model as m on w.model_id = m.id
  where w.id = p_workflow
    and case when p_name like '%.%' then m.code || '.' || w.code = p_name else w.code = p_name and w.model_id = p_model end;
end;

comment on function flow.names_workflow(text, bigint, bigint) is 'True when flow.workflow_id(name, model) would find this workflow.';

revoke all on function flow.names_workflow(text, bigint, bigint) from public;
