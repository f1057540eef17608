-- Say what this instance is, and thereby that it is one: a copy is inert until then.
-- A clock that was moved goes back to real time where it must.
-- requires: core.place

create or replace function core.set_environment(p_environment text)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.setting and core.clock to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_environment is null or p_environment not in ('production', 'acceptance', 'test', 'development') then
    raise exception 'unknown environment "%"', p_environment
      using errcode = 'PG001', hint = 'Use production, acceptance, test or development.';
  end if;

  update core.setting set value = to_jsonb(p_environment) where code = 'environment';
  update core.setting set value = core.place() where code = 'place';

  if p_environment in ('production', 'acceptance') then
    update core.clock set ahead = interval '0' where ahead <> interval '0';
  end if;
end;
$$;

comment on function core.set_environment(text) is
'Set the environment class of the instance in this place. Raises PG001 when it is not one of the four.';

revoke all on function core.set_environment(text) from public;
grant execute on function core.set_environment(text) to pgears_admin;
