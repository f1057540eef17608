-- Make a stored message a record of its class, or skip it, exactly once.
--
-- An answer becomes a row beside the record that it belongs to; a delivery report marks the
-- mail that it speaks of. p_parts: part and text; p_skip: why it must not be a record, found by the
-- parser; p_files: attachments, stored before in this transaction. A message that another
-- reader has settled meanwhile is left alone. Gives the state of the message.

create or replace function mail.accept(
  p_received bigint,
  p_parts jsonb,
  p_files bigint[] default '{}',
  p_skip text default null
)
returns text
language plpgsql
volatile
security definer  -- lends: inserting into class tables to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_received record;
  v_skip text := p_skip;
  v_parts jsonb;
  v_made record;
begin
  select r.id, r.state, r.mailbox_id, b.code, b.definition into v_received
  from mail.received as r
  inner join mail.mailbox as b on r.mailbox_id = b.id
  where r.id = p_received
  for update of r;

  if v_received.state is distinct from 'stored' then
    return v_received.state;
  end if;

  if v_received.definition ->> 'on_auto_reply' = 'accept' and v_skip in ('auto-reply', 'list mail') then
    v_skip := null;
  end if;

  if mail.confirm(p_parts ->> 'message_id', 'mailbox ' || v_received.code) then
    v_skip := 'loop';
  end if;

  if p_parts ? 'report' then
    perform mail.accept_report(p_parts -> 'report');
  end if;

  if v_skip is null then
    perform mail.check_rate(p_received, v_received.definition ->> 'rate_per_sender', p_parts ->> 'from_address');
  end if;

  if v_skip is null then
    perform core.set_source('mailbox');
    v_parts := mail.link_inline(p_parts, p_files);
    select m.* into v_made from mail.make_record(p_received, v_received.mailbox_id, v_parts, p_files) as m;
    v_skip := case when v_made.row_id is null then 'refused by the script' end;
  else
    select t.mail_id, null::bigint as about_class_id, null::bigint as about_row_id, null::bigint as class_id, null::bigint as row_id
    into v_made
    from mail.find_thread(p_parts) as t;
  end if;

  update mail.received as r
  set
    state = case when v_skip is null then 'done' else 'skipped' end,
    reason = v_skip,
    error = null,
    message_id = p_parts ->> 'message_id',
    from_address = p_parts ->> 'from_address',
    subject = p_parts ->> 'subject',
    class_id = case when v_skip is null then v_made.class_id end,
    row_id = v_made.row_id,
    about_class_id = v_made.about_class_id,
    about_row_id = v_made.about_row_id,
    mail_id = v_made.mail_id,
    settled = core.now()
  where r.id = p_received;

  return case when v_skip is null then 'done' else 'skipped' end;
end;
$$;

comment on function mail.accept(bigint, jsonb, bigint[], text) is
'Turn a stored message into a record: done or skipped, or its state when it is settled already. Raises PG411 to PG413, and what the script and the insert raise.';

revoke all on function mail.accept(bigint, jsonb, bigint[], text) from public, pgears_runner;
