-- Refuse a code that could not name anything: form, length, names of system columns.

create or replace function meta.check_code(p_code text, p_what text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_code is null or p_code !~ '^[a-z][a-z0-9_-]*$' then
    raise exception '% code "%" is not valid', p_what, p_code
      using errcode = 'PG101', hint = 'A code begins with a letter a-z and goes on with a-z, 0-9, "_" or "-".';
  end if;

  if octet_length(p_code) > 63 then
    raise exception '% code "%" has % bytes, 63 are possible', p_what, p_code, octet_length(p_code)
      using errcode = 'PG103', hint = 'Names of PostgreSQL end at 63 bytes: choose a shorter code.';
  end if;

  if p_what = 'column' and p_code in (
    'id', 'uid', 'version', 'creator', 'created', 'modifier', 'modified', 'deleter', 'deleted',
    'created_source', 'modified_source', 'deleted_source', 'shortdescription'
  ) then
    raise exception 'column code "%" is reserved for a system column', p_code
      using errcode = 'PG102', hint = 'Every class has this column already; choose another code.';
  end if;
end;
$$;

comment on function meta.check_code(text, text) is
'Check the code of a model, class, column or query (p_what). Raises PG101 (form), PG102 (reserved), PG103 (too long).';

revoke all on function meta.check_code(text, text) from public;
