-- Make a class with its table, complete at commit: columns and keys may come along.
--
-- A child of another class gets the parent's columns; the parent then keeps a family table
-- that references point to.

create or replace function meta.create_class(p_model bigint, p_code text, p_definition jsonb default '{}')
returns bigint
language plpgsql
volatile
security definer  -- lends: making class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_id bigint;
  v_parent bigint;
  v_bundle constant boolean := nullif(current_setting('pgears.changed_classes', true), '') is null;
begin
  perform meta.check_code(p_code, 'class');
  perform meta.check_definition('class', p_definition - '{columns,keys}'::text[], '$');

  if p_definition ? 'parent' then
    v_parent := meta.find_class(p_model, p_definition ->> 'parent');
    perform meta.lock_class(v_parent);
  end if;

  insert into meta.class (model_id, code, name, parent_id, ancestors, description, archive, deletion, web_service, parts)
  values (
    p_model,
    p_code,
    meta.localized(p_definition -> 'name'),
    v_parent,
    coalesce((select array_prepend(c.id, c.ancestors) from meta.class as c where c.id = v_parent), '{}'),
    coalesce(p_definition ->> 'description', ''),
    coalesce((p_definition ->> 'archive')::boolean, false),
    coalesce(p_definition ->> 'deletion', 'logical'),
    coalesce((p_definition ->> 'web_service')::boolean, false),
    (p_definition #>> '{partition_by,parts}')::integer
  )
  on conflict (model_id, code) do nothing
  returning id into v_id;

  if v_id is null then
    raise exception 'the model has a class "%" already', p_code
      using errcode = 'PG105', hint = 'Choose another code, or change the class that is there.';
  end if;

  if v_bundle then
    perform meta.begin_changes();
  end if;

  perform meta.check_view_names();
  perform meta.create_class_table(v_id);

  if v_parent is not null then
    if to_regclass('data.family_' || v_parent) is null then
      perform meta.create_family(v_parent);
      perform meta.touch_class(v_parent);
    end if;

    -- A calculated column may stand before those that it reads.
    perform meta.add_physical_column(v_id, e.column_id)
    from meta.effective_column as e
    where e.class_id = v_id
    order by e.type = 'calculated', e.position;

    perform meta.create_key(v_id, k.id)
    from meta.class_key as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where a.class_id = v_id and a.depth > 0;
  end if;

  -- jsonb forgets the order of columns: "position" tells it where it matters.
  perform meta.add_column(v_id, c.key, c.value)
  from jsonb_each(coalesce(p_definition -> 'columns', '{}')) as c (key, value)
  order by c.value ->> 'type' = 'calculated', (c.value ->> 'position')::integer, c.key;

  if p_definition ? 'keys' then
    perform meta.set_keys(v_id, p_definition -> 'keys');
  end if;

  perform meta.touch_class(v_id);
  perform meta.follow_targets(meta.several_targets(v_id));

  if v_bundle then
    perform meta.finish_changes();
  end if;

  return v_id;
end;
$$;

comment on function meta.create_class(bigint, text, jsonb) is
'Id of a new class of a model. Keys of the definition: name, description, archive, deletion, parent, web_service, partition_by, columns, keys. Raises PG101 to PG115.';

revoke all on function meta.create_class(bigint, text, jsonb) from public;
grant execute on function meta.create_class(bigint, text, jsonb) to pgears_admin;
