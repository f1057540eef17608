-- Drop a notification that no rule sends any more.

create or replace function flow.drop_notification(p_notification bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing notifications to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from flow.rule as r where r.notification_id = p_notification) then
    raise exception 'notification % is sent by the rule %',
      (select n.code from flow.notification as n where n.id = p_notification),
      (select min(r.code) from flow.rule as r where r.notification_id = p_notification)
      using errcode = 'PG118', hint = 'Drop the rule first.';
  end if;

  delete from flow.notification as n where n.id = p_notification;
end;
$$;

comment on function flow.drop_notification(bigint) is 'Drop a notification. Raises PG118 while a rule sends it.';

revoke all on function flow.drop_notification(bigint) from public;
grant execute on function flow.drop_notification(bigint) to pgears_admin;
