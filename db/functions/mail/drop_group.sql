-- Drop a group of recipients; notifications that name it are kept from losing it in silence.

create or replace function mail.drop_group(p_group bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing groups to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user text;
begin
  v_user := (
    select min(s.code)
    from mail.recipient_group as g
    cross join lateral meta.section_definitions(g.model_id) as s
    where g.id = p_group and s.section = 'notifications' and s.definition -> 'groups' ? g.code
  );

  if v_user is not null then
    raise exception 'the group gets the notification "%"', v_user
      using errcode = 'PG118', hint = 'Take it out of the notification first.';
  end if;

  delete from mail.recipient_group as g where g.id = p_group;
end;
$$;

comment on function mail.drop_group(bigint) is 'Drop a group of recipients. Raises PG118 while a notification names it.';

revoke all on function mail.drop_group(bigint) from public;
grant execute on function mail.drop_group(bigint) to pgears_admin;
