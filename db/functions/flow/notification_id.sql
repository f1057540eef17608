-- A notification by the codes of its model and its own, such as helpdesk.acknowledgement.

create or replace function flow.notification_id(p_path text)
returns bigint
language plpgsql
stable
security definer  -- lends: reading notifications to administrators and the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  select n.id into v_id
  from flow.notification as n
  inner join meta.model as m on n.model_id = m.id
  where m.code || '.' || n.code = p_path;

  if v_id is null then
    raise exception 'there is no notification "%"', p_path
      using errcode = 'PG106', hint = 'Write model.notification with their codes.';
  end if;

  return v_id;
end;
$$;

comment on function flow.notification_id(text) is 'Id of a notification by model.code. Raises PG106 when there is none.';

revoke all on function flow.notification_id(text) from public, pgears_runner;
grant execute on function flow.notification_id(text) to pgears_admin;
