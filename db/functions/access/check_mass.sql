-- Refuse a statement that changes or deletes many rows to an account without the mass right.
--
-- Called by the triggers of class tables for statements of more than one row. The threshold
-- is a setting of the instance (mass_threshold). Owner and superusers are not asked.
-- requires: access.effective_right

create or replace function access.check_mass(p_class bigint, p_operation text, p_count integer)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_threshold integer;
  v_account text;
begin
  select (s.value #>> '{}')::integer into v_threshold from core.setting as s where s.code = 'mass_threshold';

  -- Another instance asked already; the mark is genuine (core.check_source comes first).
  if p_count <= v_threshold or core.source() = 'replica' then
    return;
  end if;

  v_account := access.current_account();

  if pg_has_role(v_account, (select c.relowner from pg_class as c where c.oid = to_regclass('data.datarow_' || p_class)), 'usage')
    or exists (
      select
      from access.effective_right as r
      inner join pg_roles as g on r.group_name = g.rolname
      where r.class_id = p_class and r.operation = p_operation and pg_has_role(v_account, g.oid, 'usage')
    )
  then
    return;
  end if;

  raise exception 'the statement touches % rows of class %, % are possible', p_count, meta.class_path(p_class), v_threshold
    using errcode = 'PG916', hint = format('Take fewer rows at a time, or ask for the right %s.', p_operation);
end;
$$;

comment on function access.check_mass(bigint, text, integer) is 'Part of generated trigger functions: raise PG916 for a mass operation without its right.';

revoke all on function access.check_mass(bigint, text, integer) from public;
