-- The condition of a policy for rows in the units that the reader reaches.
--
-- The sub-select is an init plan: one probe of a stored row per statement, then an index
-- on the column can be used. "true" is no barrier to any index at all.

create or replace function access.scope_condition(p_structure bigint, p_column bigint, p_depth integer, p_several boolean)
returns text
language sql
immutable
begin atomic
  select
    case
      when p_structure is null then 'true'
      else format(
        case when p_several then 'c%s && (%s)::bigint[]' else 'c%s = any ((%s)::bigint[])' end,
        p_column,
        format('select s.unit_ids from access.my_scope as s where s.structure_id = %s and s.depth = %s', p_structure, p_depth)
      )
    end;
end;

comment on function access.scope_condition(bigint, bigint, integer, boolean) is
'SQL condition over a class table for a right; null structure means every row.';

revoke all on function access.scope_condition(bigint, bigint, integer, boolean) from public;
