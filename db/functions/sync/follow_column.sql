-- Synchronisations follow a renamed column, and keep one from being dropped that they name.
--
-- A column belongs to the class that it was added to and to all that inherit from it.
-- requires: meta.ancestry

create or replace function sync.follow_column()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_use record;
begin
  for v_use in
    select
      d.id, d.definition, m.code || '.' || d.code as name,
      exists (select from meta.ancestry as a where a.class_id = d.class_id and a.ancestor_id = old.class_id) as own,
      array(
        select c.key
        from jsonb_each_text(d.definition -> 'columns') as c
        cross join lateral regexp_match(c.value, '->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*$') as l (path)
        inner join meta.class as k on true
        inner join meta.model as o on k.model_id = o.id
        inner join meta.ancestry as a on k.id = a.class_id
        where a.ancestor_id = old.class_id and l.path[2] = old.code
          and l.path[1] in (o.code || '.' || k.code, case when k.model_id = d.model_id then k.code end)
      ) as lookups
    from sync.definition as d
    inner join meta.model as m on d.model_id = m.id
  loop
    if tg_op = 'DELETE' then
      if cardinality(v_use.lookups) > 0 or (v_use.own and v_use.definition -> 'columns' ? old.code) then
        raise exception 'column "%" is named by synchronisation %', old.code, v_use.name
          using errcode = 'PG118', hint = 'Take it out of its columns first.';
      end if;
    elsif v_use.own or cardinality(v_use.lookups) > 0 then
      update sync.definition as d
      set
        definition = d.definition
        || jsonb_build_object(
          'columns',
          (
            select jsonb_object_agg(
              case when v_use.own and c.key = old.code then new.code else c.key end,
              case when c.key = any (v_use.lookups) then regexp_replace(c.value, '[.][a-z0-9_-]+\s*$', '.' || new.code) else c.value end
            )
            from jsonb_each_text(d.definition -> 'columns') as c
          ),
          'keys',
          (
            select jsonb_agg(case when v_use.own and k.code = old.code then new.code else k.code end order by k.place)
            from jsonb_array_elements_text(d.definition -> 'keys') with ordinality as k (code, place)
          )
        )
        || case
          when v_use.own and d.definition ? 'rows'
            then jsonb_build_object('rows', meta.replace_placeholder(d.definition ->> 'rows', old.code, new.code))
          else '{}'
        end,
        -- Hashes of a snapshot are over columns in the order of their codes.
        unsure = true
      where d.id = v_use.id;

      delete from sync.snapshot as s where s.definition_id = v_use.id;
    end if;
  end loop;

  return null;
end;
$$;

comment on function sync.follow_column() is 'Trigger function: rewrite columns of synchronisations for a renamed column; raise PG118 for a dropped one in use.';

revoke all on function sync.follow_column() from public;
