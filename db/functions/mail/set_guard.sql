-- Decide what happens to mail that would leave this instance: deliver, redirect or hold.
--
-- Without a decision, production delivers and every other environment holds: a restored
-- copy of production mails nobody. Accounts of the local sink are not guarded.

create or replace function mail.set_guard(p_guard text, p_address text default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.setting to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_guard is null or p_guard not in ('deliver', 'redirect', 'hold') then
    raise exception 'the guard of outgoing mail cannot be "%"', p_guard
      using errcode = 'PG409', hint = 'Use deliver, redirect or hold.';
  elsif (p_guard = 'redirect') <> (p_address is not null) then
    raise exception 'redirect needs an address, and nothing else does'
      using errcode = 'PG409', hint = 'Call mail.set_guard(''redirect'', ''tests@example.org'').';
  elsif p_address is distinct from (select min(a.address) from mail.parse_addresses(p_address) as a having count(*) <= 1) then
    raise exception 'mail is redirected to one plain address'
      using errcode = 'PG401', hint = 'Write name@domain.';
  end if;

  insert into core.setting (code, value, note)
  values
  ('mail.guard', to_jsonb(p_guard), 'What happens to mail that would leave: deliver, redirect or hold.'),
  ('mail.guard_environment', to_jsonb(core.environment()), 'Environment that the guard was decided for.'),
  ('mail.guard_address', coalesce(to_jsonb(p_address), 'null'), 'Where mail is redirected to.')
  on conflict (code) do update set value = excluded.value;
end;
$$;

comment on function mail.set_guard(text, text) is
'Set the guard of outgoing mail for this environment. Raises PG409 for what is no guard, PG401 for what is no address.';

revoke all on function mail.set_guard(text, text) from public;
grant execute on function mail.set_guard(text, text) to pgears_admin;
