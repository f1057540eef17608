-- Drop a mailbox with the messages that were stored from it; their rows stay.
--
-- Messages that are no rows yet would be lost: those that wait or are quarantined keep it.

create or replace function mail.drop_mailbox(p_mailbox bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing mailboxes to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from mail.mailbox as b where b.id = p_mailbox for update;

  if exists (select from mail.received as r where r.mailbox_id = p_mailbox and r.state in ('stored', 'quarantined')) then
    raise exception 'mailbox % has messages that are stored or quarantined',
      (select b.code from mail.mailbox as b where b.id = p_mailbox)
      using errcode = 'PG118', hint = 'Retry or skip them first: "pgears mailbox quarantine" lists them. Or switch the mailbox off: enabled: false.';
  end if;

  delete from mail.mailbox as b where b.id = p_mailbox;
end;
$$;

comment on function mail.drop_mailbox(bigint) is
'Drop a mailbox and its received messages. Raises PG118 while one of them is not read or quarantined.';

revoke all on function mail.drop_mailbox(bigint) from public;
grant execute on function mail.drop_mailbox(bigint) to pgears_admin;
