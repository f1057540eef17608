-- Say what a role may do in a model; makes the role when it is new.
--
-- Keys: name, tables, rights: [{class|query|import|...: code, allow: [...], scope: all or a
-- structure, column, depth, hide: [...]}]. Policies and grants follow in this transaction.
-- Whether the role is switched on, here or everywhere, stays as it is.
-- requires: access.apply_rights access.check_hidden access.ensure_group

create or replace function access.set_role(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: making group roles, policies and grants to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role bigint;
  v_former access.role_right[];
  v_structures bigint[];
begin
  perform access.lock();
  perform access.group_name(p_code);
  perform meta.check_definition('role', p_definition, '$');
  select r.id into v_role from access.role as r where r.code = p_code;

  if v_role is null then
    perform access.ensure_group(p_code);
    insert into access.role (code) values (p_code) returning id into v_role;
  end if;

  update access.role as r
  set name = meta.localized(p_definition -> 'name')
  where r.id = v_role and p_definition ? 'name';

  insert into access.role_model (role_id, model_id, tables, definition)
  values (v_role, p_model, coalesce((p_definition ->> 'tables')::boolean, false), p_definition)
  on conflict (role_id, model_id) do update
  set tables = excluded.tables,
      definition = excluded.definition;

  v_former := array(select r from access.role_right as r where r.role_id = v_role and r.model_id = p_model);
  delete from access.role_right as r where r.role_id = v_role and r.model_id = p_model;

  update access.role_model as m
  set resolved = array_to_json(array(
    select access.add_right(v_role, p_model, r.value, format('$.rights[%s]', r.position - 1))
    from jsonb_array_elements(coalesce(p_definition -> 'rights', '[]')) with ordinality as r (value, position)
    order by r.position
  ))
  where m.role_id = v_role and m.model_id = p_model;

  perform access.check_hidden(v_role);

  select array_agg(distinct coalesce(n.structure_id, f.structure_id)) into v_structures
  from (
    select distinct r.structure_id, r.depth
    from unnest(v_former) as r
    where r.structure_id is not null
  ) as f
  full join (
    select distinct r.structure_id, r.depth
    from access.role_right as r
    where r.role_id = v_role and r.model_id = p_model and r.structure_id is not null
  ) as n on f.structure_id = n.structure_id and f.depth = n.depth
  where f.structure_id is null or n.structure_id is null;

  perform access.refresh_depths(v_structures);
  perform access.apply_rights(array(
    select r.class_id from unnest(v_former) as r where r.class_id is not null
    union
    select r.class_id from access.role_right as r where r.role_id = v_role and r.model_id = p_model and r.class_id is not null
  ));

  return v_role;
end;
$$;

comment on function access.set_role(bigint, text, jsonb) is
'Id of a role, made or changed in a model. Raises PG101, PG103, PG110 to PG114, PG902, PG912, PG914, PG915.';

revoke all on function access.set_role(bigint, text, jsonb) from public;
grant execute on function access.set_role(bigint, text, jsonb) to pgears_admin;
