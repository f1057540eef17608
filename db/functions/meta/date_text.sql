-- A date as text whatever DateStyle says, so that generated columns may use it.
--
-- to_char is only stable because some patterns look at settings; this one does not.

create or replace function meta.date_text(p_date date)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select to_char(p_date, 'YYYY-MM-DD');
end;

comment on function meta.date_text(date) is 'A date as YYYY-MM-DD.';

-- Generated columns call it with the writer's rights.
grant execute on function meta.date_text(date) to public;
