-- Drop a rule; tasks that it has enqueued already find nothing to do.
-- requires: flow.unhook_rule

create or replace function flow.drop_rule(p_rule bigint)
returns void
language sql
volatile
security definer  -- lends: building class triggers to administrators
begin atomic
  select flow.unhook_rule(p_rule);
  delete from flow.rule as r
  where r.id = p_rule;
end;

comment on function flow.drop_rule(bigint) is 'Drop a rule and take it out of the triggers of its class.';

revoke all on function flow.drop_rule(bigint) from public;
grant execute on function flow.drop_rule(bigint) to pgears_admin;
