-- Try rows again that were refused: what stood in their way may have changed.

create or replace function replica.retry_refused(p_subscription replica.subscription, p_limit integer default 100)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conflict replica.conflict;
  v_rows bigint := 0;
begin
  for v_conflict in
    select c.*
    from replica.conflict as c
    where c.subscription_id = p_subscription.id and c.state = 'open' and c.kind = 'refused'
    order by c.id
    limit p_limit
  loop
    v_rows := v_rows + replica.apply_class(
      p_subscription, v_conflict.class_id, v_conflict.columns, json_build_array(v_conflict.incoming), p_subscription.policy
    );
  end loop;

  if v_rows > 0 then
    perform replica.resolve_pending();
  end if;

  return v_rows;
end;
$$;

comment on function replica.retry_refused(replica.subscription, integer) is 'Number of refused rows that were written after all.';

revoke all on function replica.retry_refused(replica.subscription, integer) from public;
