-- Where steps lead: one row for each way from a step to another, with its label.

create or replace function flow.step_edges(p_steps jsonb)
returns table (step text, label text, target text)
language sql
immutable
begin atomic
  select s.key, k.label, s.value ->> k.key
  from jsonb_each(p_steps) as s
  cross join (
    values ('next', ''), ('yes', 'yes'), ('no', 'no'), ('on_deadline', 'deadline'), ('on_error', 'error')
  ) as k (key, label)
  where s.value ? k.key
  union all
  select s.key, o.key, o.value #>> '{}'
  from jsonb_each(p_steps) as s
  cross join jsonb_each(case when jsonb_typeof(s.value -> 'outcomes') = 'object' then s.value -> 'outcomes' else '{}' end) as o
  union all
  select s.key, 'and', b.target
  from jsonb_each(p_steps) as s
  cross join jsonb_array_elements_text(case when jsonb_typeof(s.value -> 'branches') = 'array' then s.value -> 'branches' else '[]' end) as b (target);
end;

comment on function flow.step_edges(jsonb) is 'Ways between the steps of a workflow.';

grant execute on function flow.step_edges(jsonb) to public;  -- a rule of form: it reads nothing but what it is given
