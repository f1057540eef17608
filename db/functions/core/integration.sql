-- The integration switch: what is marked as integration runs only while it is on.

create or replace function core.integration()
returns boolean
language sql
stable
parallel safe
security definer  -- lends: reading one row of core.setting
begin atomic
  select coalesce((select s.value from core.setting as s where s.code = 'integration'), 'true'::jsonb) = 'true'::jsonb;
end;

comment on function core.integration() is 'Whether the integration switch is on.';

-- Anybody may know: scripts ask for it under their user's rights.
grant execute on function core.integration() to public;
