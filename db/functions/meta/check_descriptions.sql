-- Refuse description formats of a model file that its columns cannot fill.
--
-- Called when the columns are there, before classes are rebuilt: the error can still say
-- where the file has the format.

create or replace function meta.check_descriptions(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class record;
  v_hint text;
begin
  for v_class in
    select m.class_id, m.code, m.definition ->> 'description' as description
    from meta.class_matches(p_file) as m
    where m.definition ->> 'description' <> ''
  loop
    begin
      perform meta.format_expression(v_class.class_id, v_class.description, true);
    exception
      when sqlstate 'PG106' or sqlstate 'PG111' then
        get stacked diagnostics v_hint = pg_exception_hint;
        raise exception '%', sqlerrm
          using errcode = sqlstate, detail = format('$.classes.%s.description', v_class.code), hint = v_hint;
    end;
  end loop;
end;
$$;

comment on function meta.check_descriptions(jsonb) is 'Check the description formats of a model file whose columns are there. Raises PG106, PG111.';

revoke all on function meta.check_descriptions(jsonb) from public;
