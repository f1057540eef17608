-- Claim a message for this attempt, and give all that the attempt needs.
--
-- Committed before a server is asked. A message found as "sending" was left by an attempt
-- that nobody knows the end of: the server may have it. By the policy of the account it
-- waits for a person (unknown), or goes out again. With Graph it is begun again in any case:
-- the attempt looks first what became of the draft, unless mail may not leave here any
-- more. The guard is asked here and not when
-- the message was stored, so that the queue of a restored copy is guarded as well.
-- requires: mail.sending_details

create or replace function mail.begin_sending(p_message bigint, p_task bigint, p_token uuid)
returns jsonb
language plpgsql
volatile
security definer  -- lends: the outbox to the runner that holds the lease
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message mail.message;
  v_account mail.account;
  v_guard record;
  v_redirect text;
  v_outcome text := 'send';
  v_wait interval;
  v_drafted boolean;
begin
  select m.* into v_message from mail.message as m where m.id = p_message for update;

  if not mail.holds_lease(p_task, p_token) then
    raise exception 'the lease of task % is lost', p_task
      using errcode = 'PG407', hint = 'Another runner has taken the mail over; do nothing more with it.';
  end if;

  select a.* into v_account from mail.account as a where a.id = v_message.account_id;
  v_drafted := coalesce(v_account.transport = 'graph' and v_message.draft_asked is not null, false);

  if v_message.id is null
    or not (v_message.state in ('queued', 'retrying', 'sending') or (v_message.state = 'unknown' and v_drafted))
    or v_message.task_id is distinct from p_task
  then
    perform queue.settle_one(p_task, p_token);
    return jsonb_build_object('outcome', 'nothing');
  end if;

  select g.guard, g.address into v_guard from mail.guard() as g;

  if v_message.state = 'sending' and v_message.token is distinct from p_token and v_account.on_unknown = 'ask' and v_account.transport <> 'graph' then
    v_outcome := 'unknown';
  elsif not v_account.enabled then
    v_outcome := 'held';
    v_message.error := format('the mail account "%s" is switched off', v_account.code);
  elsif v_account.is_sink and core.environment() = 'production' then
    v_outcome := 'held';
    v_message.error := format('the mail account "%s" delivers to the local sink, which production does not use', v_account.code);
  elsif v_account.is_sink or v_guard.guard = 'deliver' then
    v_redirect := null;
  elsif v_guard.guard = 'redirect' then
    v_redirect := v_guard.address;
  else
    v_outcome := 'held';
    v_message.error := format('held by the guard of the %s environment', core.environment());
  end if;

  -- A draft that may have left is not looked up from where mail may not leave.
  if v_drafted and v_message.state in ('sending', 'unknown') and (v_outcome <> 'send' or v_redirect is not null) then
    v_outcome := 'unknown';
  end if;

  if v_outcome = 'send' and (v_account.per_minute is not null or v_account.max_parallel is not null) then
    v_wait := mail.pace(v_message, v_account);
    if v_wait is not null then
      perform queue.settle_one(p_task, p_token, 'release', null, v_wait);
      return jsonb_build_object('outcome', 'later');
    end if;
  end if;

  if v_outcome <> 'send' then
    update mail.recipient as r
    set state = case v_outcome when 'held' then 'queued' else 'unknown' end
    where r.message_id = p_message and (r.state in ('queued', 'retrying', 'sending') or (r.state = 'unknown' and v_drafted));

    update mail.message as m
    set
      state = v_outcome,
      error = case v_outcome when 'held' then v_message.error else 'an attempt was lost: the server may have taken the mail' end
    where m.id = p_message;

    perform queue.settle_one(p_task, p_token);
    return jsonb_build_object('outcome', v_outcome);
  end if;

  update mail.recipient as r
  set state = 'sending', delivered_to = coalesce(v_redirect, r.address)
  where r.message_id = p_message and (r.state in ('queued', 'retrying', 'sending') or (r.state = 'unknown' and v_drafted));

  update mail.message as m
  set state = 'sending', token = p_token, attempts = m.attempts + 1, attempted = core.now()
  where m.id = p_message;

  return (select s.details from mail.sending_details(array[p_message]) as s);
end;
$$;

comment on function mail.begin_sending(bigint, bigint, uuid) is
'Claim a message for an attempt: outcome send with content, envelope and account; or unknown, held, later, nothing, and the task is settled. Raises PG407.';

revoke all on function mail.begin_sending(bigint, bigint, uuid) from public, pgears_runner;
