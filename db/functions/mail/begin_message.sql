-- The next stored message of a mailbox to be parsed.
--
-- Counted and committed before it is parsed, so that a message that ends the process each
-- time is quarantined after the third and stops nobody.

create or replace function mail.begin_message(p_mailbox bigint, p_after bigint default 0)
returns table (id bigint, raw bytea, received timestamptz)
language plpgsql
volatile
security definer  -- lends: received messages to the runner
set search_path = pg_catalog, pg_temp
as $$
begin
  update mail.received as r
  set state = 'quarantined', error = format('reading it was begun %s times and never ended', r.attempts), settled = core.now()
  where r.mailbox_id = p_mailbox and r.state = 'stored' and r.attempts >= 3;

  return query
  update mail.received as r
  set attempts = r.attempts + 1
  where r.id = (
    select s.id
    from mail.received as s
    where s.mailbox_id = p_mailbox and s.state = 'stored' and s.fetched and s.id > p_after
    order by s.id
    limit 1
    for update skip locked
  )
  returning r.id, r.raw, r.received;
end;
$$;

comment on function mail.begin_message(bigint, bigint) is
'The oldest stored message of a mailbox above an id, its attempt counted; none when all are read.';

revoke all on function mail.begin_message(bigint, bigint) from public;
grant execute on function mail.begin_message(bigint, bigint) to pgears_runner;
