-- Say what became of a message whose attempt was lost: it was sent, or is to be sent again.

create or replace function mail.resolve(p_message bigint, p_outcome text)
returns void
language plpgsql
volatile
security definer  -- lends: writing the outbox to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message mail.message;
begin
  v_message := mail.lock_message(p_message, array['unknown'], 'resolved');

  if p_outcome = 'resend' then
    perform mail.resend(p_message);
  elsif p_outcome = 'sent' then
    if exists (select from queue.task as t where t.id = v_message.task_id) then
      perform queue.cancel(v_message.task_id);
    end if;

    update mail.recipient as r
    set state = 'sent', answer = 'confirmed by ' || access.current_account(), settled = core.now()
    where r.message_id = p_message and r.state = 'unknown';

    update mail.message as m
    set state = mail.overall_state(p_message), error = mail.trouble(p_message), settled = core.now()
    where m.id = p_message;
  else
    raise exception 'a mail cannot be resolved as "%"', p_outcome
      using errcode = 'PG409', hint = 'Use sent or resend.';
  end if;
end;
$$;

comment on function mail.resolve(bigint, text) is
'Settle an unknown message as sent, or resend it. Raises PG405, PG406 for other states, PG409 for another outcome, PG306 while the runner looks it up.';

revoke all on function mail.resolve(bigint, text) from public;
grant execute on function mail.resolve(bigint, text) to pgears_admin;
