-- How long a mail has to wait for the pace of its account; null when it may leave now.
--
-- Locks the account, so that the limits hold over all runners. A mail that comes too early
-- gets a slot of its own and comes back then: the queue is not asked again and again.

create or replace function mail.pace(p_message mail.message, p_account mail.account)
returns interval
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_free timestamptz;
  v_now constant timestamptz := core.now();
begin
  select a.free_at into v_free from mail.account as a where a.id = p_account.id for update;

  if p_account.max_parallel is not null and (
    select count(*) from mail.message as m where m.account_id = p_account.id and m.state = 'sending' and m.id <> p_message.id
  ) >= p_account.max_parallel then
    return make_interval(secs => 0.2 + random() * 0.6);
  end if;

  if p_account.per_minute is null or p_message.slot <= v_now then
    return null;
  end if;

  if p_message.slot is null then
    p_message.slot := greatest(v_free, v_now);

    update mail.account as a
    set free_at = p_message.slot + interval '1 minute' / p_account.per_minute
    where a.id = p_account.id;

    update mail.message as m
    set slot = p_message.slot
    where m.id = p_message.id;
  end if;

  return case when p_message.slot > v_now then p_message.slot - v_now end;
end;
$$;

comment on function mail.pace(mail.message, mail.account) is
'Time until a mail may leave under max_parallel and per_minute of its account; null for now.';

revoke all on function mail.pace(mail.message, mail.account) from public;
