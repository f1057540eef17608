-- Task "rule": send the notification of a rule about the rows named.
--
-- Runs and settles in one transaction, so each row gets one message per change, whatever
-- happens to the runner. Rows deleted meanwhile, and a rule dropped meanwhile, get none.
-- requires: flow.send_notification

create or replace function flow.run_rule(p_payload jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: reading the rows and writing mails to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_notification bigint;
begin
  select r.notification_id into v_notification
  from flow.rule as r
  where r.id = (p_payload ->> 'rule')::bigint;

  if found then
    perform flow.send_notification(v_notification, array(select i.id::bigint from jsonb_array_elements_text(p_payload -> 'ids') as i (id)));
  end if;
end;
$$;

comment on function flow.run_rule(jsonb) is 'Run a rule for the rows in "ids". Raises PG404 without an account that can send.';

revoke all on function flow.run_rule(jsonb) from public;
