-- Trigger function of flow.account_request: do what the account asks for.
--
-- A call that the web service has marked comes by the door "web_service"; what a script does on
-- its way, in triggers below this one, does not come from outside.
-- requires: flow.act

create or replace function flow.carry_out()
returns trigger
language plpgsql
volatile
security definer  -- lends: what the operations need, to accounts with the right
set search_path = pg_catalog, pg_temp
as $$
declare
  v_door text := new.arguments ->> 'door';
begin
  if pg_trigger_depth() = 1 and v_door is null and core.source() = 'web' then
    perform core.check_source();
    v_door := 'web_service';
  end if;

  new.result := flow.act(new.account, new.operation, new.object, coalesce(new.arguments, '{}'), v_door);
  return new;
end;
$$;

comment on function flow.carry_out() is 'Trigger function: carry out a request for its account.';

revoke all on function flow.carry_out() from public;
