-- Refuse a definition with keys unknown at its place, values of a wrong kind, or keys missing.
--
-- The DETAIL of a refusal is the path of the key.

create or replace function meta.check_definition(p_place text, p_definition jsonb, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
begin
  select m.code, m.message, m.path, m.hint into v_wrong
  from meta.definition_mistakes(p_place, p_definition, p_path) as m
  limit 1;

  if found then
    raise exception '%', v_wrong.message using errcode = v_wrong.code, detail = v_wrong.path, hint = v_wrong.hint;
  end if;
end;
$$;

comment on function meta.check_definition(text, jsonb, text) is
'Check a definition at a place of meta.vocabulary; p_path goes into the errors. Raises PG110 to PG113.';

revoke all on function meta.check_definition(text, jsonb, text) from public;
