-- Send a notification about rows of its class; rows deleted meanwhile get none.

create or replace function flow.send_notification(p_notification bigint, p_ids bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_notification record;
begin
  select n.class_id, n.arguments_sql into v_notification
  from flow.notification as n
  where n.id = p_notification;

  if found then
    execute format(
      'select mail.send(%2$s, p_class => %1$s, p_row => r.id) from data.datarow_%1$s as r where r.id = any ($1) and r.deleted is null',
      v_notification.class_id, v_notification.arguments_sql
    )
    using p_ids;
  end if;
end;
$$;

comment on function flow.send_notification(bigint, bigint[]) is 'Store a mail about each of the rows. Raises what mail.send() raises.';

revoke all on function flow.send_notification(bigint, bigint[]) from public;
