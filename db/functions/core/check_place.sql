-- Refuse what reaches outside while this is a copy that was not told its environment.
-- requires: core.is_copy

create or replace function core.check_place()
returns void
language plpgsql
stable
security definer  -- lends: knowing whether this is a copy
set search_path = pg_catalog, pg_temp
as $$
begin
  if core.is_copy() then
    raise exception 'this database is a copy of a % instance, and nothing leaves it', core.environment()
      using errcode = 'PG960',
            hint = 'Say what it is with: pgears environment NAME (production, acceptance, test or development).';
  end if;
end;
$$;

comment on function core.check_place() is 'Do nothing, or raise PG960 in a copy that was not told its environment.';

revoke all on function core.check_place() from public;
grant execute on function core.check_place() to pgears_admin, pgears_runner;
