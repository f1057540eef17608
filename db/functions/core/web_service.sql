-- The web service switch: while it is off, nothing can be called from outside.

create or replace function core.web_service()
returns boolean
language sql
stable
parallel safe
security definer  -- lends: reading one row of core.setting
begin atomic
  select coalesce((select s.value from core.setting as s where s.code = 'web_service'), 'true'::jsonb) = 'true'::jsonb;
end;

comment on function core.web_service() is 'Whether calls from outside are switched on.';

revoke all on function core.web_service() from public;
grant execute on function core.web_service() to pgears_admin, pgears_runner, pgears_web;
