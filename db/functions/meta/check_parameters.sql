-- Refuse parameters of a model file that could not be instance parameters.

create or replace function meta.check_parameters(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text;
begin
  select p.code into v_code
  from jsonb_object_keys(meta.section_of(p_file, 'parameters')) as p (code)
  where p.code !~ '^[a-z0-9_.-]+$'
  limit 1;

  if v_code is not null then
    raise exception 'parameter code "%" is not valid', v_code
      using errcode = 'PG101', detail = '$.parameters.' || v_code, hint = 'A parameter code has a-z, 0-9, "_", "-" and ".".';
  end if;
end;
$$;

comment on function meta.check_parameters(jsonb) is 'Check the parameters of a model file. Raises PG101.';

revoke all on function meta.check_parameters(jsonb) from public;
