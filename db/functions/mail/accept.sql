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
  v_class bigint;
  v_row bigint;
  v_reply record;
begin
  select r.id, r.state, b.code, b.model_id, b.class_id, b.definition into v_received
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

  select r.* into v_reply from mail.save_reply(p_received, p_parts, p_files, v_skip is null) as r;

  if v_reply.row_id is not null then
    v_class := v_reply.class_id;
    v_row := v_reply.row_id;
  elsif v_skip is null then
    perform core.set_source('mailbox');
    select m.class_id, m.row_id into v_class, v_row
    from mail.make_record(p_received, v_received.model_id, v_received.class_id, v_received.definition, p_parts, p_files) as m;
    v_skip := case when v_row is null then 'refused by the script' end;
  end if;

  update mail.received as r
  set
    state = case when v_skip is null then 'done' else 'skipped' end,
    reason = v_skip,
    error = null,
    message_id = p_parts ->> 'message_id',
    from_address = p_parts ->> 'from_address',
    subject = p_parts ->> 'subject',
    class_id = case when v_skip is null then v_class end,
    row_id = v_row,
    about_class_id = v_reply.about_class_id,
    about_row_id = v_reply.about_row_id,
    mail_id = v_reply.mail_id,
    settled = core.now()
  where r.id = p_received;

  return case when v_skip is null then 'done' else 'skipped' end;
end;
$$;

comment on function mail.accept(bigint, jsonb, bigint[], text) is
'Turn a stored message into a record: done or skipped, or its state when it is settled already. Raises PG411 to PG413, and what the script and the insert raise.';

revoke all on function mail.accept(bigint, jsonb, bigint[], text) from public;
grant execute on function mail.accept(bigint, jsonb, bigint[], text) to pgears_runner;
