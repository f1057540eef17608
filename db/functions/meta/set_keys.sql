-- Give a class the natural keys listed, and no others.

create or replace function meta.set_keys(p_class bigint, p_keys jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_key record;
  v_id bigint;
  v_changed boolean := false;
begin
  for v_key in
    select k.id, k.column_ids
    from meta.class_key as k
    where k.class_id = p_class
      and not exists (
        select from jsonb_array_elements(coalesce(p_keys, '[]')) as w (codes)
        where meta.key_columns(p_class, w.codes) = k.column_ids
      )
  loop
    delete from meta.class_key as k where k.id = v_key.id;
    execute (
      select string_agg(format('drop index data.datarow_%s_key_%s;', a.class_id, v_key.id), ' ')
      from meta.ancestry as a
      where a.ancestor_id = p_class
    );
    v_changed := true;
  end loop;

  for v_key in
    select meta.key_columns(p_class, w.codes) as column_ids
    from jsonb_array_elements(coalesce(p_keys, '[]')) as w (codes)
  loop
    insert into meta.class_key (class_id, column_ids)
    values (p_class, v_key.column_ids)
    on conflict (class_id, column_ids) do nothing
    returning id into v_id;

    if v_id is not null then
      v_changed := true;
      perform meta.create_key(a.class_id, v_id)
      from meta.ancestry as a
      where a.ancestor_id = p_class;
    end if;
  end loop;

  -- Triggers of partitioned classes watch over keys.
  if v_changed and exists (
    select from meta.ancestry as a inner join meta.class as c on a.class_id = c.id where a.ancestor_id = p_class and c.parts is not null
  ) then
    perform meta.touch_class(p_class);
  end if;
end;
$$;

comment on function meta.set_keys(bigint, jsonb) is
'Set the natural keys of a class, a list of lists of column codes. Raises PG106, PG113 when rows have equal values.';

revoke all on function meta.set_keys(bigint, jsonb) from public;
grant execute on function meta.set_keys(bigint, jsonb) to pgears_admin;
