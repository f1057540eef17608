-- Make the indexes that policies with a scope need and that are not there yet.
--
-- A single reference has an index on the class table anyway.
-- requires: access.class_relation access.effective_right

create or replace function access.apply_indexes(p_classes bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_index record;
begin
  for v_index in
    select distinct
      c.relname,
      format('%s_c%s%s_idx', c.relname, k.id, case when m.is_array then '_scope' else '' end) as name,
      case when m.is_array then 'gin' else 'btree' end as method,
      'c' || k.id as physical
    from access.effective_right as r
    inner join meta.class_column as k on r.column_id = k.id
    inner join access.class_relation as t on r.class_id = t.class_id and t.kind in ('rows', 'archive')
    inner join pg_class as c on t.relation = c.oid
    cross join lateral (select coalesce((k.definition ->> 'multiple')::boolean, false)) as m (is_array)
    where r.class_id = any (p_classes) and (r.operation = 'read' or t.kind = 'rows')
  loop
    if to_regclass(format('data.%I', v_index.name)) is null then
      execute format('create index %I on data.%I using %s (%I)', v_index.name, v_index.relname, v_index.method, v_index.physical);
    end if;
  end loop;
end;
$$;

comment on function access.apply_indexes(bigint[]) is 'Make the missing indexes of unit columns that rights on these classes use.';

revoke all on function access.apply_indexes(bigint[]) from public;
