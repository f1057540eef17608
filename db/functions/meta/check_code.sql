-- Refuse a code that could not name anything: form, length, names of system columns.

create or replace function meta.check_code(p_code text, p_what text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
begin
  select m.code, m.message, m.hint into v_wrong from meta.code_mistakes(p_code, p_what, '$') as m;

  if found then
    raise exception '%', v_wrong.message using errcode = v_wrong.code, hint = v_wrong.hint;
  end if;
end;
$$;

comment on function meta.check_code(text, text) is
'Check the code of a model, class, column or query (p_what). Raises PG101 (form), PG102 (reserved), PG103 (too long).';

revoke all on function meta.check_code(text, text) from public;
