-- Send a message again to those who did not get it.
--
-- The Message-ID stays: of an unknown mail that did arrive, readers see one. A draft that may
-- have been sent is kept, so that the runner looks at it first.

create or replace function mail.resend(p_message bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing the outbox to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message mail.message;
begin
  v_message := mail.lock_message(p_message, array['refused', 'unknown', 'cancelled', 'held', 'bounced'], 'sent again');

  if v_message.state = 'unknown' and exists (select from queue.task as t where t.id = v_message.task_id) then
    perform queue.cancel(v_message.task_id);
  end if;

  update mail.recipient as r
  set state = 'queued', code = null, answer = null, settled = null
  where r.message_id = p_message and r.state <> 'sent';

  update mail.message as m
  set
    state = 'queued',
    error = null,
    settled = null,
    token = null,
    slot = null,
    draft = case when m.state not in ('refused', 'bounced') then m.draft end,
    draft_asked = case when m.state not in ('refused', 'bounced') then m.draft_asked end,
    task_id = queue.enqueue('mail.send', jsonb_build_object('message', p_message))
  where m.id = p_message;
end;
$$;

comment on function mail.resend(bigint) is
'Queue a message again for the recipients that did not get it. Raises PG405 when there is none, PG406 unless it is refused, unknown, cancelled, held or bounced, PG306 while the runner looks an unknown one up.';

revoke all on function mail.resend(bigint) from public;
grant execute on function mail.resend(bigint) to pgears_admin;
