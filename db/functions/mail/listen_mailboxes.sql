-- Mailboxes that this listener is to wait for: each is listened to by one runner at a time.
--
-- Called again and again, it keeps what the listener has; after p_lease without a call
-- another one takes over.

create or replace function mail.listen_mailboxes(p_listener uuid, p_lease interval default '30 seconds')
returns table (id bigint, definition jsonb)
language plpgsql
volatile
security definer  -- lends: writing mailboxes to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox record;
begin
  for v_mailbox in
    with picked as (
      select b.id
      from mail.mailbox as b
      where b.enabled
        and b.definition -> 'push' = 'true'
        and (b.listener = p_listener or b.listener_until is null or b.listener_until < core.now())
      for update skip locked
    )
    update mail.mailbox as b
    set listener = p_listener, listener_until = core.now() + p_lease
    from picked as p
    where b.id = p.id
    returning b.id, b.definition
  loop
    begin
      id := v_mailbox.id;
      definition := mail.filled_definition(v_mailbox.definition);
      return next;
    exception
      when sqlstate 'PG106' then
        continue;  -- the turns of reading say so
    end;
  end loop;
end;
$$;

comment on function mail.listen_mailboxes(uuid, interval) is
'Mailboxes with push that the listener has or takes over.';

revoke all on function mail.listen_mailboxes(uuid, interval) from public;
grant execute on function mail.listen_mailboxes(uuid, interval) to pgears_runner;
