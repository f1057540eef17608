-- Take in a batch of a peer and move the position, in one transaction: each exactly once.
--
-- Rows go through the triggers of their classes with the source "replica", and keep what the
-- writer's instance wrote into system columns. This function alone can set that mark. One
-- batch is applied at a time in an instance, so that two subscriptions never race for a row.
-- Only the last batch of several waits for the disk, and makes those before it last as well: a
-- position travels with its rows, and the reader confirms none to the peer before that.

create or replace function replica.apply_changes(p_subscription bigint, p_token uuid, p_heads jsonb, p_rows text[])
returns bigint
language plpgsql
volatile
security definer  -- lends: class tables to the runner, for rows of other instances
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_subscription constant replica.subscription := replica.hold_lease(p_subscription, p_token);
  v_batch record;
  v_part record;
  v_rows bigint := 0;
begin
  perform replica.begin_writing(v_subscription.rules);

  select b.* into v_batch
  from jsonb_to_record(p_heads -> -1) as b (
    copied text, copied_to bigint, transaction text, position bigint, piece bigint, more boolean, behind bigint
  );

  if v_batch.more or v_batch.copied_to is not null then
    perform set_config('synchronous_commit', 'off', true);
  end if;

  for v_part in
    select k.class_id, h.head -> 'columns' as columns, h.n
    from jsonb_array_elements(p_heads) with ordinality as h (head, n)
    inner join replica.subscribed_class as k on k.subscription_id = p_subscription and meta.class_path(k.class_id) = h.head ->> 'class'
    order by k.position
  loop
    perform replica.note_columns(p_subscription, v_part.class_id, v_part.columns);
    v_rows := v_rows + replica.apply_class(
      v_subscription, v_part.class_id, array(select c.code from jsonb_array_elements_text(v_part.columns) as c (code)),
      p_rows[v_part.n]::json, v_subscription.policy
    );
  end loop;

  if v_rows > 0 then
    perform replica.resolve_pending();
  end if;

  if v_rows > 0 and not v_batch.more then
    perform replica.retry_refused(v_subscription);
  end if;

  perform replica.end_writing();

  if v_batch.copied is not null then
    update replica.subscribed_class as k
    set copied_to = v_batch.copied_to
    where k.subscription_id = p_subscription and meta.class_path(k.class_id) = v_batch.copied;

    update replica.subscription as s set applied = s.applied + v_rows where s.id = p_subscription;
    return v_rows;
  end if;

  update replica.subscription as s
  set
    transaction_id = v_batch.transaction::xid8,
    position = v_batch.position,
    piece = v_batch.piece,
    behind = v_batch.behind,
    applied = s.applied + v_rows,
    error = null,
    caught_up = case
      when not v_batch.more and not exists (
        select from replica.subscribed_class as k where k.subscription_id = s.id and k.copied_to is not null
      ) then core.now()
      else s.caught_up
    end
  where s.id = p_subscription;

  return v_rows;
end;
$$;

comment on function replica.apply_changes(bigint, uuid, jsonb, text[]) is 'Number of rows of a batch that were new here. Heads and rows as they were read; the last head is the position, which moves with them. Raises PG809 without the lease.';

revoke all on function replica.apply_changes(bigint, uuid, jsonb, text[]) from public;
grant execute on function replica.apply_changes(bigint, uuid, jsonb, text[]) to pgears_runner;
