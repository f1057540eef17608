-- Keep a message from being sent to those who have not got it yet.

create or replace function mail.cancel(p_message bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing the outbox to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message mail.message;
begin
  v_message := mail.lock_message(p_message, array['queued', 'retrying', 'held', 'unknown'], 'cancelled');

  if v_message.state in ('queued', 'retrying', 'unknown') and exists (select from queue.task as t where t.id = v_message.task_id) then
    perform queue.cancel(v_message.task_id);
  end if;

  update mail.recipient as r
  set state = 'cancelled', settled = core.now()
  where r.message_id = p_message and r.state in ('queued', 'retrying', 'unknown');

  update mail.message as m
  set state = 'cancelled', error = null, settled = core.now()
  where m.id = p_message;
end;
$$;

comment on function mail.cancel(bigint) is
'Cancel a message that waits. Raises PG405 when there is none, PG406 when its state forbids it, PG306 when an attempt is beginning.';

revoke all on function mail.cancel(bigint) from public;
grant execute on function mail.cancel(bigint) to pgears_admin;
