-- The switch of the web service: the first of its three locks.

create or replace function web.service()
returns boolean
language sql
stable
security definer  -- lends: reading one row of core.setting
begin atomic
  select coalesce((select s.value from core.setting as s where s.code = 'web_service'), 'true'::jsonb) = 'true'::jsonb;
end;

comment on function web.service() is 'Whether the web service of the instance is switched on.';

revoke all on function web.service() from public;
grant execute on function web.service() to pgears_admin, pgears_runner;
