-- Languages of a model file that are no language codes.

create or replace function meta.language_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select 'PG111', format('"%s" is no code of a language', l.code), '$.languages', 'Write en, de, cs or such; with a region pt-BR.'
  from jsonb_array_elements_text(coalesce(p_file -> 'languages', '[]')) as l (code)
  where l.code !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$';
end;
$$;

comment on function meta.language_mistakes(jsonb) is 'What is wrong with the languages of a model file.';

revoke all on function meta.language_mistakes(jsonb) from public;
