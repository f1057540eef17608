-- Record what became of several attempts in one round trip and one commit.
--
-- p_attempts: [{message, task, token, results, after}], after in seconds for what is tried again. Mails that every recipient of the attempt
-- accepted are recorded by one statement; every other case is that of mail.settle_sending().
-- Gives the messages whose lease was lost: nothing was recorded for them.
-- The planner does not know how few these are among all mails: by index, never by reading tables.
-- requires: mail.settle_sending

create or replace function mail.settle_many(p_attempts jsonb)
returns bigint[]
language plpgsql
volatile
security definer  -- lends: the outbox to the runner that holds the leases
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_plain bigint[];
  v_attempt record;
  v_lost bigint[] := array[]::bigint[];
begin
  with held as (
    select a.message, a.task, a.token
    from jsonb_to_recordset(p_attempts) as a (message bigint, task bigint, token uuid, results jsonb)
    inner join queue.task as t on t.id = a.task and t.token = a.token
    where jsonb_array_length(a.results) > 0
      and not jsonb_path_exists(a.results, '$[*] ? (@.outcome <> "sent")')
      -- Nobody is left from this attempt or another who has not got it.
      and not exists (
        select
        from mail.recipient as r
        where r.message_id = a.message
          and r.state <> 'sent'
          and not (r.state = 'sending' and a.results @> jsonb_build_array(jsonb_build_object('address', r.delivered_to)))
      )
    for update of t
  )
  select coalesce(array_agg(h.message), '{}') into v_plain from held as h;

  update mail.recipient as r
  set state = 'sent', code = s.code, answer = s.answer, settled = core.now()
  from jsonb_to_recordset(p_attempts) as a (message bigint, results jsonb)
  cross join lateral jsonb_to_recordset(a.results) as s (address text, code integer, answer text)
  where a.message = any (v_plain) and r.message_id = a.message and r.state = 'sending' and r.delivered_to = s.address;

  update mail.message as m
  set state = 'sent', error = null, settled = core.now()
  where m.id = any (v_plain);

  perform queue.settle(a.token, array_agg(a.task))
  from jsonb_to_recordset(p_attempts) as a (message bigint, task bigint, token uuid)
  where a.message = any (v_plain)
  group by a.token;

  for v_attempt in
    select a.* from jsonb_to_recordset(p_attempts) as a (message bigint, task bigint, token uuid, results jsonb, after double precision)
    where a.message <> all (v_plain)
  loop
    begin
      perform mail.settle_sending(v_attempt.message, v_attempt.task, v_attempt.token, v_attempt.results, make_interval(secs => v_attempt.after));
    exception
      when sqlstate 'PG407' then
        v_lost := v_lost || v_attempt.message;
    end;
  end loop;

  return v_lost;
end;
$$;

comment on function mail.settle_many(jsonb) is
'Record the outcomes of several attempts and settle their tasks; gives the messages whose lease was lost. Raises PG408 for a recipient left out.';

revoke all on function mail.settle_many(jsonb) from public;
grant execute on function mail.settle_many(jsonb) to pgears_runner;
