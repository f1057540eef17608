-- An instance parameter, as scripts and notifications read it (app.par.<code>).

create or replace function core.parameter(p_code text)
returns text
language sql
stable
parallel safe
security definer  -- lends: reading one row of core.parameter to service and administrators
begin atomic
  select p.value from core.parameter as p where p.code = p_code;
end;

comment on function core.parameter(text) is 'Value of an instance parameter, null when it is not set.';

revoke all on function core.parameter(text) from public;
grant execute on function core.parameter(text) to pgears_admin, pgears_runner;
