-- Refuse a change of a structure after which rights that use it would not fit.
--
-- The column of such a right refers to the class of units, or to users; its depth is within
-- the reach of the structure.
-- requires: meta.effective_column

create or replace function access.check_rights_fit(p_structure bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_right record;
begin
  select r.*, o.code, s.max_depth into v_right
  from access.role_right as r
  inner join access.role as o on r.role_id = o.id
  inner join access.structure as s on r.structure_id = s.id
  inner join meta.effective_column as e on r.class_id = e.class_id and r.column_id = e.column_id
  where s.id = p_structure
    and (r.depth > s.max_depth or case when s.kind = 'manager' then not e.target_user else e.targets <> array[s.class_id] end)
  limit 1;

  if found then
    raise exception 'a right of role "%" on class % does not fit the structure', v_right.code, meta.class_path(v_right.class_id)
      using errcode = 'PG914', hint = format('Its column must refer to the units, and its depth (%s) may be %s at most.', v_right.depth, v_right.max_depth);
  end if;
end;
$$;

comment on function access.check_rights_fit(bigint) is 'Raise PG914 when a right does not fit its structure.';

revoke all on function access.check_rights_fit(bigint) from public;
