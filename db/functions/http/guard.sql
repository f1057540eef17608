-- What happens to calls that would leave this instance now.
--
-- A decision counts for the environment that it was made in: "deliver" set in production
-- says nothing about a copy of it, where calls are held until somebody decides there.

create or replace function http.guard()
returns text
language sql
stable
security definer  -- lends: reading core.setting to administrators and the runner
begin atomic
  select
    coalesce(
      (
        select g.value #>> '{}'
        from core.setting as g
        inner join core.setting as e on e.code = 'http.guard_environment' and e.value #>> '{}' = core.environment()
        where g.code = 'http.guard'
      ),
      case when core.environment() = 'production' then 'deliver' else 'hold' end
    );
end;

comment on function http.guard() is 'deliver or hold: what happens to calls whose target has no address of its own for this environment.';

revoke all on function http.guard() from public;
grant execute on function http.guard() to pgears_admin, pgears_runner;
