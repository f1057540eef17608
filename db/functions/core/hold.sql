-- Make this instance a copy until it is told its environment: nothing leaves it any more.
--
-- For what cannot be seen from inside, such as a base backup that was promoted elsewhere.

create or replace function core.hold()
returns void
language sql
volatile
security definer  -- lends: writing one row of core.setting to administrators
begin atomic
  update core.setting set value = value || '{"held": true}' where code = 'place';
end;

comment on function core.hold() is 'Let nothing leave this instance until core.set_environment() is called.';

revoke all on function core.hold() from public;
grant execute on function core.hold() to pgears_admin;
