-- Fill references whose targets have arrived; one that somebody has set meanwhile is left alone.

create or replace function replica.resolve_pending()
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_count bigint;
  v_rows bigint := 0;
begin
  for v_column in
    select k.*
    from replica.exchanged_column as k
    where exists (select from replica.pending as p where p.class_id = k.class_id and p.column_id = k.column_id)
  loop
    execute format(
      $sql$
      with found as (
        select p.uid, p.put, %3$s as ids%4$s, %5$s as complete
        from replica.pending as p
        cross join lateral (select %6$s as %7$I) as x
        where p.class_id = %1$s and p.column_id = %2$s
      ),

      filled as (
        update data.datarow_%1$s as t
        set %8$I = f.ids%9$s
        from found as f
        where t.uid = f.uid and %10$s
        returning f.uid, f.ids
      )%12$s

      delete from replica.pending as p
      using found as f
      left join data.datarow_%1$s as t on f.uid = t.uid
      where p.class_id = %1$s and p.column_id = %2$s and p.uid = f.uid and (%11$s)
      $sql$,
      v_column.class_id,
      v_column.column_id,
      v_column.writes,
      case when v_column.several then format(', %s as path', v_column.writes_class) else '' end,
      case when v_column.is_array then format('coalesce(cardinality(%s), 0) >= jsonb_array_length(p.value)', v_column.writes) else format('%s is not null', v_column.writes) end,
      case
        when v_column.kind = 'file' then 'p.value'
        when v_column.is_array then format('array(select e.key::%s from jsonb_array_elements_text(p.value) with ordinality as e (key, n) order by e.n)', rtrim(v_column.carried_type, '[]'))
        else format('(p.value #>> ''{}'')::%s', v_column.carried_type)
      end,
      v_column.code,
      v_column.physical,
      case when v_column.several then format(', %I = f.path', v_column.physical || '_class') else '' end,
      case
        when v_column.is_array then format('f.ids is distinct from t.%1$I and t.%1$I is not distinct from f.put', v_column.physical)
        else format('f.ids is not null and t.%I is null', v_column.physical)
      end,
      case
        when v_column.is_array then format('f.complete or t.uid is null or t.%I is distinct from f.put', v_column.physical)
        else format('f.complete or t.uid is null or t.%I is not null', v_column.physical)
      end,
      case
        when v_column.is_array then format(
          $sql$,

      noted as (
        update replica.pending as p
        set put = f.ids
        from filled as f
        where p.class_id = %s and p.column_id = %s and p.uid = f.uid
          and not exists (select from found as d where d.uid = f.uid and d.complete)
      )
          $sql$,
          v_column.class_id, v_column.column_id
        )
        else ''
      end
    );
    get diagnostics v_count = row_count;
    v_rows := v_rows + v_count;
  end loop;

  return v_rows;
end;
$$;

comment on function replica.resolve_pending() is 'Number of references that wait no longer.';

revoke all on function replica.resolve_pending() from public;
