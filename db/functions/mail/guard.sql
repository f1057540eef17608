-- What happens to mail that would leave this instance now.
--
-- A decision counts for the environment that it was made in: "deliver" set in production
-- says nothing about a copy of it, where mail is held until somebody decides there.

create or replace function mail.guard(out guard text, out address text)
language sql
stable
security definer  -- lends: reading core.setting to administrators and the runner
begin atomic
  select
    case
      when s.decided then s.guard
      when core.environment() = 'production' then 'deliver'
      else 'hold'
    end,
    case when s.decided and s.guard = 'redirect' then s.address end
  from (
    select
      (select g.value #>> '{}' from core.setting as g where g.code = 'mail.guard') as guard,
      (select g.value #>> '{}' from core.setting as g where g.code = 'mail.guard_address') as address,
      coalesce(
        (select g.value #>> '{}' from core.setting as g where g.code = 'mail.guard_environment') = core.environment(),
        false
      ) as decided
  ) as s;
end;

comment on function mail.guard() is 'deliver, redirect (with the address) or hold: what happens to mail of accounts that are not the sink.';

revoke all on function mail.guard() from public;
grant execute on function mail.guard() to pgears_admin, pgears_runner;
