-- The next stored messages of a mailbox that an earlier turn left, in the order of their coming.
--
-- Counted and committed before they are parsed. Those begun for the first time come together,
-- up to p_limit and p_bytes; one that was begun before comes alone, so that a message that ends
-- the process each time is found out: it is quarantined after the third and stops nobody.
-- The content of one above p_whole is left to mail.read_received(), and it comes alone as well.
-- The planner does not know how few of all messages are stored: by their index alone.

drop function if exists mail.begin_message(bigint, bigint);

create or replace function mail.begin_messages(
  p_mailbox bigint,
  p_after bigint default 0,
  p_limit integer default 1,
  p_bytes bigint default 4194304,
  p_whole bigint default null
)
returns table (id bigint, attempts integer, size bigint, received timestamptz, raw bytea)
language plpgsql
volatile
security definer  -- lends: received messages to the runner
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_next record;
  v_bytes bigint := 0;
  v_alone boolean := false;
  v_ids bigint[] := array[]::bigint[];
begin
  update mail.received as r
  set state = 'quarantined', error = format('reading it was begun %s times and never ended', r.attempts), settled = core.now()
  where r.mailbox_id = p_mailbox and r.state = 'stored' and r.attempts >= 3 and r.id > p_after;

  for v_next in
    select s.id, s.attempts, octet_length(s.raw) as size
    from mail.received as s
    where s.mailbox_id = p_mailbox and s.state = 'stored' and s.fetched and s.id > p_after
    order by s.id
    limit p_limit
    for update skip locked
  loop
    v_alone := v_next.attempts > 0 or v_next.size > p_whole;
    exit when cardinality(v_ids) > 0 and (v_alone or v_bytes + v_next.size > p_bytes);
    v_ids := v_ids || v_next.id;
    v_bytes := v_bytes + v_next.size;
    exit when v_alone;
  end loop;

  return query
  with begun as (
    update mail.received as r
    set attempts = r.attempts + 1
    where r.id = any (v_ids)
    returning r.id, r.attempts, octet_length(r.raw)::bigint, r.received, case when p_whole is null or octet_length(r.raw) <= p_whole then r.raw end
  )
  select b.* from begun as b order by b.id;
end;
$$;

comment on function mail.begin_messages(bigint, bigint, integer, bigint, bigint) is
'The oldest stored messages of a mailbox above an id, their attempts counted; none when all are read. No content for one above p_whole bytes.';

revoke all on function mail.begin_messages(bigint, bigint, integer, bigint, bigint) from public;
grant execute on function mail.begin_messages(bigint, bigint, integer, bigint, bigint) to pgears_runner;
