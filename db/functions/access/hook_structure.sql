-- Build a structure into the triggers of its classes.
--
-- Statements over the transition tables: they pick the rows whose place has changed and
-- pass their ids, so that an update of anything else costs one comparison.
-- requires: access.unhook_structure

create or replace function access.hook_structure(p_structure bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure access.structure;
  v_changed text;
begin
  select s.* into strict v_structure from access.structure as s where s.id = p_structure;
  perform access.unhook_structure(p_structure);

  if v_structure.kind = 'manager' then
    insert into meta.class_hook (class_id, code, event, statement)
    select
      v_structure.class_id,
      format('structure %s units %s', p_structure, e.event),
      e.event,
      format(
        'perform access.follow_units(%s, array(%s), array(%s));',
        p_structure,
        replace(e.rows, '$', 'c' || v_structure.user_id),
        replace(e.rows, '$', 'c' || v_structure.superior_id)
      )
    from (
      values
      ('inserted', 'select n.$ from new_rows as n where n.deleted is null and n.$ is not null'),
      (
        'updated',
        replace(
          'select v.id from new_rows as n inner join old_rows as o on n.id = o.id cross join lateral (values (n.$), (o.$)) as v (id)'
          ' where v.id is not null and @',
          '@',
          format('(n.c%1$s, n.c%2$s) is distinct from (o.c%1$s, o.c%2$s)', v_structure.user_id, v_structure.superior_id)
        )
      ),
      ('deleted', 'select o.$ from old_rows as o where o.deleted is null and o.$ is not null')
    ) as e (event, rows);
  else
    v_changed := format('n.c%1$s is distinct from o.c%1$s', v_structure.superior_id)
      || case when v_structure.kind = 'team' then format(' or n.c%1$s is distinct from o.c%1$s', v_structure.user_id) else '' end;

    insert into meta.class_hook (class_id, code, event, statement)
    values
    (v_structure.class_id, format('structure %s units inserted', p_structure), 'inserted', format('perform access.follow_units(%s, v_ids);', p_structure)),
    (
      v_structure.class_id, format('structure %s units updated', p_structure), 'updated',
      format(
        'perform access.follow_units(%s, array(select n.id from new_rows as n inner join old_rows as o on n.id = o.id where %s));',
        p_structure, v_changed
      )
    ),
    (v_structure.class_id, format('structure %s units deleted', p_structure), 'deleted', format('perform access.follow_units(%s, v_ids);', p_structure));
  end if;

  insert into meta.class_hook (class_id, code, event, position, statement)
  select
    v_structure.membership_id,
    format('structure %s members %s', p_structure, e.event),
    e.event,
    1,
    format('perform access.follow_members(%s, array(%s));', p_structure, replace(e.rows, '$', 'c' || v_structure.user_id))
  from (
    values
    ('inserted', 'select n.$ from new_rows as n where n.deleted is null and n.$ is not null'),
    (
      'updated',
      'select v.id from new_rows as n inner join old_rows as o on n.id = o.id cross join lateral (values (n.$), (o.$)) as v (id)'
      || format(' where v.id is not null and (n.$, n.c%1$s) is distinct from (o.$, o.c%1$s)', v_structure.unit_id)
    ),
    ('deleted', 'select o.$ from old_rows as o where o.deleted is null and o.$ is not null')
  ) as e (event, rows)
  where v_structure.membership_id is not null;

  perform meta.touch_class(h.class_id)
  from (
    select distinct k.class_id from meta.class_hook as k where k.code like format('structure %s %%', p_structure)
  ) as h;
end;
$$;

comment on function access.hook_structure(bigint) is 'Register the upkeep of a structure in meta.class_hook and rebuild the triggers.';

revoke all on function access.hook_structure(bigint) from public;
