-- Refuse a column whose keys are each right but do not go together.
--
-- Runs after meta.check_definition(), so kinds and types are known to be right.

create or replace function meta.check_column(p_code text, p_definition jsonb, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
begin
  perform meta.check_code(p_code, 'column');

  select m.code, m.message, m.path, m.hint into v_wrong
  from meta.column_mistakes(p_code, p_definition, p_path) as m
  limit 1;

  if found then
    raise exception '%', v_wrong.message using errcode = v_wrong.code, detail = v_wrong.path, hint = v_wrong.hint;
  end if;
end;
$$;

comment on function meta.check_column(text, jsonb, text) is
'Check that the keys of a column go together; p_path goes into the errors. Raises PG101 to PG103, PG111, PG113.';

revoke all on function meta.check_column(text, jsonb, text) from public;
