-- Decide what happens to calls that would leave this instance: deliver or hold.
--
-- Without a decision, production delivers and every other environment holds: a restored
-- copy of production calls nobody.

create or replace function http.set_guard(p_guard text)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.setting to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_guard is null or p_guard not in ('deliver', 'hold') then
    raise exception 'the guard of outgoing calls cannot be "%"', p_guard
      using errcode = 'PG547', hint = 'Use deliver or hold.';
  end if;

  insert into core.setting (code, value, note)
  values
  ('http.guard', to_jsonb(p_guard), 'What happens to calls that would leave: deliver or hold.'),
  ('http.guard_environment', to_jsonb(core.environment()), 'Environment that the guard was decided for.')
  on conflict (code) do update set value = excluded.value;
end;
$$;

comment on function http.set_guard(text) is 'Set the guard of outgoing calls for this environment. Raises PG547 for what is no guard.';

revoke all on function http.set_guard(text) from public;
grant execute on function http.set_guard(text) to pgears_admin;
