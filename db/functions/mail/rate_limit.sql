-- A rate such as "20 per hour" as a number and a time; null when it is none.

create or replace function mail.rate_limit(p_rate text, out number integer, out span interval)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found constant text[] := regexp_match(p_rate, '^\s*(\d{1,6}) per (?:(\d{1,4}) )?(second|minute|hour|day|week)s?\s*$');
begin
  if v_found[1]::integer > 0 and coalesce(v_found[2], '1')::integer > 0 then
    number := v_found[1]::integer;
    span := (coalesce(v_found[2], '1') || ' ' || v_found[3])::interval;
  end if;
end;
$$;

comment on function mail.rate_limit(text) is 'Number and time of a rate such as 20 per hour; nulls when the text is none.';

revoke all on function mail.rate_limit(text) from public;
