-- Move the instance's time, for tests and rehearsals; it runs on from there.
--
-- The whole instance sees it once the transaction has committed. Real instances refuse.
-- requires: core.environment

create or replace function core.set_clock(p_at timestamptz)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.clock to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_at is not null and core.environment() not in ('test', 'development') then
    raise exception 'the clock of a % instance cannot be set', core.environment()
      using errcode = 'PG002', hint = 'Set the clock in an instance of environment test or development.';
  end if;

  update core.clock set ahead = coalesce(p_at - now(), interval '0');
end;
$$;

comment on function core.set_clock(timestamptz) is
'Let core.now() go on from p_at; null means real time. Raises PG002 outside test and development.';

revoke all on function core.set_clock(timestamptz) from public;
grant execute on function core.set_clock(timestamptz) to pgears_admin;
