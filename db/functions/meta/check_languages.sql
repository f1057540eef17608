-- Refuse languages of a model file that are no language codes.

create or replace function meta.check_languages(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text;
begin
  select l.code into v_code
  from jsonb_array_elements_text(coalesce(p_file -> 'languages', '[]')) as l (code)
  where l.code !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
  limit 1;

  if v_code is not null then
    raise exception '"%" is no code of a language', v_code
      using errcode = 'PG111', detail = '$.languages', hint = 'Write en, de, cs or such; with a region pt-BR.';
  end if;
end;
$$;

comment on function meta.check_languages(jsonb) is 'Check the languages of a model file. Raises PG111.';

revoke all on function meta.check_languages(jsonb) from public;
