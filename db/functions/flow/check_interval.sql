-- Refuse a text that is no time span of PostgreSQL, such as "2 days".

create or replace function flow.check_interval(p_text text, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform p_text::interval;
exception
  when invalid_datetime_format or datetime_field_overflow then
    raise exception '"%" is no time span', p_text
      using errcode = 'PG111', detail = p_path, hint = 'Write it as PostgreSQL does, such as 90 minutes, 2 days or 1 month.';
end;
$$;

comment on function flow.check_interval(text, text) is 'Raise PG111 for a text that is no interval.';

revoke all on function flow.check_interval(text, text) from public;
