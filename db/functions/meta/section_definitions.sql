-- What a model has in the sections beside classes: queries, notifications, rules, ...
-- requires: meta.model_sections

create or replace function meta.section_definitions(p_model bigint)
returns table (section text, place text, id bigint, code text, definition jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_section meta.model_section;
begin
  for v_section in
    select s.* from meta.model_sections() as s
  loop
    return query execute format('select %L::text, %L::text, l.id, l.code, l.definition from %s($1) as l', v_section.code, v_section.place, v_section.list_function)
    using p_model;
  end loop;
end;
$$;

comment on function meta.section_definitions(bigint) is 'Section, place, id, code and definition of what a model has beside classes.';

revoke all on function meta.section_definitions(bigint) from public;
