-- "model.code" of a script, workflow or job: the name that rights use.

create or replace function flow.object_name(p_kind text, p_id bigint)
returns text
language sql
stable
begin atomic
  select coalesce(m.code || '.', '') || o.code
  from (
    select s.model_id, s.code from flow.script as s where p_kind = 'script' and s.id = p_id
    union all
    select w.model_id, w.code from flow.workflow as w where p_kind = 'workflow' and w.id = p_id
    union all
    select j.model_id, j.code from flow.job as j where p_kind = 'job' and j.id = p_id
  ) as o
  left join meta.model as m on o.model_id = m.id;
end;

comment on function flow.object_name(text, bigint) is 'Code of a script, workflow or job with its model; one-time jobs have none.';

revoke all on function flow.object_name(text, bigint) from public;
