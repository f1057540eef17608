-- Turn the web service switch: the first of the three locks of calls from outside.

create or replace function core.set_web_service(p_on boolean)
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

comment on function core.set_web_service(boolean) is 'Turn calls from outside on or off.';

revoke all on function core.set_web_service(boolean) from public;
grant execute on function core.set_web_service(boolean) to pgears_admin;
