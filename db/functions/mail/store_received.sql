-- Store messages as they came, each once: the same content under the same key is the same message.
--
-- Committed before the server is told that they were read. Their first attempt is counted here:
-- who stores them parses them next, and what that ends without comes alone from mail.begin_messages(). In a new epoch (the server has
-- numbered its folder anew) a message of the same folder and content that has a key of
-- another epoch gets the new key; each old one is met once, so that two messages with the
-- same content stay two.
-- The planner does not know how few these are among all messages: by index, never by reading the table.

drop function if exists mail.store_received(bigint, uuid, text[], bytea[], text);

create or replace function mail.store_received(
  p_mailbox bigint,
  p_token uuid,
  p_keys text[],
  p_raws bytea[],
  p_epoch text default null
)
returns table (id bigint, key text, received timestamptz)
language plpgsql
volatile
security definer  -- lends: writing received messages to the runner
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_now constant timestamptz := core.now();
begin
  perform mail.hold_mailbox(p_mailbox, p_token);

  if p_epoch is not null then
    update mail.received as r
    set key = n.key, epoch = p_epoch, told = false
    from (
      select g.key, sha256(g.raw) as sha256, row_number() over (partition by sha256(g.raw) order by g.position) as nth
      from unnest(p_keys, p_raws) with ordinality as g (key, raw, position)
      where not exists (select from mail.received as k where k.mailbox_id = p_mailbox and k.key = g.key)
    ) as n
    inner join lateral (
      select o.id
      from mail.received as o
      where o.mailbox_id = p_mailbox
        and o.sha256 = n.sha256
        and o.epoch <> p_epoch
        and regexp_replace(o.epoch, ';[^;]*$', '') = regexp_replace(p_epoch, ';[^;]*$', '')
      order by o.id
      offset n.nth - 1
      limit 1
    ) as p on true
    where r.id = p.id;
  end if;

  return query
  with again as (
    update mail.received as r
    set raw = g.raw, sha256 = sha256(g.raw), fetched = true, told = false, attempts = 1
    from unnest(p_keys, p_raws) as g (key, raw)
    where r.mailbox_id = p_mailbox and r.key = g.key and not r.fetched and r.state = 'stored'
    returning r.id, r.key, r.received
  ),
  new as (
    insert into mail.received as r (mailbox_id, key, sha256, raw, received, epoch, attempts)
    select p_mailbox, g.key, sha256(g.raw), g.raw, v_now, p_epoch, 1
    from unnest(p_keys, p_raws) with ordinality as g (key, raw, position)
    where not exists (select from mail.received as o where o.mailbox_id = p_mailbox and o.key = g.key and not o.fetched)
    order by g.position
    on conflict on constraint received_mailbox_id_key_sha256_key do nothing
    returning r.id, r.key, r.received
  )
  select u.id, u.key, u.received
  from (select * from again union all select * from new) as u
  order by u.id;
end;
$$;

comment on function mail.store_received(bigint, uuid, text[], bytea[], text) is
'Store messages; gives those that are new, or were to be fetched again, in the order of their ids. Raises PG407 when the lease of the mailbox is lost.';

revoke all on function mail.store_received(bigint, uuid, text[], bytea[], text) from public;
grant execute on function mail.store_received(bigint, uuid, text[], bytea[], text) to pgears_runner;
