-- Claim several messages, each for its own attempt, in one round trip and one commit.
--
-- Those that wait for the first time, of accounts without a pace and past the guard, are
-- claimed by one statement; every other case is that of mail.begin_sending(). A lease that
-- was lost concerns its own message alone.
-- The planner does not know how few these are among all mails: by index, never by reading tables.
-- requires: mail.begin_sending mail.sending_details

create or replace function mail.begin_many(p_messages bigint[], p_tasks bigint[], p_tokens uuid[])
returns table (task bigint, details jsonb)
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
  v_delivers constant boolean := (select g.guard = 'deliver' from mail.guard() as g);
  v_production constant boolean := core.environment() = 'production';
  v_plain bigint[];
  v_claimed bigint[];
begin
  with held as (
    select g.message, g.task, g.token
    from unnest(p_messages, p_tasks, p_tokens) as g (message, task, token)
    inner join queue.task as t on t.id = g.task and t.token = g.token
    for update of t
  ),
  claimed as (
    update mail.message as m
    set state = 'sending', token = h.token, attempts = m.attempts + 1, attempted = core.now()
    from held as h
    inner join mail.account as a on true
    where m.id = h.message
      and m.task_id = h.task
      and m.state = 'queued'
      and a.id = m.account_id
      and a.enabled
      and a.per_minute is null
      and a.max_parallel is null
      and case when a.is_sink then not v_production else v_delivers end
    returning m.id, h.task
  )
  select coalesce(array_agg(c.id), '{}'), coalesce(array_agg(c.task), '{}') into v_plain, v_claimed from claimed as c;

  update mail.recipient as r
  set state = 'sending', delivered_to = r.address
  where r.message_id = any (v_plain) and r.state in ('queued', 'retrying', 'sending');

  return query
  select g.task, s.details
  from mail.sending_details(v_plain) as s
  inner join mail.message as m on s.id = m.id
  inner join unnest(p_tasks) as g (task) on m.task_id = g.task;

  for v_place in 1..cardinality(p_messages) loop
    continue when p_tasks[v_place] = any (v_claimed);

    begin
      task := p_tasks[v_place];
      details := mail.begin_sending(p_messages[v_place], p_tasks[v_place], p_tokens[v_place]);
    exception
      when sqlstate 'PG407' then
        details := jsonb_build_object('outcome', 'nothing');
    end;
    return next;
  end loop;
end;
$$;

comment on function mail.begin_many(bigint[], bigint[], uuid[]) is
'What mail.begin_sending() gives, for several messages; outcome nothing where the lease is lost.';

revoke all on function mail.begin_many(bigint[], bigint[], uuid[]) from public;
grant execute on function mail.begin_many(bigint[], bigint[], uuid[]) to pgears_runner;
