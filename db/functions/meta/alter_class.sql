-- Change a class; the definition given is the whole one, without columns and keys.

create or replace function meta.alter_class(p_class bigint, p_definition jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_class meta.class;
  v_parent bigint;
begin
  perform meta.check_definition('class', p_definition, '$');
  select c.* into strict v_class from meta.class as c where c.id = p_class;

  if p_definition ? 'parent' then
    v_parent := meta.find_class(v_class.model_id, p_definition ->> 'parent');
  end if;

  if v_parent is distinct from v_class.parent_id then
    raise exception 'the parent of class % cannot change', meta.class_path(p_class)
      using errcode = 'PG116', hint = 'Make a new class with that parent and move the rows.';
  end if;

  if (p_definition #>> '{partition_by,parts}')::integer is distinct from v_class.parts then
    raise exception 'the partitions of class % cannot change; it has %', meta.class_path(p_class), coalesce(v_class.parts::text, 'none')
      using errcode = 'PG170', hint = 'Make a new class with the partitions wanted and move the rows; docs/scale.md says how.';
  end if;

  perform meta.lock_class(p_class);

  update meta.class as c
  set
    name = meta.localized(p_definition -> 'name'),
    description = coalesce(p_definition ->> 'description', ''),
    archive = coalesce((p_definition ->> 'archive')::boolean, false),
    deletion = coalesce(p_definition ->> 'deletion', 'logical'),
    web_service = coalesce((p_definition ->> 'web_service')::boolean, false)
  where c.id = p_class;

  perform meta.touch_class(p_class);
end;
$$;

comment on function meta.alter_class(bigint, jsonb) is
'Set name, description, archive, deletion and web_service of a class; what is left out takes its default. Raises PG106 to PG121, PG170 (partitions).';

revoke all on function meta.alter_class(bigint, jsonb) from public;
grant execute on function meta.alter_class(bigint, jsonb) to pgears_admin;
