-- Why PostgreSQL does not understand a regular expression.

create or replace function meta.pattern_mistakes(p_pattern text, p_path text)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform '' ~ p_pattern;
exception
  when invalid_regular_expression then
    return query values (
      'PG111', format('the pattern "%s" is not valid: %s', p_pattern, sqlerrm),
      p_path, 'Write a regular expression of PostgreSQL; "\" goes before a sign that stands for itself.'
    );
end;
$$;

comment on function meta.pattern_mistakes(text, text) is 'What is wrong with a regular expression; p_path is where it stands.';

revoke all on function meta.pattern_mistakes(text, text) from public;
