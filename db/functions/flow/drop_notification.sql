-- Drop a notification that no rule or workflow sends any more.

create or replace function flow.drop_notification(p_notification bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing notifications to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user text;
begin
  select min(u.name) into v_user
  from (
    select 'rule ' || r.code as name from flow.rule as r where r.notification_id = p_notification
    union all
    select 'workflow ' || w.code
    from flow.workflow as w
    inner join flow.workflow_version as v on w.id = v.workflow_id
    cross join jsonb_each(v.compiled) as s
    where s.value -> 'notification_id' = to_jsonb(p_notification)
      and (v.version = w.version or exists (
        select from flow.instance as i where i.workflow_id = w.id and i.version = v.version and i.state in (0, 3, 6)
      ))
  ) as u;

  if v_user is not null then
    raise exception 'notification % is sent by %', (select n.code from flow.notification as n where n.id = p_notification), v_user
      using errcode = 'PG118', hint = 'Drop or change that first.';
  end if;

  delete from flow.notification as n where n.id = p_notification;
end;
$$;

comment on function flow.drop_notification(bigint) is 'Drop a notification. Raises PG118 while a rule or workflow sends it.';

revoke all on function flow.drop_notification(bigint) from public;
grant execute on function flow.drop_notification(bigint) to pgears_admin;
