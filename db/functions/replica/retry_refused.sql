-- Try rows again that were refused: what stood in their way may have changed.
--
-- Those that were tried longest ago come first, so that some which never fit keep no others
-- from their turn; and one that went in may have been what others waited for.

create or replace function replica.retry_refused(p_subscription replica.subscription, p_limit integer default 100)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_part record;
  v_count bigint;
  v_rows bigint := 0;
begin
  loop
    v_count := 0;

    for v_part in
      with chosen as (
        select c.id
        from replica.conflict as c
        where c.subscription_id = p_subscription.id and c.state = 'open' and c.kind = 'refused' and c.tried is distinct from now()
        order by c.tried nulls first, c.id
        limit p_limit
      ),

      marked as (
        update replica.conflict as c
        set tried = now()
        from chosen as h
        where c.id = h.id
        returning c.*
      )

      select m.class_id, m.columns, json_agg(m.incoming order by m.id) as rows
      from marked as m
      inner join replica.subscribed_class as k on k.subscription_id = p_subscription.id and m.class_id = k.class_id
      group by k.position, m.class_id, m.columns
      order by k.position, min(m.id)
    loop
      v_count := v_count + replica.apply_class(
        p_subscription, v_part.class_id, v_part.columns, v_part.rows, p_subscription.policy
      );
    end loop;

    exit when v_count = 0;
    v_rows := v_rows + v_count;
  end loop;

  if v_rows > 0 then
    perform replica.resolve_pending();
  end if;

  return v_rows;
end;
$$;

comment on function replica.retry_refused(replica.subscription, integer) is 'Number of refused rows that were written after all.';

revoke all on function replica.retry_refused(replica.subscription, integer) from public;
