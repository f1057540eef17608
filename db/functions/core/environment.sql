-- The class of this instance: production, acceptance, test or development.
--
-- It decides what is allowed out (mail, calls) and whether the clock can be set.

create or replace function core.environment()
returns text
language sql
stable
parallel safe
security definer  -- lends: reading one row of core.setting
begin atomic
  select s.value #>> '{}' from core.setting as s where s.code = 'environment';
end;

comment on function core.environment() is 'Environment class of the instance.';

-- Anybody may know where he works: scripts ask for it under their user's rights.
grant execute on function core.environment() to public;
