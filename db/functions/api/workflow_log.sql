-- Public: what became of each step of an instance that the caller may view.
-- requires: flow.my_step

create or replace function api.workflow_log(id bigint)
returns table (step text, outcome text, next text, at timestamptz, detail text)
language sql
stable
begin atomic
  select
    l.step,
    l.outcome,
    l.next,
    l.at,
    l.detail
  from flow.my_step as l
  where l.instance = workflow_log.id
  order by l.id;
end;

comment on function api.workflow_log(bigint) is 'Log of the steps of an instance; nothing without the right "view" on its workflow.';

grant execute on function api.workflow_log(bigint) to public;
