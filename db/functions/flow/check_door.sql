-- The locks of a door: the switch of the instance and the flag of the object.
--
-- The third lock, the right of a role, is flow.check_right. Without a door the call comes from
-- inside, and nothing is locked.
-- requires: core.web_service

create or replace function flow.check_door(p_kind text, p_id bigint, p_door text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_open boolean;
begin
  if p_door is null then
    return;
  elsif p_door not in ('web_service', 'url') then
    raise exception 'there is no door "%"', p_door
      using errcode = 'PG561', hint = 'Doors: web_service, url.';
  elsif not core.web_service() then
    raise exception 'calls from outside are switched off'
      using errcode = 'PG562', hint = 'An administrator switches them on with "pgears web on".';
  end if;

  v_open := case p_kind
    when 'script' then (select case p_door when 'url' then s.url else s.web_service end from flow.script as s where s.id = p_id)
    when 'workflow' then (select coalesce((w.definition ->> p_door)::boolean, false) from flow.workflow as w where w.id = p_id)
    when 'job' then (select coalesce((j.definition ->> p_door)::boolean, false) from flow.job as j where j.id = p_id)
    else true
  end;

  if not v_open then
    raise exception '% % cannot be called by %', p_kind, flow.object_name(p_kind, p_id), replace(p_door, '_', ' ')
      using errcode = 'PG561', hint = format('Its model file opens it with "%s: true".', p_door);
  end if;
end;
$$;

comment on function flow.check_door(text, bigint, text) is
'Raise PG562 while calls from outside are off, PG561 when the object is not open at a door; a null door is inside.';

revoke all on function flow.check_door(text, bigint, text) from public;
