-- Turn the switch of the web service; running servers obey with the next request.

create or replace function web.set_service(p_on boolean)
returns void
language sql
volatile
security definer  -- lends: writing one row of core.setting to administrators
begin atomic
  insert into core.setting as s (code, value)
  values ('web_service', to_jsonb(coalesce(p_on, true)))
  on conflict (code) do update
  set value = excluded.value;
end;

comment on function web.set_service(boolean) is 'Switch the web service of the instance on or off.';

revoke all on function web.set_service(boolean) from public;
grant execute on function web.set_service(boolean) to pgears_admin;
