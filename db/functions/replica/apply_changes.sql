-- Take in a batch of a peer and move the position, in one transaction: each exactly once.
--
-- Rows go through the triggers of their classes with the source "replica", and keep what the
-- writer's instance wrote into system columns. This function alone can set that mark. One
-- batch is applied at a time in an instance, so that two subscriptions never race for a row.

create or replace function replica.apply_changes(p_subscription bigint, p_token uuid, p_batch json)
returns bigint
language plpgsql
volatile
security definer  -- lends: class tables to the runner, for rows of other instances
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_subscription constant replica.subscription := replica.hold_lease(p_subscription, p_token);
  v_copied constant text := p_batch ->> 'copied';
  v_part record;
  v_rows bigint := 0;
begin
  perform replica.begin_writing(v_subscription.rules);

  for v_part in
    select k.class_id, p.part
    from json_array_elements(p_batch -> 'classes') as p (part)
    inner join replica.subscribed_class as k
      on k.subscription_id = p_subscription and meta.class_path(k.class_id) = p.part ->> 'class'
    order by k.position
  loop
    perform replica.note_columns(p_subscription, v_part.class_id, v_part.part -> 'columns');
    v_rows := v_rows + replica.apply_class(
      v_subscription, v_part.class_id, array(select c.code from json_array_elements_text(v_part.part -> 'columns') as c (code)),
      v_part.part -> 'rows', v_subscription.policy
    );
  end loop;

  if v_rows > 0 then
    perform replica.resolve_pending();
  end if;

  if v_rows > 0 and p_batch ->> 'more' = 'false' then
    perform replica.retry_refused(v_subscription);
  end if;

  perform replica.end_writing();

  if v_copied is not null then
    update replica.subscribed_class as k
    set copied_to = (p_batch ->> 'copied_to')::bigint
    where k.subscription_id = p_subscription and meta.class_path(k.class_id) = v_copied;

    update replica.subscription as s set applied = s.applied + v_rows where s.id = p_subscription;
    return v_rows;
  end if;

  update replica.subscription as s
  set
    transaction_id = (p_batch ->> 'transaction')::xid8,
    position = (p_batch ->> 'position')::bigint,
    piece = (p_batch ->> 'piece')::bigint,
    behind = (p_batch ->> 'behind')::bigint,
    applied = s.applied + v_rows,
    error = null,
    caught_up = case
      when p_batch ->> 'more' = 'false' and not exists (
        select from replica.subscribed_class as k where k.subscription_id = s.id and k.copied_to is not null
      ) then core.now()
      else s.caught_up
    end
  where s.id = p_subscription;

  return v_rows;
end;
$$;

comment on function replica.apply_changes(bigint, uuid, json) is 'Number of rows of a batch that were new here; the position moves with them. Raises PG809 without the lease.';

revoke all on function replica.apply_changes(bigint, uuid, json) from public;
grant execute on function replica.apply_changes(bigint, uuid, json) to pgears_runner;
