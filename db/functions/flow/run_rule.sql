-- Task "rule": send the notification of a rule about the rows named.
--
-- Runs and settles in one transaction, so each row gets one message per change, whatever
-- happens to the runner. Rows deleted meanwhile, and a rule dropped meanwhile, get none.

create or replace function flow.run_rule(p_payload jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: reading the rows and writing mails to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule record;
begin
  select r.class_id, n.arguments_sql into v_rule
  from flow.rule as r
  inner join flow.notification as n on r.notification_id = n.id
  where r.id = (p_payload ->> 'rule')::bigint;

  if found then
    execute format(
      'select mail.send(%2$s, p_class => %1$s, p_row => r.id) from data.datarow_%1$s as r where r.id = any ($1) and r.deleted is null',
      v_rule.class_id, v_rule.arguments_sql
    )
    using array(select i.id::bigint from jsonb_array_elements_text(p_payload -> 'ids') as i (id));
  end if;
end;
$$;

comment on function flow.run_rule(jsonb) is 'Run a rule for the rows in "ids". Raises what mail.send() raises.';

revoke all on function flow.run_rule(jsonb) from public;
