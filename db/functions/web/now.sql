-- The time by the clock of the instance, for pages.
-- requires: core.now

create or replace function web.now()
returns timestamptz
language sql
stable
security definer  -- lends: reading the clock that tests move
begin atomic
  select core.now();
end;

comment on function web.now() is 'What core.now() gives, for every account.';

revoke all on function web.now() from public;
grant execute on function web.now() to public;
