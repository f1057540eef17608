-- Make or change an organisation structure over classes, and compute it from their rows.
--
-- Keys: kind (manager, team, unit), class, max_depth, name, and by kind the columns:
-- manager: user, manager; team: superior, members; unit: superior, membership (class), user, unit.
-- requires: access.structure_sql

create or replace function access.set_structure(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: building class triggers and reading the structure's classes to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure access.structure;
  v_kind constant text := p_definition ->> 'kind';
begin
  perform access.lock();
  perform meta.check_code(p_code, 'structure');
  perform meta.check_definition('structure', p_definition, '$');

  v_structure.class_id := meta.find_class(p_model, p_definition ->> 'class');
  v_structure.max_depth := coalesce((p_definition ->> 'max_depth')::integer, 30);

  if v_structure.max_depth not between 1 and 30 then
    raise exception 'structure "%" cannot have a max_depth of %', p_code, v_structure.max_depth
      using errcode = 'PG111', detail = '$.max_depth', hint = 'Choose 1 (directly below only) to 30.';
  end if;

  if v_kind = 'manager' then
    v_structure.user_id := access.structure_column(v_structure.class_id, p_definition ->> 'user', 'user', null, false);
    v_structure.superior_id := access.structure_column(v_structure.class_id, p_definition ->> 'manager', 'manager', null, false);
  else
    v_structure.superior_id := access.structure_column(v_structure.class_id, p_definition ->> 'superior', 'superior', v_structure.class_id, false);
  end if;

  if v_kind = 'team' then
    v_structure.user_id := access.structure_column(v_structure.class_id, p_definition ->> 'members', 'members', null, true);
  elsif v_kind = 'unit' then
    if not p_definition ? 'membership' then
      raise exception 'the key "membership" of the structure is missing'
        using errcode = 'PG112', detail = '$', hint = 'It takes the code of the class that has user and unit.';
    end if;

    v_structure.membership_id := meta.find_class(p_model, p_definition ->> 'membership');
    v_structure.user_id := access.structure_column(v_structure.membership_id, p_definition ->> 'user', 'user', null, false);
    v_structure.unit_id := access.structure_column(v_structure.membership_id, p_definition ->> 'unit', 'unit', v_structure.class_id, false);
  end if;

  perform access.check_childless(c.id)
  from unnest(array[v_structure.class_id, v_structure.membership_id]) as c (id)
  where c.id is not null;

  insert into access.structure as s (
    model_id, code, name, kind, class_id, superior_id, membership_id, user_id, unit_id, max_depth, edge_sql, member_sql
  )
  select
    p_model,
    p_code,
    meta.localized(p_definition -> 'name'),
    v_kind,
    v_structure.class_id,
    v_structure.superior_id,
    v_structure.membership_id,
    v_structure.user_id,
    v_structure.unit_id,
    v_structure.max_depth,
    q.edge_sql,
    q.member_sql
  from access.structure_sql(
    v_kind, v_structure.class_id, v_structure.superior_id, v_structure.membership_id, v_structure.user_id, v_structure.unit_id
  ) as q
  on conflict (model_id, code) do update
  set
    name = excluded.name,
    kind = excluded.kind,
    class_id = excluded.class_id,
    superior_id = excluded.superior_id,
    membership_id = excluded.membership_id,
    user_id = excluded.user_id,
    unit_id = excluded.unit_id,
    max_depth = excluded.max_depth,
    edge_sql = excluded.edge_sql,
    member_sql = excluded.member_sql
  returning s.* into v_structure;

  perform access.check_rights_fit(v_structure.id);
  perform access.hook_structure(v_structure.id);
  perform access.rebuild_structure(v_structure.id);
  return v_structure.id;
end;
$$;

comment on function access.set_structure(bigint, text, jsonb) is
'Id of an organisation structure, made or changed. Raises PG110 to PG114 (definition), PG910 (circle), PG911 (columns do not fit), PG914 (rights do not fit any more).';

revoke all on function access.set_structure(bigint, text, jsonb) from public;
grant execute on function access.set_structure(bigint, text, jsonb) to pgears_admin;
