-- Keep the id of a draft of the message, or forget it (null); with p_asked it is about to be sent.
--
-- Committed before the server is asked to send it: from then on the mail may have left, and
-- whoever takes the attempt over looks at the draft first. Without the lease nothing is
-- kept, and the draft must not be sent.

create or replace function mail.keep_draft(p_message bigint, p_task bigint, p_token uuid, p_draft text, p_asked boolean default false)
returns void
language plpgsql
volatile
security definer  -- lends: the outbox to the runner that holds the lease
set search_path = pg_catalog, pg_temp
as $$
begin
  if not mail.holds_lease(p_task, p_token) then
    raise exception 'the lease of task % is lost', p_task
      using errcode = 'PG407', hint = 'Another runner has taken the mail over; do nothing more with it.';
  end if;

  update mail.message as m
  set draft = p_draft, draft_asked = case when p_asked then core.now() end
  where m.id = p_message and m.state = 'sending' and m.token = p_token;
end;
$$;

comment on function mail.keep_draft(bigint, bigint, uuid, text, boolean) is
'Record the draft of a message under way, and that it is about to be sent. Raises PG407 without the lease.';

revoke all on function mail.keep_draft(bigint, bigint, uuid, text, boolean) from public;
grant execute on function mail.keep_draft(bigint, bigint, uuid, text, boolean) to pgears_runner;
