-- The time that schedules and leases go by; audit columns use now().
--
-- It reads a table, so it costs some microseconds: a condition over many rows says
-- (select core.now()), which the planner computes once per statement.

create or replace function core.now()
returns timestamptz
language sql
stable
parallel safe
begin atomic
  select now() + (select c.ahead from core.clock as c);
end;

comment on function core.now() is 'The instance''s time: now(), unless core.set_clock moved it.';

-- Defaults and queries call it with the caller's rights; the clock is no secret.
grant execute on function core.now() to public;
grant select on table core.clock to public;
