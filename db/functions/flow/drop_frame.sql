-- Drop a frame that no notification uses any more.

create or replace function flow.drop_frame(p_frame bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing frames to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user text;
begin
  select min(n.code) into v_user from flow.notification as n where n.frame_id = p_frame;

  if v_user is not null then
    raise exception 'the frame is used by the notification "%"', v_user
      using errcode = 'PG118', hint = 'Take it out of the notification first.';
  end if;

  delete from flow.frame as f where f.id = p_frame;
end;
$$;

comment on function flow.drop_frame(bigint) is 'Drop a frame. Raises PG118 while a notification uses it.';

revoke all on function flow.drop_frame(bigint) from public;
grant execute on function flow.drop_frame(bigint) to pgears_admin;
