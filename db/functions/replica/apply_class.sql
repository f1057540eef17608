-- Take in rows of one class, all at once; when that fails, by halves, until the row that is
-- refused stands alone and is set aside. So one bad row costs time and stops nothing.

create or replace function replica.apply_class(p_subscription replica.subscription, p_class bigint, p_columns text[], p_rows json, p_policy text)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
  v_half json;
  v_rows bigint := 0;
begin
  begin
    return replica.apply_rows(p_subscription, p_class, p_columns, p_rows, p_policy);
  exception
    when others then
      -- Of the moment, not of the row: connection, resources, conflicts of transactions.
      if left(sqlstate, 2) in ('08', '25', '40', '53', '55', '57', '58', 'XX') or sqlstate in ('PG140', '42P01', '42703') then
        raise;
      end if;

      v_count := json_array_length(p_rows);

      if v_count = 1 then
        insert into replica.conflict (subscription_id, class_id, uid, kind, state, found, incoming, columns, reason)
        values (p_subscription.id, p_class, (p_rows -> 0 ->> '@uid')::uuid, 'refused', 'open', core.now(), p_rows -> 0, p_columns, sqlerrm)
        on conflict (subscription_id, class_id, uid) where state = 'open' do update
        set
          incoming = excluded.incoming, columns = excluded.columns, reason = excluded.reason, kind = excluded.kind,
          tried = case when conflict.incoming = excluded.incoming then conflict.tried end;
        return 0;
      end if;
  end;

  for v_half in
    select json_agg(r.row order by r.n)
    from json_array_elements(p_rows) with ordinality as r (row, n)
    group by r.n <= v_count / 2
    order by min(r.n)
  loop
    v_rows := v_rows + replica.apply_class(p_subscription, p_class, p_columns, v_half, p_policy);
  end loop;

  return v_rows;
end;
$$;

comment on function replica.apply_class(replica.subscription, bigint, text[], json, text) is 'Number of rows written; those that are refused become rows of replica.conflict.';

revoke all on function replica.apply_class(replica.subscription, bigint, text[], json, text) from public;
