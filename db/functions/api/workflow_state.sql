-- Public: how an instance stands.
-- requires: flow.my_instance

create or replace function api.workflow_state(id bigint)
returns jsonb
language sql
stable
begin atomic
  select to_jsonb(i)
  from flow.my_instance as i
  where i.id = workflow_state.id;
end;

comment on function api.workflow_state(bigint) is
'State (0 running, 1 finished, 2 cancelled, 3 failed, 6 paused), variables and open branches of an instance; null when there is none that the caller may view.';

grant execute on function api.workflow_state(bigint) to public;
