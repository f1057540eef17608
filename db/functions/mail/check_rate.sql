-- Refuse a message of a sender that has filled a mailbox's rate: programs that answer each other stop.
--
-- It is quarantined and not lost: a person may retry it later.

create or replace function mail.check_rate(p_received bigint, p_rate text, p_sender text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rate constant record := mail.rate_limit(p_rate);
  v_count bigint;
begin
  if p_rate is null or v_rate.number is null then
    return;
  end if;

  select count(*) into v_count
  from mail.received as r
  where r.mailbox_id = (select m.mailbox_id from mail.received as m where m.id = p_received)
    and r.from_address = p_sender
    and r.state = 'done'
    and r.received > core.now() - v_rate.span;

  if v_count >= v_rate.number then
    raise exception '% messages of % came within %: the limit of the mailbox', v_count, p_sender, p_rate
      using errcode = 'PG413', hint = 'Look whether programs answer each other; then "pgears mailbox retry" reads it.';
  end if;
end;
$$;

comment on function mail.check_rate(bigint, text, text) is 'Raises PG413 when the sender of a message has filled the rate of the mailbox.';

revoke all on function mail.check_rate(bigint, text, text) from public;
