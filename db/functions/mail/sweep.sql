-- Settle messages whose task has left the queue without them: dead, cancelled or lost.
--
-- A runner does this now and then, so that no message says "sending" for ever. Sending
-- becomes unknown, as the server may have it. Gives the number of messages settled.

create or replace function mail.sweep()
returns integer
language plpgsql
volatile
security definer  -- lends: writing the outbox to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost record;
  v_count integer := 0;
begin
  for v_lost in
    select
      m.id,
      case
        when m.state = 'sending' then 'unknown'
        when d.id is not null then 'refused'
        else 'cancelled'
      end as state,
      coalesce(d.error, 'its task was taken out of the queue') as error
    from mail.message as m
    left join queue.dead as d on m.task_id = d.id
    where m.state in ('queued', 'retrying', 'sending')
      and not exists (select from queue.task as t where t.id = m.task_id)
    for update of m skip locked
  loop
    update mail.recipient as r
    set state = v_lost.state, settled = core.now()
    where r.message_id = v_lost.id and r.state in ('queued', 'retrying', 'sending');

    update mail.message as m
    set state = v_lost.state, error = v_lost.error, settled = core.now()
    where m.id = v_lost.id;

    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

comment on function mail.sweep() is 'Settle messages whose task is not in the queue any more; gives their number.';

revoke all on function mail.sweep() from public;
grant execute on function mail.sweep() to pgears_runner;
