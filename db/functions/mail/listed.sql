-- Which of the keys listed are still to be read or told to the server, in their order.

create or replace function mail.listed(p_mailbox bigint, p_keys text[])
returns table (key text, stored boolean)
language sql
stable
security definer  -- lends: reading received messages to the runner
begin atomic
  select k.key, coalesce(r.stored, false)
  from unnest(p_keys) with ordinality as k (key, position)
  left join lateral (
    select true as stored, bool_and(e.told) as told
    from mail.received as e
    where e.mailbox_id = p_mailbox and e.key = k.key
    having count(*) > 0
  ) as r on true
  where r.told is not true
  order by k.position;
end;

comment on function mail.listed(bigint, text[]) is
'The keys that are new to a mailbox, and those that are stored and not told to the server yet.';

revoke all on function mail.listed(bigint, text[]) from public;
grant execute on function mail.listed(bigint, text[]) to pgears_runner;
