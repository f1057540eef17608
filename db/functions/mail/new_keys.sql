-- Those of the keys that no message of the mailbox was stored under.

create or replace function mail.new_keys(p_mailbox bigint, p_keys text[])
returns text[]
language sql
stable
security definer  -- lends: reading received messages to the runner
begin atomic
  select coalesce(array_agg(k.key order by k.position), '{}')
  from unnest(p_keys) with ordinality as k (key, position)
  where not exists (
    select from mail.received as r where r.mailbox_id = p_mailbox and r.key = k.key
  );
end;

comment on function mail.new_keys(bigint, text[]) is 'The keys that are new to a mailbox, in their order.';

revoke all on function mail.new_keys(bigint, text[]) from public;
grant execute on function mail.new_keys(bigint, text[]) to pgears_runner;
