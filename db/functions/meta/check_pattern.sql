-- Refuse a regular expression that PostgreSQL does not understand.

create or replace function meta.check_pattern(p_pattern text, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform '' ~ p_pattern;
exception
  when invalid_regular_expression then
    raise exception 'the pattern "%" is not valid: %', p_pattern, sqlerrm
      using errcode = 'PG111', detail = p_path, hint = 'Write a regular expression of PostgreSQL; "\" goes before a sign that stands for itself.';
end;
$$;

comment on function meta.check_pattern(text, text) is 'Check a regular expression. Raises PG111.';

revoke all on function meta.check_pattern(text, text) from public;
