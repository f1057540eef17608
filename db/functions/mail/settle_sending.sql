-- Record what became of an attempt, per recipient, and settle its task in the same transaction.
--
-- p_results: [{address, outcome, code, answer}], outcome sent, refused (5xx), deferred (4xx,
-- tried again for these recipients alone), unknown (handed over without an answer) or
-- unclear (the same, and the next attempt can find out: the task stays).
-- Without the lease nothing is recorded: the message belongs to another attempt.

create or replace function mail.settle_sending(
  p_message bigint,
  p_task bigint,
  p_token uuid,
  p_results jsonb,
  p_after interval default null
)
returns text
language plpgsql
volatile
security definer  -- lends: the outbox to the runner that holds the lease
set search_path = pg_catalog, pg_temp
as $$
declare
  v_on_unknown text;
  v_error text;
  v_state text;
begin
  select a.on_unknown into v_on_unknown
  from mail.message as m
  inner join mail.account as a on m.account_id = a.id
  where m.id = p_message
  for update of m;

  update mail.recipient as r
  set
    state = case s.outcome
      when 'deferred' then 'retrying'
      when 'unclear' then 'unknown'
      when 'unknown' then case v_on_unknown when 'resend' then 'retrying' else 'unknown' end
      else s.outcome
    end,
    code = s.code,
    answer = s.answer,
    settled = case when s.outcome in ('sent', 'refused') then core.now() end
  from jsonb_to_recordset(p_results) as s (address text, outcome text, code integer, answer text)
  where r.message_id = p_message and r.state = 'sending' and r.delivered_to = s.address;

  if exists (select from mail.recipient as r where r.message_id = p_message and r.state = 'sending') then
    raise exception 'the results of message % do not name all recipients of the attempt', p_message
      using errcode = 'PG408', hint = 'Give an outcome for each address of the envelope.';
  end if;

  v_error := mail.trouble(p_message);

  -- What nobody can look up any more is not looked up: sent again, it is another draft.
  if p_results @> '[{"outcome": "unknown"}]' then
    update mail.message as m set draft = null, draft_asked = null where m.id = p_message;
  end if;

  if p_results @> '[{"outcome": "unclear"}]'
    or exists (select from mail.recipient as r where r.message_id = p_message and r.state = 'retrying')
  then
    if not queue.settle_one(p_task, p_token, 'retry', v_error, p_after) then
      raise exception 'the lease of task % is lost', p_task
        using errcode = 'PG407', hint = 'Another runner has taken the mail over; do nothing more with it.';
    end if;

    -- The last attempt of the kind: the queue has given up.
    if not exists (select from queue.task as t where t.id = p_task) then
      update mail.recipient as r
      set state = 'refused', settled = core.now(), answer = concat_ws(': ', 'gave up', r.answer)
      where r.message_id = p_message and r.state = 'retrying';
      v_error := mail.trouble(p_message);
    end if;
  elsif not queue.settle_one(p_task, p_token) then
    raise exception 'the lease of task % is lost', p_task
      using errcode = 'PG407', hint = 'Another runner has taken the mail over; do nothing more with it.';
  end if;

  v_state := mail.overall_state(p_message);

  update mail.message as m
  set
    state = v_state,
    error = v_error,
    settled = case when v_state <> 'retrying' then core.now() end
  where m.id = p_message;

  return v_state;
end;
$$;

comment on function mail.settle_sending(bigint, bigint, uuid, jsonb, interval) is
'Record the outcome of an attempt per recipient, settle its task, give the state of the message. Raises PG407 without the lease, PG408 for a recipient left out.';

revoke all on function mail.settle_sending(bigint, bigint, uuid, jsonb, interval) from public;
grant execute on function mail.settle_sending(bigint, bigint, uuid, jsonb, interval) to pgears_runner;
