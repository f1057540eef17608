-- Refuse a code as meta.check_code() does, and say where in a file it stands.

create or replace function meta.check_code_at(p_code text, p_what text, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hint text;
begin
  perform meta.check_code(p_code, p_what);
exception
  when sqlstate 'PG101' or sqlstate 'PG102' or sqlstate 'PG103' then
    get stacked diagnostics v_hint = pg_exception_hint;
    raise exception '%', sqlerrm
      using errcode = sqlstate, detail = p_path, hint = v_hint;
end;
$$;

comment on function meta.check_code_at(text, text, text) is 'Check a code; p_path goes into the errors. Raises PG101, PG102, PG103.';

revoke all on function meta.check_code_at(text, text, text) from public;
