-- Refuse wrong definitions in the sections beside classes, and sections without functions.

create or replace function meta.check_sections(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_section record;
  v_item record;
begin
  for v_section in
    select v.key as code, s.place
    from meta.vocabulary as v
    left join meta.model_sections() as s on v.key = s.code
    where v.place = 'file' and v.kind = 'section' and v.key <> 'classes'
    order by v.position
  loop
    for v_item in
      select d.key as code, d.value as definition, format('$.%s.%s', v_section.code, d.key) as path
      from jsonb_each(meta.section_of(p_file, v_section.code)) as d
    loop
      if v_section.place is null then
        raise exception 'the section "%" is not supported by this version', v_section.code
          using errcode = 'PG120', detail = '$.' || v_section.code, hint = 'Leave the section out or empty, or upgrade pgears.';
      end if;

      perform meta.check_code_at(v_item.code, v_section.place, v_item.path);
      perform meta.check_definition(v_section.place, v_item.definition, v_item.path);
    end loop;
  end loop;
end;
$$;

comment on function meta.check_sections(jsonb) is 'Check what a model file has beside classes. Raises PG101, PG103, PG110 to PG112, PG120.';

revoke all on function meta.check_sections(jsonb) from public;
