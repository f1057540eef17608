-- Refuse to drop a class while rows of others refer to its rows by a reference to an ancestor.
-- requires: meta.class_path

create or replace function meta.check_unused_rows(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_found boolean;
  v_users text[] := array[]::text[];
begin
  for v_column in
    select
      format('column %s of %s', e.code, meta.class_path(e.class_id)) as name,
      case
        when e.is_array then format(
          'select exists (select from data.link_%1$s as l inner join data.datarow_%2$s as t on l.target_id = t.id'
          ' inner join data.datarow_%3$s as r on l.row_id = r.id)',
          e.column_id, p_class, e.class_id
        )
        else format(
          'select exists (select from data.datarow_%3$s as r inner join data.datarow_%2$s as t on r.c%1$s = t.id%4$s)',
          e.column_id, p_class, e.class_id,
          case when cardinality(e.targets) > 1 then format(' and r.c%s_class = %L', e.column_id, meta.class_path(a.ancestor_id)) else '' end
        )
      end as query
    from meta.ancestry as a
    inner join meta.effective_column as e on a.ancestor_id = any (e.targets)
    where a.class_id = p_class and a.ancestor_id <> p_class and e.class_id <> p_class and e.type = 'reference'
  loop
    execute v_column.query into v_found;

    if v_found then
      v_users := v_users || v_column.name;
    end if;
  end loop;

  if cardinality(v_users) > 0 then
    raise exception 'rows of class % are referred to by %', meta.class_path(p_class), array_to_string(v_users, ', ')
      using errcode = 'PG118', hint = 'Empty these references or delete the rows that have them, deleted ones included, and try again.';
  end if;
end;
$$;

comment on function meta.check_unused_rows(bigint) is 'Raise PG118 when rows of other classes refer to rows of a class.';

revoke all on function meta.check_unused_rows(bigint) from public;
