-- Which right grants an account each operation on a class, or on one row, or why none does.
--
-- A line for each right of a role that the account has; for an operation without any, a line
-- that names the roles that have it. Tells the units of a row, none of its contents.
-- requires: access.group_name meta.class_id meta.class_path

create or replace function access.explain(p_account text, p_class text, p_row bigint default null)
returns table (operation text, granted boolean, role text, reason text)
language plpgsql
stable
security definer  -- lends: reading rights and the units of a row to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class constant bigint := meta.class_id(p_class);
  v_account constant access.account := access.find_account(p_account);
  v_role pg_roles;
  v_row jsonb;
  v_right record;
  v_units bigint[];
  v_reached bigint[];
begin
  select r.* into v_role from pg_roles as r where r.rolname = p_account;

  if p_row is not null then
    execute format('select to_jsonb(r) from data.datarow_%s as r where r.id = $1', v_class) using p_row into v_row;

    if v_row is null then
      raise exception 'class % has no row %', p_class, p_row
        using errcode = 'PG106', hint = 'Give the id of a row, deleted or not, of this very class.';
    end if;
  end if;

  for v_right in
    select
      o.operation,
      o.position,
      r.*,
      s.code as structure,
      t.code as role_code,
      t.enabled,
      m.enabled as enabled_here,
      array(select k.code from meta.class_column as k where k.id = any (r.hidden) order by k.code) as hidden_codes,
      coalesce(pg_has_role(v_role.oid, g.oid, 'usage') and not v_role.rolsuper, false) as member
    from unnest(access.operations('class')) with ordinality as o (operation, position)
    left join (
      access.role_right as r
      inner join access.role as t on r.role_id = t.id
      inner join access.role_model as m on r.role_id = m.role_id and r.model_id = m.model_id
      left join pg_roles as g on g.rolname = access.group_name(t.code)
    ) on r.class_id = v_class and o.operation = r.operation
      and (
        pg_has_role(v_role.oid, g.oid, 'usage')
        or exists (select from access.membership as k where k.account_id = v_account.id and k.role_id = t.id)
      )
    left join access.structure as s on r.structure_id = s.id
    order by o.position, t.code, r.depth nulls first
  loop
    operation := v_right.operation;
    role := v_right.role_code;
    granted := false;

    if v_role.oid is null then
      reason := 'the PostgreSQL role was dropped';
    elsif v_role.rolsuper or v_role.rolbypassrls then
      granted := v_role.rolsuper;
      reason := case
        when v_role.rolsuper then 'superuser: PostgreSQL asks no right'
        else 'bypassrls: PostgreSQL asks privileges, no policies'
      end;
    elsif v_right.role_id is null then
      reason := 'no role of the account has this right' || coalesce(
        '; it is held by ' || (
          select string_agg(distinct t.code, ', ' order by t.code)
          from access.role_right as r
          inner join access.role as t on r.role_id = t.id
          where r.class_id = v_class and r.operation = v_right.operation
        ), ''
      );
    elsif not v_account.enabled then
      reason := 'the account is suspended';
    elsif not v_right.enabled then
      reason := 'the role is switched off';
    elsif not v_right.enabled_here then
      reason := 'the role is switched off in the model';
    elsif not v_right.member then
      reason := 'PostgreSQL does not have the account as a member any more';
    elsif v_right.structure_id is null then
      granted := true;
      reason := 'every row';
    else
      select s.unit_ids into v_reached
      from access.scope as s
      where s.login = p_account::name and s.structure_id = v_right.structure_id and s.depth = v_right.depth;

      v_units := array(
        select u.id::bigint
        from jsonb_array_elements_text(
          case jsonb_typeof(v_row -> ('c' || v_right.column_id))
            when 'array' then v_row -> ('c' || v_right.column_id)
            when 'number' then jsonb_build_array(v_row -> ('c' || v_right.column_id))
            else '[]'
          end
        ) as u (id)
      );

      if v_reached is null then
        reason := format('the account belongs to no unit of structure %s', v_right.structure);
      elsif v_row is null then
        granted := true;
        reason := format('rows in %s units of structure %s, %s levels down', cardinality(v_reached), v_right.structure, v_right.depth);
      elsif cardinality(v_units) = 0 then
        reason := 'the row belongs to no unit';
      else
        granted := v_units && v_reached;
        reason := format(
          'unit %s %s among the %s units of structure %s reached %s levels down',
          array_to_string(v_units, ', '), case when granted then 'is' else 'is not' end, cardinality(v_reached), v_right.structure, v_right.depth
        );
      end if;
    end if;

    if granted and cardinality(v_right.hidden_codes) > 0 then
      reason := format('%s, without %s', reason, array_to_string(v_right.hidden_codes, ', '));
    end if;

    return next;
  end loop;
end;
$$;

comment on function access.explain(text, text, bigint) is
'Operation by operation, what grants it to the account on a class (model.class) or one of its rows, or why nothing does. Raises PG106, PG907.';

revoke all on function access.explain(text, text, bigint) from public;
grant execute on function access.explain(text, text, bigint) to pgears_admin;
