-- A point in time as text in UTC, so that generated columns may use it.
--
-- The pattern looks at no setting and the zone is fixed, hence immutable.

create or replace function meta.timestamp_text(p_time timestamptz)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select to_char(p_time at time zone 'UTC', 'YYYY-MM-DD HH24:MI');
end;

comment on function meta.timestamp_text(timestamptz) is 'A point in time as YYYY-MM-DD HH24:MI in UTC.';

-- Generated columns call it with the writer's rights.
grant execute on function meta.timestamp_text(timestamptz) to public;
