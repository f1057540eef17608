-- Lock a quarantined message and give its mailbox.

create or replace function mail.lock_quarantined(p_received bigint)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox bigint;
begin
  select r.mailbox_id into v_mailbox
  from mail.received as r
  where r.id = p_received and r.state = 'quarantined'
  for update;

  if v_mailbox is null then
    raise exception 'no message % is quarantined', p_received
      using errcode = 'PG410', hint = '"pgears mailbox quarantine" lists those that are.';
  end if;

  return v_mailbox;
end;
$$;

comment on function mail.lock_quarantined(bigint) is 'Mailbox of a quarantined message, which is locked. Raises PG410 when it is none.';

revoke all on function mail.lock_quarantined(bigint) from public;
