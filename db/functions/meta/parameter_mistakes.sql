-- Parameters of a model file that could not be instance parameters.

create or replace function meta.parameter_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select
    'PG101', format('parameter code "%s" is not valid', p.code), '$.parameters.' || p.code,
    'A parameter code has a-z, 0-9, "_", "-" and ".".'
  from jsonb_object_keys(meta.section_of(p_file, 'parameters')) as p (code)
  where p.code !~ '^[a-z0-9_.-]+$';
end;
$$;

comment on function meta.parameter_mistakes(jsonb) is 'What is wrong with the parameters of a model file.';

revoke all on function meta.parameter_mistakes(jsonb) from public;
